"""manage.py rotate_keys: encrypt every encrypted column again with the newest key."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from apps.core.fields import EncryptedTextField, cipher

BATCH = 500


class Command(BaseCommand):
    help = (
        "Re-encrypts device passwords and other secrets with the first of FIELD_KEYS; then older keys can be dropped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedTextField):
                    count = _rotate(model._meta.db_table, str(model._meta.pk.column), str(field.column))
                    self.stdout.write(f"{model._meta.label}.{field.name}: {count} re-encrypted")


def _rotate(table: str, pk: str, column: str) -> int:
    """Works on the stored text itself, so that a value is never decrypted by one rule and encrypted by another."""
    done, last = 0, ""
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
            cursor.execute(
                f'SELECT "{pk}", "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL AND CAST("{pk}" AS text) > %s '
                f'ORDER BY CAST("{pk}" AS text) LIMIT {BATCH} {lock}',
                [last],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            for key, stored in rows:
                fresh = cipher().rotate(stored.encode()).decode()
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{pk}" = %s', [fresh, key])
            done, last = done + len(rows), str(rows[-1][0])
