"""Moving categories in their tree."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from apps.inventory.models import Category


@contextmanager
def rearranging() -> Iterator[None]:
    """Hold the whole tree while the body moves a category; one transaction.

    Two categories that are hung below each other at the same moment would each find the other one where it was.
    """
    with transaction.atomic():
        # Not against keys: what is put into a category meanwhile does not wait.
        list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        yield
