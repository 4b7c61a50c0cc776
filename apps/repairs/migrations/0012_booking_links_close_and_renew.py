from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0011_find_orders_by_parts_of_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="link_closed",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="link_number",
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
    ]
