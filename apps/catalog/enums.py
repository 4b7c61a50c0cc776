"""Kinds of device, tiers, qualities, how loud a notice is, and what a word of the search index stands for."""

from django.db import models


class DeviceType(models.TextChoices):
    PHONE = "phone", "phone"
    TABLET = "tablet", "tablet"
    LAPTOP = "laptop", "laptop"
    DESKTOP = "desktop", "desktop"
    WATCH = "watch", "watch"
    CONSOLE = "console", "console"
    AUDIO = "audio", "audio"
    CAMERA = "camera", "camera"
    TV = "tv", "television"
    OTHER = "other", "other"


class TierLevel(models.IntegerChoices):
    FLAGSHIP = 1, "flagship"
    STANDARD = 2, "standard"
    BUDGET = 3, "budget"


class PartQuality(models.TextChoices):
    ORIGINAL = "original", "original"
    AFTERMARKET_PREMIUM = "aftermarket_premium", "aftermarket, premium"
    AFTERMARKET_STANDARD = "aftermarket_standard", "aftermarket, standard"
    AFTERMARKET_ECONOMY = "aftermarket_economy", "aftermarket, economy"


class NoticeLevel(models.TextChoices):
    """In the order of their letters as well, so that the loudest can be sorted first."""

    NOTE = "note", "note"
    WARNING = "warning", "warning"


class WordKind(models.IntegerChoices):
    """What a text is to the model that is found by it, the clearest lowest."""

    NAME = 0, "name"
    SPELLING = 1, "other spelling of the name"
    CODE = 2, "number"
    ALIAS = 3, "alias"
    LOOSE = 4, "name without its network"
    NAME_PART = 5, "rest of the name from a word on"
    BRAND = 6, "brand"
    CODE_PART = 7, "rest of a number"

    @classmethod
    def whole(cls) -> tuple[int, ...]:
        """Those that are everything that somebody says to mean the model."""
        return (cls.NAME, cls.SPELLING, cls.CODE, cls.ALIAS, cls.LOOSE)

    @classmethod
    def named(cls) -> tuple[int, ...]:
        """Those that are whole names, as somebody writes them from the beginning."""
        return (cls.NAME, cls.SPELLING, cls.LOOSE)

    @classmethod
    def codes(cls) -> tuple[int, ...]:
        return (cls.CODE, cls.CODE_PART)
