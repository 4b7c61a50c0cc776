"""What the customer's link answers. Nothing here may name who works in the shop, what it pays or what it keeps."""

from rest_framework import serializers

from apps.core.api.serializers import ContractSerializer, MoneyField, OptionalText
from apps.repairs.selectors.customer_page import Picture


class PublicStepSerializer(ContractSerializer):
    status = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class PublicNoteSerializer(ContractSerializer):
    text = serializers.CharField()
    at = serializers.DateTimeField()


class PictureSerializer(ContractSerializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    media = serializers.CharField()
    at = serializers.DateTimeField()
    download_url = serializers.SerializerMethodField("download_at")
    thumbnail_url = serializers.SerializerMethodField("thumbnail_at")

    def download_at(self, picture: Picture) -> str:
        return f"/api/v1/track/{self.context['token']}/attachments/{picture.id}"

    def thumbnail_at(self, picture: Picture) -> str | None:
        return f"{self.download_at(picture)}/thumbnail" if picture.has_thumbnail else None


class OtherWaySerializer(ContractSerializer):
    id = serializers.UUIDField()
    description = serializers.CharField()
    quality = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = MoneyField()
    discount = MoneyField()
    total_price = MoneyField()
    tax_percent = serializers.DecimalField(max_digits=6, decimal_places=3)
    tax_amount = MoneyField()
    warranty_months = serializers.IntegerField()
    is_chosen = serializers.BooleanField()


class OfferedLineSerializer(OtherWaySerializer):
    order_line_id = serializers.UUIDField()
    is_required = serializers.BooleanField()
    alternatives = OtherWaySerializer(many=True)


class TrackedQuoteSerializer(ContractSerializer):
    version = serializers.IntegerField()
    status = serializers.CharField()
    can_decide = serializers.BooleanField()
    is_outdated = serializers.BooleanField()
    currency = serializers.CharField()
    prices_include_tax = serializers.BooleanField()
    subtotal = MoneyField()
    discount_total = MoneyField()
    tax_total = MoneyField()
    total_price = MoneyField(source="total")
    valid_until = serializers.DateTimeField()
    sent_at = serializers.DateTimeField()
    message = serializers.CharField()
    text = serializers.CharField()
    text_sha256 = serializers.CharField()
    lines = OfferedLineSerializer(many=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_total = MoneyField(allow_null=True)


class CoveredSerializer(ContractSerializer):
    description = serializers.CharField()
    until = serializers.DateField()


class OpeningHoursSerializer(ContractSerializer):
    day = serializers.CharField()
    opens = serializers.TimeField(format="%H:%M")
    closes = serializers.TimeField(format="%H:%M")


class ShopSerializer(ContractSerializer):
    name = serializers.CharField()
    address = OptionalText()
    city = OptionalText()
    country = OptionalText()
    phone = OptionalText()
    email = OptionalText()
    timezone = serializers.CharField()
    hours = OpeningHoursSerializer(many=True)


class TrackedSerializer(ContractSerializer):
    """An order as its customer's page shows it."""

    order_number = serializers.CharField()
    status = serializers.CharField()
    status_text = serializers.CharField()
    device = serializers.CharField()
    device_imei = OptionalText(source="imei")
    device_serial = OptionalText(source="serial")
    issue_description = serializers.CharField(source="issue")
    estimated_completion = serializers.DateTimeField(source="promised", allow_null=True)
    received_at = serializers.DateTimeField()
    currency = serializers.CharField()
    total_price = MoneyField(source="total")
    paid = MoneyField()
    balance = MoneyField()
    timeline = PublicStepSerializer(many=True)
    notes = PublicNoteSerializer(many=True)
    attachments = PictureSerializer(many=True)
    quote = TrackedQuoteSerializer(allow_null=True)
    warranties = CoveredSerializer(many=True)
    shop = ShopSerializer()
