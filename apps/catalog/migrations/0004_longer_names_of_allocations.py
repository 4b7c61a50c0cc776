"""Room for all names that an allocation is known by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_model_words")]

    operations = [
        migrations.AlterField("TypeAllocation", "also_known_as", models.CharField(blank=True, max_length=500)),
    ]
