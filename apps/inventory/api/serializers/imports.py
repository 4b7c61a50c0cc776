"""Shapes of imports and exports."""

from rest_framework import serializers

from apps.core.api.imports import ExportQuery, FileForm
from apps.core.api.imports import OutcomeShape as FileOutcomeShape
from apps.core.api.serializers import RecordIdField
from apps.inventory.services.imports import KINDS


class ImportForm(FileForm):
    """What is sent up."""

    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    dry_run = serializers.ChoiceField(
        choices=["true", "false"], default="true", help_text="Whether only to say what would become of the rows."
    )


class OutcomeShape(FileOutcomeShape):
    """What an import did, or on a dry run would do; ``problems`` are the first 1,000."""

    kind = serializers.CharField()


class ItemExportQuery(ExportQuery):
    """The form, the search and the filters of the list of items."""

    q = serializers.CharField(required=False, help_text="Search text.")
    category_id = RecordIdField(required=False)
    part_type_id = RecordIdField(required=False)
    device_model_id = RecordIdField(required=False)
    is_active = serializers.BooleanField(required=False)


class LevelExportQuery(ExportQuery):
    """The form, and perhaps one branch."""

    branch_id = RecordIdField(required=False)
