"""A branch's own prices overlap with no other of that branch; PostgreSQL holds it by itself, as before for the others."""

from django.db import migrations

from apps.core.db import OnPostgreSQL

_NOTHING = "'00000000-0000-0000-0000-000000000000'::uuid"
_CONSTRAINT = """
ALTER TABLE pricing_price DROP CONSTRAINT pricing_prices_do_not_overlap;
ALTER TABLE pricing_price ADD CONSTRAINT pricing_prices_do_not_overlap EXCLUDE USING gist (
    device_model_id WITH =,
    repair_type_id WITH =,
    (coalesce(part_type_id, {nothing})) WITH =,
    part_quality WITH =,
    {branch}
    (daterange(valid_from, valid_until, '[]')) WITH &&
)
"""
_WITH_BRANCH = _CONSTRAINT.format(nothing=_NOTHING, branch=f"(coalesce(branch_id, {_NOTHING})) WITH =,")
_WITHOUT = _CONSTRAINT.format(nothing=_NOTHING, branch="")


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_rules_changes_proposals_estimates")]

    operations = [OnPostgreSQL(_WITH_BRANCH, _WITHOUT)]
