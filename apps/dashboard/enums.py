"""How the list of orders can be narrowed and sorted."""

from django.db import models


class Show(models.TextChoices):
    """Whose orders."""

    ALL = "all", "All orders"
    MINE = "mine", "My orders"
    FREE = "free", "Unassigned"


class Stage(models.TextChoices):
    """Sets of statuses, beside the single ones."""

    IN_HOUSE = "in_house", "In the shop"
    OVERDUE = "overdue", "Overdue"
    ANY = "any", "Everything"


class Sort(models.TextChoices):
    NEWEST = "newest", "Newest first"
    DUE = "due", "Due first"
