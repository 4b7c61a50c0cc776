"""Customers are found by parts of words through an index, on either database."""

from django.db import migrations

from apps.core.search_index import EnsureSearchIndex, SearchIndex


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_second_factor_codes_and_lockout")]

    operations = [EnsureSearchIndex(SearchIndex("accounts_customer", "search_text"))]
