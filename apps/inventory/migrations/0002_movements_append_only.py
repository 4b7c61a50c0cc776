"""The database itself keeps these tables append-only."""

from django.db import migrations

from apps.core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_branches_items_stock")]

    operations = [AppendOnly("StockMovement")]
