"""Deliveries of purchase orders, each under an id of its taker's: what is sent twice is booked once; and totals."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import apps.core.fields
import apps.core.ids
from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_transfer_receipts"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchaseorder",
            name="total",
            field=apps.core.fields.MoneyField(decimal_places=3, default=0, editable=False, max_digits=14),
        ),
        migrations.CreateModel(
            name="PurchaseReceipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("delivery_note", models.CharField(blank=True, max_length=100)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("actor_kind", models.CharField(editable=False, max_length=20)),
                ("actor_id", models.UUIDField(editable=False, null=True)),
                ("actor_label", models.CharField(editable=False, max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="inventory.purchaseorder",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PurchaseReceiptLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("quantity", models.PositiveIntegerField()),
                ("unit_cost", apps.core.fields.MoneyField(decimal_places=3, max_digits=14)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_lines",
                        to="inventory.purchaseline",
                    ),
                ),
                (
                    "movement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_line",
                        to="inventory.stockmovement",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.purchasereceipt",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "line"), name="inventory_line_once_per_receipt"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="inventory_receipt_line_not_empty"
                    ),
                ],
            },
        ),
        AppendOnly("PurchaseReceipt"),
        AppendOnly("PurchaseReceiptLine"),
    ]
