"""Kinds of device, tiers, qualities, and how loud a notice is."""

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
