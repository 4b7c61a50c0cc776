"""Models are found by an index of every text that one of their words begins with, and by parts of words."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from apps.catalog.enums import WordKind
from apps.catalog.rules import Described, entries, model_search_text, place
from apps.core.db import OnPostgreSQL
from apps.core.search_index import EnsureSearchIndex, SearchIndex

CHUNK = 500


def index_models(apps: Any, schema_editor: Any) -> None:
    """Fill what the models that are there are found by."""
    device_models, entry = apps.get_model("catalog", "DeviceModel"), apps.get_model("catalog", "ModelWord")
    ids = list(device_models.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = device_models.objects.select_related("brand").filter(pk__in=ids[start : start + CHUNK])
        words = []
        for model in chunk:
            offered = model.is_active and model.merged_into_id is None
            facts = Described(
                model.brand.name, model.name, model.model_number, model.aliases, model.release_year, offered
            )
            model.search_text = model_search_text(
                facts.name, facts.model_number, facts.aliases, facts.release_year, facts.brand
            )
            model.place = place(facts)
            words += [
                entry(device_model=model, text=text, kind=kind, place=model.place)
                for text, kind in entries(facts).items()
            ]
        device_models.objects.bulk_update(chunk, ["search_text", "place"], batch_size=100)
        entry.objects.bulk_create(words, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_allocations_notices_merging")]

    operations = [
        migrations.AddField("DeviceModel", "place", models.PositiveIntegerField(default=0, editable=False)),
        migrations.CreateModel(
            name="ModelWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=150)),
                ("kind", models.PositiveSmallIntegerField(choices=WordKind.choices)),
                ("place", models.PositiveIntegerField()),
                (
                    "device_model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="catalog.devicemodel",
                    ),
                ),
            ],
            options={"ordering": ["text", "id"]},
        ),
        # By code point, as SQLite compares: only so can an index find the beginnings of texts.
        OnPostgreSQL(
            'ALTER TABLE catalog_modelword ALTER COLUMN text TYPE varchar(150) COLLATE "C"',
            "ALTER TABLE catalog_modelword ALTER COLUMN text TYPE varchar(150)",
        ),
        migrations.RunPython(index_models, migrations.RunPython.noop),
        # The rows that have just been written wait for the end of the transaction; an index does not.
        OnPostgreSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "ModelWord", models.UniqueConstraint("device_model", "text", name="catalog_model_word_is_unique")
        ),
        migrations.AddIndex(
            "ModelWord",
            models.Index(fields=["text", "kind", "place", "device_model"], name="catalog_model_word_by_text"),
        ),
        migrations.AddIndex("DeviceModel", models.Index(fields=["place", "id"], name="catalog_model_by_place")),
        EnsureSearchIndex(SearchIndex("catalog_devicemodel", "search_text")),
    ]
