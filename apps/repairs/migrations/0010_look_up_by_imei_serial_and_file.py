"""Orders are looked up by the numbers of their device, and pictures without a small form by when they came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairs", "0008_orders_know_what_was_credited")]

    operations = [
        migrations.AddIndex(
            model_name="repairorder",
            index=models.Index(
                condition=models.Q(("device_imei", ""), _negated=True),
                fields=["device_imei"],
                name="repairs_order_by_imei",
            ),
        ),
        migrations.AddIndex(
            model_name="repairorder",
            index=models.Index(
                condition=models.Q(("device_serial", ""), _negated=True),
                fields=["device_serial"],
                name="repairs_order_by_serial",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("has_thumbnail", False), ("media", "image/jpeg"), ("removed_at", None)),
                fields=["created_at"],
                name="repairs_without_thumbnail",
            ),
        ),
    ]
