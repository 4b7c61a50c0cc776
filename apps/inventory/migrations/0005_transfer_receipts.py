"""Receipts of transfers, each under an id of its taker's: what is sent twice is booked once."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import apps.core.ids
from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_count_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="TransferReceipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("in_full", models.BooleanField(default=False)),
                ("lines", models.JSONField(default=list)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("actor_kind", models.CharField(editable=False, max_length=20)),
                ("actor_id", models.UUIDField(editable=False, null=True)),
                ("actor_label", models.CharField(editable=False, max_length=200)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="inventory.transfer",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        AppendOnly("TransferReceipt"),
    ]
