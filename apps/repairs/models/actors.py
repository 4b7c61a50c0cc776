"""Who did something."""

from django.db import models


class ActorColumns(models.Model):
    """Who did it, as it was known then; without a foreign key, so that it outlives the account."""

    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)

    class Meta:
        abstract = True
