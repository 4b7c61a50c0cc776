"""What items are found by gets its own columns and an index for parts of words; items may have a photo."""

from typing import Any

from django.db import migrations, models

from apps.core.db import OnPostgreSQL
from apps.core.search_index import EnsureSearchIndex, SearchIndex
from apps.core.text import searchable

CHUNK = 500


def describe_items(apps: Any, schema_editor: Any) -> None:
    """Fill what the items that are there are found by."""
    items, fits = apps.get_model("inventory", "Item"), apps.get_model("inventory", "Item").compatible_models.through
    ids = list(items.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = items.objects.select_related("part_type").in_bulk(ids[start : start + CHUNK])
        words: dict[Any, set[str]] = {pk: set() for pk in chunk}
        rows = fits.objects.filter(item__in=list(chunk))
        for pk, *texts in rows.values_list("item", "devicemodel__brand__search_text", "devicemodel__search_text"):
            words[pk].update(" ".join(texts).split())
        for pk, item in chunk.items():
            part_type = item.part_type.name if item.part_type else ""
            own = searchable(item.sku, item.name, item.barcode, item.description, part_type)
            item.search_name = searchable(item.name)[:200]
            item.models_text = " ".join(sorted(words[pk]))
            item.search_text = f"{own} {item.models_text}".strip()
        items.objects.bulk_update(chunk.values(), ["search_name", "models_text", "search_text"])


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_documents_serials_and_costs"), ("catalog", "0001_brands_models_types")]

    operations = [
        migrations.AddField("Item", "photo", models.UUIDField(null=True, editable=False)),
        migrations.AddField("Item", "search_name", models.CharField(default="", editable=False, max_length=200)),
        migrations.AddField("Item", "models_text", models.TextField(default="", editable=False)),
        # By code point, as SQLite compares: only so can one index give an order and the beginnings of names.
        OnPostgreSQL(
            'ALTER TABLE inventory_item ALTER COLUMN search_name TYPE varchar(200) COLLATE "C"',
            "ALTER TABLE inventory_item ALTER COLUMN search_name TYPE varchar(200)",
        ),
        migrations.RunPython(describe_items, migrations.RunPython.noop),
        # The rows that have just been written wait for the end of the transaction; an index does not.
        OnPostgreSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddIndex("Item", models.Index(fields=["search_name", "id"], name="inventory_item_by_search_name")),
        EnsureSearchIndex(SearchIndex("inventory_item", "search_text")),
    ]
