"""Building the image: enough for ``collectstatic``, which is to run without a secret and without a database."""

from config.settings.base import *
from config.settings.base import HASHED_STATIC_FILES

SECRET_KEY = "only-for-collecting-static-files"
DATABASES: dict[str, dict[str, str]] = {}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": HASHED_STATIC_FILES,
}
