"""The database itself keeps these tables append-only."""

from django.db import migrations

from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("repairs", "0001_orders_lines_history")]

    operations = [AppendOnly("StatusHistory"), AppendOnly("Payment")]
