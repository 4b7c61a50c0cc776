"""What every way of running Mendery shares. Only the modules of this package read the environment."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sentry_sdk
from environs import Env
from kombu import Exchange, Queue

from apps.core import queues
from config import schedule

env = Env()

# Read once, when NumPy is imported. Threads of its own spin against those of the web server: on two busy cores they made
# training ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = (BASE_DIR / env.str("DATA_DIR", ".data")).resolve()
VERSION = "0.1.0"

DEBUG = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BIND_ADDRESS = env.str("BIND_ADDRESS", "127.0.0.1")
PORT = env.int("PORT", 8000)
WEB_PROCESSES = env.int("WEB_PROCESSES", 2)
WEB_THREADS = env.int("WEB_THREADS", 8)

INSTALLED_APPS = [
    "apps.core",
    "apps.audit",
    "apps.accounts",
    "apps.catalog",
    "apps.inventory",
    "apps.pricing",
    "apps.repairs",
    "apps.reports",
    "apps.notifications",
    "apps.demo",
    "apps.dashboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "apps.core.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.CrossOriginMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.core.middleware.ContentPolicyMiddleware",
    # What only pages have a use for, side by side: the interface passes them in one step.
    "apps.core.middleware.CookieSessionMiddleware",
    "apps.core.middleware.PageCsrfMiddleware",
    "apps.accounts.middleware.PageSessionMiddleware",
    "apps.core.middleware.PageMessageMiddleware",
    "apps.core.middleware.PageHtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# --- the shop -------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"  # storage and API; a branch shows its own
USE_TZ = True
CURRENCY = env.str("CURRENCY", "USD")
PHONE_REGION = env.str("PHONE_REGION", "") or None
LABEL_FONTS: list[str] = env.list("LABEL_FONTS", [])  # files that are asked before the fonts that come with Mendery
ALLOW_DEMO_SHOP = False
DEMO_PASSWORD = ""

# --- reordering -----------------------------------------------------------------------------------------------------

# How sure a part is to be there: by a service level from 0 to 1 that holds for every part or, without one, by what it
# costs the shop in its own currency that a repair has to wait for a part.
REORDER_SERVICE_LEVEL: float | None = env.float("REORDER_SERVICE_LEVEL", None)
REORDER_SHORTAGE_COST = env.decimal("REORDER_SHORTAGE_COST", Decimal(50))
REORDER_ORDER_COST = env.decimal("REORDER_ORDER_COST", Decimal(5))  # of one order, whatever is in it
REORDER_HOLDING_RATE = env.decimal("REORDER_HOLDING_RATE", Decimal("0.20"))  # of the cost of a unit, for a year
REORDER_LEAD_TIME_DAYS = env.int("REORDER_LEAD_TIME_DAYS", 7)  # of items without a supplier

# --- estimates ------------------------------------------------------------------------------------------------------

PRICE_ESTIMATOR = "apps.pricing.estimator"  # the package that learns from prices; imported with the first estimate
ESTIMATOR_VERSIONS_KEPT = 5  # of each currency

# --- people ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.IdentifierBackend"]
LOGIN_URL = "dashboard:login"
LOGIN_REDIRECT_URL = "dashboard:home"
SECOND_FACTOR_URL = "dashboard:confirm"
# Of each process: passwords that are hashed at once (production runs a process for each core), and threads that may be
# taken by it, those that wait included (all but one, unless set).
HASHES_AT_ONCE = env.int("HASHES_AT_ONCE", 1)
HASH_PLACES: int | None = env.int("HASH_PLACES", None)
PASSWORD_HASHERS = ["apps.accounts.passwords.BCryptSHA256Cost12Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "apps.accounts.passwords.CharacterMixValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

ACCESS_TOKEN_LIFETIME = timedelta(seconds=env.int("ACCESS_TOKEN_SECONDS", 15 * 60))
REFRESH_TOKEN_LIFETIME = timedelta(seconds=env.int("REFRESH_TOKEN_SECONDS", 7 * 24 * 3600))
SESSION_LIFETIME = timedelta(days=30)
# Whose sessions need a second factor, and for how long one that was given is good for what asks for it again.
MFA_REQUIRED_ROLES: list[str] = list(map(str.strip, env.list("MFA_REQUIRED_ROLES", [])))
STEP_UP_LIFETIME = timedelta(seconds=env.int("STEP_UP_SECONDS", 10 * 60))
TOKEN_ISSUER = "mendery"
TOKEN_AUDIENCE = "mendery-api"
TOKEN_KEYS: list[tuple[str, str]] = []  # (key id, secret); the first signs, all verify
FIELD_KEYS: list[str] = []  # Fernet keys; the first encrypts, all decrypt

# --- mail -----------------------------------------------------------------------------------------------------------

EMAIL_HOST = env.str("EMAIL_HOST", "") or "localhost"
EMAIL_SECURITY = env.str("EMAIL_SECURITY", "starttls")  # or “tls” from the first byte, or “none”
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 10
MAIL_DIR: Path | None = None  # where mails are written instead of being sent
EMAIL_SUBJECT_PREFIX = ""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "") or "mendery@localhost"
SENDGRID_API_KEY = env.str("SENDGRID_API_KEY", "")
SENDGRID_WEBHOOK_KEY = env.str("SENDGRID_WEBHOOK_KEY", "")  # with which SendGrid's calls are checked
ANYMAIL = {
    "SENDGRID_API_KEY": SENDGRID_API_KEY,
    "SENDGRID_API_URL": env.str("SENDGRID_API_URL", "https://api.sendgrid.com/v3/"),
    "REQUESTS_TIMEOUT": (5, 15),
}
if SENDGRID_API_KEY:
    EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"

# --- messages -------------------------------------------------------------------------------------------------------

PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")  # where links in messages lead
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", "")
TWILIO_SENDER = env.str("TWILIO_SENDER", "")  # a number, a name, or the id of a messaging service (MG…)
TWILIO_API_URL = env.str("TWILIO_API_URL", "https://api.twilio.com").rstrip("/")
EMAILS_PER_SECOND = env.float("EMAILS_PER_SECOND", 50.0)
SMS_PER_SECOND = env.float("SMS_PER_SECOND", 10.0)

# --- the HTTP interface ---------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.api.permissions.HoldsGrant"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.core.api.throttling.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["apps.core.api.renderers.EnvelopeRenderer"],
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.schema.EnvelopeSchema",
    "EXCEPTION_HANDLER": "apps.core.api.errors.handle",
    "DEFAULT_METADATA_CLASS": None,
    "NON_FIELD_ERRORS_KEY": "nonFieldErrors",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "UNAUTHENTICATED_USER": None,
}
JSON_BODY_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 15 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = JSON_BODY_LIMIT
IDEMPOTENCY_LIFETIME = timedelta(hours=24)
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])
RATELIMIT_USE_CACHE = "limits"
RATE_LIMITS: dict[str, list[str]] = {
    "api": env.list("RATE_LIMIT_API", ["100/m"]),
    "staff": env.list("RATE_LIMIT_STAFF", ["1000/m"]),
    "auth": env.list("RATE_LIMIT_AUTH", ["5/m", "30/15m"]),
    "files": env.list("RATE_LIMIT_FILES", ["600/m"]),
}
# auth.W004: e-mail addresses are unique among those that have been verified, which our own backend looks for.
# security.W003: looks for Django's own class, in whose place PageCsrfMiddleware stands.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001", "auth.W004", "security.W003"]

SPECTACULAR_SETTINGS = {
    "TITLE": "Mendery",
    "DESCRIPTION": "The HTTP interface of a Mendery installation. Every answer is in the envelope described with it.",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [],
    "GET_LIB_DOC_EXCLUDES": "apps.core.api.schema.bases_of_shapes",
}

CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = [
    "ETag", "Idempotent-Replayed", "Retry-After", "X-Request-ID", "X-Response-Time",
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy",
]  # fmt: skip
CORS_ALLOW_HEADERS = [
    "accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id",
]  # fmt: skip

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
HASHED_STATIC_FILES = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
STATICFILES_DIRS = [BASE_DIR / "static"]

# --- jobs -----------------------------------------------------------------------------------------------------------

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = queues.DEFAULT
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in queues.QUEUES]  # workers take from all
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {f"{prefix}.*": {"queue": queue} for prefix, queue in queues.ROUTES.items()}
CELERY_BEAT_SCHEDULER = "apps.core.beat:LeadingScheduler"
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE
QUIET_JOBS = schedule.QUIET_JOBS

# --- logs and errors ------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "apps.core.logs.RequestIdFilter"},
        "faults": {"()": "apps.core.logs.FaultFilter"},
    },
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]}},
    "root": {"handlers": ["stream"], "level": LOG_LEVEL},
    "loggers": {
        # The access line of apps.core.middleware says the same with the request id.
        "django.request": {"level": "ERROR", "filters": ["faults"]},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Warns of what is refused in a pipeline, which is raised and answered as well.
        "psycopg": {"level": "ERROR"},
    },
}


def sqlite(path: Path) -> dict[str, Any]:
    """Settings of an embedded database: write-ahead log, one writer at a time taken at BEGIN, waits instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Recursive triggers: without them INSERT OR REPLACE deletes a row past its append-only trigger.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON"
            ),
        },
    }


def postgresql(variable: str) -> dict[str, Any]:
    """Settings of a PostgreSQL database from a URL variable: kept, checked connections and bounded waits."""
    config: dict[str, Any] = env.dj_db_url(variable)
    config["ENGINE"] = "apps.core.postgresql"
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        **config.get("OPTIONS", {}),
        "connect_timeout": 3,
        # Planning the joins of a list costs as much as running them; behind a pooler that loses prepared statements
        # (PgBouncer before 1.21), set DATABASE_PREPARE to false.
        "server_side_binding": True,
        "prepare_threshold": 3 if env.bool("DATABASE_PREPARE", True) else None,
        "options": (
            f"-c datestyle=ISO -c lock_timeout=3s -c statement_timeout={env.int('DATABASE_STATEMENT_SECONDS', 15)}s"
            # Compiling a statement takes longer than any that is asked here may run.
            " -c idle_in_transaction_session_timeout=30s -c jit=off"
        ),
    }
    return config


def redis_caches(url: str) -> dict[str, dict[str, Any]]:
    """Settings of the shared caches; short time-outs, because a slow cache must not make a slow shop."""
    common = {"LOCATION": url, "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}}
    return {
        "default": {"BACKEND": "django_redis.cache.RedisCache", **common},
        "limits": {"BACKEND": "apps.core.counters.CounterCache", **common},
    }


def local_caches() -> dict[str, dict[str, Any]]:
    """Settings of the caches of one process."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    return {name: {"BACKEND": memory, "LOCATION": name} for name in ("default", "limits")}


# No retries: a request that finds no broker goes on, and the sweep sends what it could not. Workers reconnect on their own.
REDIS_TRANSPORT = {"socket_timeout": 1, "socket_connect_timeout": 1, "visibility_timeout": 3600, "max_retries": 0}


def use_sentry(dsn: str, environment: str) -> None:
    """Report errors to Sentry; does nothing without a DSN. Personal data is not sent."""
    if dsn:
        # Neither the variables of a stack nor bodies: both hold what was typed, such as passwords.
        sentry_sdk.init(
            dsn=dsn,
            environment=environment,
            release=VERSION,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
        )
