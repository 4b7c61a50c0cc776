"""What the documents of the inventory share: a number, and who made them when."""

from django.db import models

from apps.core.models import Record


class DocumentCounter(models.Model):
    """The last number of a kind of document in a year."""

    series = models.CharField(max_length=20, primary_key=True)  # such as “T-2026”
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class Document(Record):
    """A piece of paper of the stock room. Its number never changes and is never given twice."""

    number = models.CharField(max_length=20, unique=True, editable=False)
    notes = models.TextField(max_length=1000, blank=True)
    actor_kind = models.CharField(max_length=20, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    actor_label = models.CharField(max_length=200, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number
