"""What usage says about ordering, with the packs it is bought in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0006_purchase_receipts"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="reorderpoint",
            name="method",
        ),
        migrations.AddField(
            model_name="reorderpoint",
            name="basis",
            field=models.CharField(default="NOTHING", max_length=20),
        ),
        migrations.AddField(
            model_name="reorderpoint",
            name="minimum_quantity",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="reorderpoint",
            name="pack_size",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="reorderpoint",
            name="reorder_at",
            field=models.IntegerField(),
        ),
    ]
