"""Models that stand for “some laptop of that brand”, where nobody wrote down which."""

from apps.audit import services as audit
from apps.catalog.models import Brand, DeviceModel
from apps.core.actor import Actor


def generic_model(brand_name: str, device_type: str, *, actor: Actor) -> DeviceModel:
    """The brand's unspecified model of a device type; made, with its brand, if it is not there. Runs in a transaction."""
    name = f"Unspecified {device_type}"
    named = DeviceModel.objects.select_related("merged_into").filter(brand__name__iexact=brand_name, name__iexact=name)
    found: DeviceModel | None = named.first()
    if found is not None:
        return found.merged_into or found
    with audit.creating(actor=actor) as created:
        brand = Brand.objects.filter(name__iexact=brand_name).first()
        if brand is None:
            brand = Brand.objects.create(name=brand_name)
            created.append(brand)
        model = DeviceModel.objects.create(brand=brand, name=name, device_type=device_type)
        created.append(model)
    return model
