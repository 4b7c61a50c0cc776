"""The embedded form: one machine, SQLite, no servers. Keys are made on the first start and kept in the data folder."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.secrets import local_secrets
from config.settings.base import *
from config.settings.base import (
    BIND_ADDRESS,
    DATA_DIR,
    LOGGING,
    SENDGRID_API_KEY,
    env,
    local_caches,
    sqlite,
    use_sentry,
)

DEBUG = env.bool("DEBUG", False)
ALLOW_DEMO_SHOP = True
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", BIND_ADDRESS])

BROKER_DIR = DATA_DIR / "broker"
STATIC_ROOT = DATA_DIR / "static"
try:
    _secrets = local_secrets(DATA_DIR)
    for _folder in (BROKER_DIR / "messages", BROKER_DIR / "control", STATIC_ROOT):
        _folder.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"the data folder {DATA_DIR} cannot be used ({error.strerror}); set DATA_DIR to another."
    ) from None
if not os.access(DATA_DIR, os.W_OK):
    raise ImproperlyConfigured(f"the data folder {DATA_DIR} may not be written to; set DATA_DIR to another.")
SECRET_KEY = _secrets["secret_key"]
TOKEN_KEYS = [("local", _secrets["token_key"])]
FIELD_KEYS = [_secrets["field_key"]]

DATABASES = {"default": sqlite(DATA_DIR / "mendery.sqlite3")}
CACHES = local_caches()

# The files are the wake-up call between the processes of this machine; lost ones are made up for by the sweeper.
CELERY_BROKER_URL = "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(BROKER_DIR / "messages"),
    "data_folder_out": str(BROKER_DIR / "messages"),
    "control_folder": str(BROKER_DIR / "control"),
    "polling_interval": 0.2,
}
CELERY_WORKER_CONCURRENCY = 2

if not env.str("EMAIL_HOST", "") and not SENDGRID_API_KEY:
    # Nobody's mail server is at hand: what would be sent can be read here.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR = DATA_DIR / "mail"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LOGGING["loggers"]["apps"] = {"level": "DEBUG" if DEBUG else "INFO"}  # type: ignore[index]
use_sentry(env.str("SENTRY_DSN", ""), "local")
