"""What customers want to be written to about; the database itself keeps each decision."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import apps.core.ids
from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_find_customers_by_parts_of_words"),
        ("notifications", "0003_customers_and_channels"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("channel", models.CharField(choices=[("email", "e-mail"), ("sms", "SMS")], max_length=10)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("service", "word on one's own repair"),
                            ("reminder", "reminder"),
                            ("account", "security of one's account"),
                            ("staff", "the shop's own work"),
                        ],
                        max_length=20,
                    ),
                ),
                ("granted", models.BooleanField()),
                (
                    "source",
                    models.CharField(choices=[("link", "link in an e-mail"), ("sms", "word in an SMS")], max_length=10),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["customer", "purpose", "channel", "created_at"], name="notifications_consents_of"
                    )
                ],
            },
        ),
        AppendOnly("Consent"),
    ]
