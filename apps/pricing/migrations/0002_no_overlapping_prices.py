"""PostgreSQL holds by itself that no two prices of one key are valid on the same day; SQLite leaves it to the service."""

from django.db import migrations

from apps.core.db import OnPostgreSQL

CONSTRAINT = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE pricing_price ADD CONSTRAINT pricing_prices_do_not_overlap EXCLUDE USING gist (
    device_model_id WITH =,
    repair_type_id WITH =,
    (coalesce(part_type_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
    part_quality WITH =,
    (daterange(valid_from, valid_until, '[]')) WITH &&
)
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_price_list")]

    operations = [OnPostgreSQL(CONSTRAINT, "ALTER TABLE pricing_price DROP CONSTRAINT pricing_prices_do_not_overlap")]
