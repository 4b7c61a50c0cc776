from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.UUIDField(db_index=True)),
                ("order_id", models.UUIDField()),
                ("new_status", models.CharField(max_length=20)),
                ("heard_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
