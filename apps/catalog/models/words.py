"""The search index of device models: every text that one of their words begins with."""

from django.db import models

from apps.catalog.enums import WordKind
from apps.catalog.models.devices import DeviceModel


class ModelWord(models.Model):
    """A text that leads to a model, with what it is to it and where the model stands among others."""

    id = models.BigAutoField(primary_key=True)
    device_model = models.ForeignKey(DeviceModel, on_delete=models.CASCADE, related_name="search_words")
    text = models.CharField(max_length=150)
    kind = models.PositiveSmallIntegerField(choices=WordKind)
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["text", "id"]
        constraints = [models.UniqueConstraint("device_model", "text", name="catalog_model_word_is_unique")]
        indexes = [models.Index(fields=["text", "kind", "place", "device_model"], name="catalog_model_word_by_text")]

    def __str__(self) -> str:
        return self.text
