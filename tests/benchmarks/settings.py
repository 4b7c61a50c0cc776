"""The production form with keys that protect nothing, limits out of the way, and optionally without middleware."""

import os
from pathlib import Path

_NEEDED = {
    "SECRET_KEY": "measured-" + "abcdefghij" * 5,
    "TOKEN_KEYS": "bench:" + "abcdefghij" * 4,
    "FIELD_KEYS": "YmVuY2htYXJrcy1iZW5jaG1hcmtzLWJlbmNobWFya3M=",
    "ALLOWED_HOSTS": "127.0.0.1",
    "DATABASE_URL": "postgres://postgres@127.0.0.1:5432/mendery_bench",
    "REDIS_URL": "redis://127.0.0.1:6379/9",
    "HTTPS": "false",
    "LOG_LEVEL": "WARNING",
    "RATE_LIMIT_API": "100000000/m",
    "RATE_LIMIT_STAFF": "100000000/m",
    "FILES_DIR": os.devnull,
}
for _name, _value in _NEEDED.items():
    os.environ.setdefault(_name, _value)

from config.settings.base import sqlite  # noqa: E402
from config.settings.production import *  # noqa: E402, F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT = STATICFILES_DIRS[0]  # noqa: F405
STATICFILES_DIRS = []
if os.environ.get("BENCH_WITHOUT_MIDDLEWARE"):
    MIDDLEWARE = []
if os.environ.get("BENCH_SQLITE"):
    DATABASES = {"default": sqlite(Path(os.environ["BENCH_SQLITE"]))}
