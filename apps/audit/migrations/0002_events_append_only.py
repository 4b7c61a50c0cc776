"""The database itself keeps these tables append-only."""

from django.db import migrations

from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_events_and_deliveries")]

    operations = [AppendOnly("Event")]
