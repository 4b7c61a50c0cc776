"""What the counter has to know of a model."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.catalog.models import DeviceModel, ModelNotice
from apps.catalog.selectors.search import models_found_by


def notices_for(device_model_id: UUID, on: date, repair_type_ids: Collection[UUID] = ()) -> list[ModelNotice]:
    """Notices on a model and on its brand that are shown on a day, the loudest first, then the newest.

    Those for one kind of repair only where that is among ``repair_type_ids``. For staff: whoever shows them asks for the
    right ``NOTICES_READ``.
    """
    about = notices_about(ModelNotice.objects.shown_on(on), device_model_id)
    of_work = Q(repair_type=None) | Q(repair_type__in=list(repair_type_ids))
    return list(about.filter(of_work).select_related("repair_type").order_by("-level", "-created_at", "-pk"))


def notices_about(notices: QuerySet[ModelNotice], device_model_id: UUID) -> QuerySet[ModelNotice]:
    """Those on a model and on its brand."""
    brand = DeviceModel.objects.filter(pk=device_model_id).values("brand")
    return notices.filter(Q(device_model=device_model_id) | Q(brand__in=brand))


def notices_on(model: DeviceModel) -> QuerySet[ModelNotice]:
    """All notices on a model and on its brand, the loudest first."""
    return notices_about(ModelNotice.objects.all(), model.pk).select_related("repair_type").order_by("-level", "-pk")


def notices_found_by(notices: QuerySet[ModelNotice], text: str) -> QuerySet[ModelNotice]:
    """Those that say ``text``, or are about a model or brand of that name."""
    models = models_found_by(DeviceModel.objects.all(), text).values("pk")
    return notices.filter(Q(text__icontains=text) | Q(brand__name__icontains=text) | Q(device_model__in=models))
