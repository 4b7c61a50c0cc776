"""Orders are found by parts of their numbers through an index, and by their customers and models in order of time."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.search_index import EnsureSearchIndex, SearchIndex

# Of an order number only what follows the year is looked for in parts: the rest is the same in every order.
SHORTEN = "UPDATE repairs_repairorder SET search_text = substr(search_text, 8) WHERE search_text LIKE 'r-____-%'"
LENGTHEN = "UPDATE repairs_repairorder SET search_text = lower(substr(order_number, 1, 7)) || search_text"
INDEXES = {
    "repairs_order_of_branch": ["branch", "created_at", "id", "customer", "device_model"],
    "repairs_order_of_tech": ["technician", "created_at", "id", "customer", "device_model"],
    "repairs_order_of_customer": ["customer", "created_at", "id", "branch", "device_model"],
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_find_customers_by_parts_of_words"),
        ("catalog", "0004_longer_names_of_allocations"),
        ("repairs", "0010_look_up_by_imei_serial_and_file"),
    ]

    operations = [
        *(migrations.RemoveIndex("repairorder", name) for name in INDEXES),
        *(migrations.AddIndex("repairorder", models.Index(fields=INDEXES[name], name=name)) for name in INDEXES),
        migrations.AddIndex(
            "repairorder",
            models.Index(fields=["device_model", "created_at", "id", "branch"], name="repairs_order_of_model"),
        ),
        migrations.AlterField(
            "repairorder",
            "device_model",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="catalog.devicemodel",
            ),
        ),
        migrations.RunSQL(SHORTEN, LENGTHEN),
        EnsureSearchIndex(SearchIndex("repairs_repairorder", "search_text")),
    ]
