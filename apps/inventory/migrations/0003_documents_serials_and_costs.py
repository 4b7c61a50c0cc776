"""Transfers, counts, purchasing, serial numbers and what stock has cost."""

from typing import Any

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import apps.core.fields
import apps.core.ids
import apps.inventory.models.branches
from apps.core.db import AppendOnly


class GuardAgain(AppendOnly):
    """Put back what only SQLite has lost."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_movements_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("quantity", models.IntegerField()),
                ("total", models.BooleanField(default=False)),
                ("serial_number", models.CharField(blank=True, max_length=100)),
                ("actor_kind", models.CharField(max_length=20)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_label", models.CharField(max_length=200)),
            ],
            options={
                "verbose_name_plural": "count entries",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("counted", models.PositiveIntegerField(null=True)),
                ("on_hand", models.IntegerField(default=0)),
                ("last_movement_id", models.UUIDField(null=True)),
                ("disturbed", models.BooleanField(default=False)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["item__name", "id"],
            },
        ),
        migrations.CreateModel(
            name="DocumentCounter",
            fields=[
                ("series", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MovedSerial",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                ("received", models.PositiveIntegerField(default=0)),
                ("cancelled", models.PositiveIntegerField(default=0)),
                (
                    "unit_cost",
                    apps.core.fields.MoneyField(
                        decimal_places=3,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("repair_order_id", models.UUIDField(null=True)),
                ("repair_order_number", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(editable=False, max_length=20, unique=True)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("actor_kind", models.CharField(editable=False, max_length=20)),
                ("actor_id", models.UUIDField(editable=False, null=True)),
                ("actor_label", models.CharField(editable=False, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("ordered", "ordered"),
                            ("partly_received", "partly received"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default=apps.inventory.models.branches.default_currency,
                        max_length=3,
                        validators=[apps.inventory.models.branches.validate_currency],
                    ),
                ),
                ("exchange_rate", models.DecimalField(decimal_places=8, default=1, max_digits=18)),
                ("supplier_reference", models.CharField(blank=True, max_length=100)),
                ("expected_on", models.DateField(blank=True, null=True)),
                ("ordered_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReorderPoint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("computed_at", models.DateTimeField()),
                ("reorder_at", models.PositiveIntegerField()),
                ("order_quantity", models.PositiveIntegerField()),
                ("method", models.CharField(max_length=40)),
                ("explanation", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["level__item__name"],
            },
        ),
        migrations.CreateModel(
            name="Serial",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("in_stock", "in stock"), ("in_transit", "in transit"), ("gone", "gone")],
                        default="in_stock",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(editable=False, max_length=20, unique=True)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("actor_kind", models.CharField(editable=False, max_length=20)),
                ("actor_id", models.UUIDField(editable=False, null=True)),
                ("actor_label", models.CharField(editable=False, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("posted", "posted"), ("cancelled", "cancelled")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=200)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone_number", models.CharField(blank=True, max_length=20)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("website", models.URLField(blank=True, max_length=300)),
                ("account_number", models.CharField(blank=True, max_length=60)),
                (
                    "currency",
                    models.CharField(
                        default=apps.inventory.models.branches.default_currency,
                        max_length=3,
                        validators=[apps.inventory.models.branches.validate_currency],
                    ),
                ),
                ("lead_time_days", models.PositiveSmallIntegerField(default=7)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SupplierItem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("supplier_sku", models.CharField(blank=True, max_length=60)),
                (
                    "unit_cost",
                    apps.core.fields.MoneyField(
                        decimal_places=3,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "pack_size",
                    models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                (
                    "minimum_quantity",
                    models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                ("lead_time_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_preferred", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-is_preferred", "supplier__name"],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(editable=False, max_length=20, unique=True)),
                ("notes", models.TextField(blank=True, max_length=1000)),
                ("actor_kind", models.CharField(editable=False, max_length=20)),
                ("actor_id", models.UUIDField(editable=False, null=True)),
                ("actor_label", models.CharField(editable=False, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("sent", "sent"),
                            ("partly_received", "partly received"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                ("received", models.PositiveIntegerField(default=0)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("surplus", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("value_micros", models.BigIntegerField(default=0)),
                ("serial_numbers", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="stockmovement",
            name="inventory_movement_sides_fit_its_kind",
        ),
        migrations.AddField(
            model_name="item",
            name="tracks_serials",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reservation",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="incoming",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="last_cost_micros",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="value_micros",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="document_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="document_line_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="document_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("transfer", "transfer"),
                    ("stock_count", "stock count"),
                    ("purchase_order", "purchase order"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="from_value_micros",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="reverses",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="inventory.stockmovement",
            ),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="to_value_micros",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="status",
            field=models.CharField(
                choices=[("live", "live"), ("issued", "issued"), ("released", "released"), ("expired", "expired")],
                default="live",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status", "live")),
                fields=["expires_at"],
                name="inventory_reservation_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(
                condition=models.Q(("document_id__isnull", False)),
                fields=["document_id"],
                name="inventory_movement_of_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("incoming__gte", 0)), name="inventory_incoming_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value_micros__gte", 0), models.Q(("quantity__gt", 0), ("value_micros", 0), _connector="OR")
                ),
                name="inventory_value_belongs_to_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("document_type", "transfer"),
                        ("movement_type", "TRANSFER"),
                        models.Q(
                            models.Q(("from_branch__isnull", False), ("to_branch", None)),
                            models.Q(("from_branch", None), ("to_branch__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(("movement_type", "IN"), ("from_branch", None), ("to_branch__isnull", False)),
                    models.Q(("movement_type", "RETURN"), ("from_branch", None), ("to_branch__isnull", False)),
                    models.Q(("movement_type", "ADJUSTMENT"), ("from_branch", None), ("to_branch__isnull", False)),
                    models.Q(("movement_type", "OUT"), ("from_branch__isnull", False), ("to_branch", None)),
                    models.Q(
                        ("movement_type", "TRANSFER"),
                        ("from_branch__isnull", False),
                        ("to_branch__isnull", False),
                        models.Q(("from_branch", models.F("to_branch")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="inventory_movement_sides_fit_its_kind",
            ),
        ),
        migrations.AddField(
            model_name="countline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="count_lines", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="countentry",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="inventory.countline"
            ),
        ),
        migrations.AddField(
            model_name="movedserial",
            name="movement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_serials",
                to="inventory.stockmovement",
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="purchase_lines", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="purchase_orders", to="inventory.branch"
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="inventory.purchaseorder",
            ),
        ),
        migrations.AddField(
            model_name="reorderpoint",
            name="level",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="reorder_point", to="inventory.stocklevel"
            ),
        ),
        migrations.AddField(
            model_name="serial",
            name="branch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="serials",
                to="inventory.branch",
            ),
        ),
        migrations.AddField(
            model_name="serial",
            name="item",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="serials", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="serial",
            name="reservation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="serials",
                to="inventory.reservation",
            ),
        ),
        migrations.AddField(
            model_name="movedserial",
            name="serial",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="inventory.serial"
            ),
        ),
        migrations.AddField(
            model_name="countentry",
            name="serial",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="count_entries",
                to="inventory.serial",
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stock_counts", to="inventory.branch"
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stock_counts",
                to="inventory.category",
            ),
        ),
        migrations.AddField(
            model_name="countline",
            name="count",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="inventory.stockcount",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="inventory_supplier_name_is_unique"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="purchase_orders", to="inventory.supplier"
            ),
        ),
        migrations.AddField(
            model_name="supplieritem",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="suppliers", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="supplieritem",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="inventory.supplier",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transfers_out", to="inventory.branch"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="to_branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transfers_in", to="inventory.branch"
            ),
        ),
        migrations.AddField(
            model_name="transferline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transfer_lines", to="inventory.item"
            ),
        ),
        migrations.AddField(
            model_name="transferline",
            name="transfer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="inventory.transfer",
            ),
        ),
        migrations.AddIndex(
            model_name="purchaseline",
            index=models.Index(fields=["repair_order_id"], name="inventory_purchase_for_order"),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.UniqueConstraint(fields=("order", "position"), name="inventory_one_line_per_position"),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="inventory_purchase_line_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "quantity__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("received"), "+", models.F("cancelled")
                        ),
                    )
                ),
                name="inventory_purchase_line_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="serial",
            index=models.Index(fields=["item", "branch"], name="inventory_serial_by_place"),
        ),
        migrations.AddIndex(
            model_name="serial",
            index=models.Index(fields=["branch"], name="inventory_serial_by_branch"),
        ),
        migrations.AddConstraint(
            model_name="serial",
            constraint=models.UniqueConstraint(
                fields=("item", "number"), name="inventory_serial_is_unique_for_its_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="serial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("branch__isnull", False), ("state", "in_stock")),
                    models.Q(models.Q(("state", "in_stock"), _negated=True), ("branch", None), ("reservation", None)),
                    _connector="OR",
                ),
                name="inventory_serial_is_in_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="movedserial",
            constraint=models.UniqueConstraint(
                fields=("movement", "serial"), name="inventory_serial_once_per_movement"
            ),
        ),
        migrations.AddConstraint(
            model_name="countentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("serial_number", ""), _negated=True),
                fields=("line", "serial_number"),
                name="inventory_serial_once_per_count",
            ),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(fields=["created_at", "id"], name="inventory_count_by_time"),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(fields=("count", "item"), name="inventory_item_once_per_count"),
        ),
        migrations.AddIndex(
            model_name="purchaseorder",
            index=models.Index(fields=["created_at", "id"], name="inventory_purchase_by_time"),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("exchange_rate__gt", 0)), name="inventory_exchange_rate_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.UniqueConstraint(fields=("supplier", "item"), name="inventory_item_once_per_supplier"),
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_preferred", True)),
                fields=("item",),
                name="inventory_one_preferred_supplier_per_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum_quantity__gte", 1), ("pack_size__gte", 1)), name="inventory_pack_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["created_at", "id"], name="inventory_transfer_by_time"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_branch", models.F("to_branch")), _negated=True),
                name="inventory_transfer_between_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.UniqueConstraint(fields=("transfer", "item"), name="inventory_item_once_per_transfer"),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="inventory_transfer_line_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "quantity__gte",
                        django.db.models.expressions.CombinedExpression(models.F("received"), "+", models.F("missing")),
                    )
                ),
                name="inventory_transfer_line_adds_up",
            ),
        ),
        # SQLite makes a table anew to change its columns, and loses the triggers of the old one.
        GuardAgain("StockMovement"),
        AppendOnly("MovedSerial"),
        AppendOnly("CountEntry"),
    ]
