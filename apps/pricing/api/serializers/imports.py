"""Shapes of imports and exports of prices."""

from rest_framework import serializers

from apps.catalog.enums import PartQuality
from apps.core.api.imports import ExportQuery, FileForm, OutcomeShape
from apps.core.api.serializers import ContractSerializer, RecordIdField
from apps.pricing.enums import PriceSource

_TRUTH = ["true", "false"]
_DRY = "Whether only to say what would become of the rows. In the address, or in the form; once is enough."


class PriceImportForm(FileForm):
    """What is sent up."""

    dry_run = serializers.ChoiceField(choices=_TRUTH, default="false", help_text=_DRY)


class PriceImportQuery(ContractSerializer):
    dry_run = serializers.ChoiceField(choices=_TRUTH, required=False, help_text=_DRY)


class ChangeShape(ContractSerializer):
    """What becomes of a row that does something; ``old`` is ``null`` where there was no price on its first day."""

    line = serializers.IntegerField()
    action = serializers.ChoiceField(choices=["created", "changed"])
    name = serializers.CharField(source="label", help_text="The device model and the repair.")
    old = serializers.CharField(allow_null=True, help_text="The amount of before, with its currency.")
    new = serializers.CharField()
    currency = serializers.CharField()


class PriceOutcomeShape(OutcomeShape):
    """What an import did, or on a dry run would do; ``problems`` and ``changes`` are the first 1,000."""

    changes = ChangeShape(many=True)


class PriceExportQuery(ExportQuery):
    """The form, the search and the filters of the price list."""

    q = serializers.CharField(required=False, help_text="Search text.")
    device_model_id = RecordIdField(required=False)
    repair_type_id = RecordIdField(required=False)
    part_type_id = RecordIdField(required=False)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False)
    brand_id = RecordIdField(required=False)
    branch_id = RecordIdField(required=False)
    has_branch = serializers.BooleanField(required=False)
    is_estimated = serializers.BooleanField(required=False)
    valid_on = serializers.DateField(required=False)
    source = serializers.ChoiceField(choices=PriceSource.choices, required=False)  # type: ignore[assignment]
    has_cost = serializers.BooleanField(required=False)
