"""Shapes of imports and exports."""

from rest_framework import serializers

from apps.core.api.serializers import ContractSerializer, RecordIdField
from apps.core.spreadsheets import CSV, XLSX
from apps.inventory.services.imports import KINDS


class ImportForm(ContractSerializer):
    """What is sent up."""

    file = serializers.FileField(allow_empty_file=True, help_text="CSV (UTF-8) or XLSX; told apart by what it holds.")
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    dry_run = serializers.ChoiceField(
        choices=["true", "false"], default="true", help_text="Whether only to say what would become of the rows."
    )


class ProblemShape(ContractSerializer):
    """Why a row is refused; ``line`` is where it begins in the file."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class OutcomeShape(ContractSerializer):
    """What an import did, or on a dry run would do; ``problems`` are the first 1,000."""

    kind = serializers.CharField()
    dry_run = serializers.BooleanField()
    applied = serializers.BooleanField()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    problems = ProblemShape(many=True)


class ExportQuery(ContractSerializer):
    """The form of an export."""

    format = serializers.ChoiceField(choices=[CSV, XLSX], default=CSV)


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
