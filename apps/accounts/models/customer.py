"""The owner of the devices that come in."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models

from apps.core.models import Record
from apps.core.search_index import SearchIndex
from apps.core.text import has_trigram, searchable

CUSTOMER_WORDS = SearchIndex("accounts_customer", "search_text")
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()./-]{2,29}")


def number_in(text: str) -> str:
    """The digits of what looks like a part of a phone number, without zeros that are dialled at home alone."""
    if not _NUMBER.fullmatch(text.strip()):
        return ""
    return "".join(filter(str.isdigit, text.replace("(0)", ""))).lstrip("0")


def holding(text: str, column: str = "search_text") -> models.Q:
    """That a column of searchable text holds every word of ``text``, or the number that it is."""
    every_word = models.Q()
    for word in searchable(text).split():
        every_word &= models.Q(**{f"{column}__contains": word})
    digits = number_in(text)
    return every_word | models.Q(**{f"{column}__contains": digits}) if digits else every_word


def named_by(text: str, naming: Callable[[list[str]], models.Q]) -> models.Q:
    """What ``CustomerQuerySet.named`` asks, where ``naming`` says that every word stands in a customer's text."""
    words = [word for word in searchable(text).split() if any(map(str.isalnum, word))]
    digits = number_in(text)
    by_words = naming(words) if words else models.Q(pk__in=[])
    return by_words | naming([digits]) if has_trigram(digits) else by_words


def default_preferences() -> dict[str, bool]:
    return {"sms": True, "email": True, "push": False}


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> "CustomerQuerySet":
        """Neither erased nor merged into another."""
        return self.filter(is_active=True)

    def found_by(self, text: str) -> "CustomerQuerySet":
        """Whose name, phone or e-mail holds every word of ``text``, in any script and case; a number however written."""
        return self.filter(holding(text))

    def named(self, text: str) -> "CustomerQuerySet":
        """As ``found_by``, but by the index alone: what is too short for it counts only where a word begins."""
        return self.filter(named_by(text, CUSTOMER_WORDS.naming))


class Customer(Record):
    """A person or firm known to the shop; may or may not have an account of their own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="customer"
    )
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    notification_preferences = models.JSONField(default=default_preferences)
    notes = models.TextField(max_length=1000, blank=True)
    locale = models.CharField(max_length=20, default="en")
    is_active = models.BooleanField(default=True, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, editable=False)
    search_text = models.CharField(max_length=600, editable=False, default="")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="accounts_customer_by_time"),
            models.Index(fields=["last_name", "first_name", "id"], name="accounts_customer_by_name"),
            models.Index(fields=["phone"], name="accounts_customer_by_phone"),
            models.Index(fields=["email"], name="accounts_customer_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        self.search_text = searchable(self.first_name, self.last_name, self.phone, self.email)[:600]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)
