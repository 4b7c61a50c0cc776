"""The production form: PostgreSQL, Redis, Celery workers. Refuses to start on a missing secret or an unsafe value."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import HASHED_STATIC_FILES, REDIS_TRANSPORT, env, postgresql, redis_caches, use_sentry

_problems: list[str] = []


def _required(name: str, why: str) -> str:
    value: str = env.str(name, "").strip()
    if not value:
        _problems.append(f"{name} is not set ({why})")
    return value


def _keys(name: str, why: str, shortest: int) -> list[str]:
    keys = [key.strip() for key in _required(name, why).split(",") if key.strip()]
    if any(len(key.rpartition(":")[2]) < shortest for key in keys):
        _problems.append(f"{name} has a key shorter than {shortest} characters")
    return keys


SECRET_KEY = _required("SECRET_KEY", "signs sessions; 50 random characters")
if SECRET_KEY and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure")):
    _problems.append("SECRET_KEY is too weak: use 50 or more random characters")

TOKEN_KEYS = [
    (key.partition(":")[0], key.partition(":")[2])
    for key in _keys("TOKEN_KEYS", "signs access tokens; “keyid:secret”, newest first, comma-separated", 32)
]
if not all(key_id and secret for key_id, secret in TOKEN_KEYS):
    _problems.append("TOKEN_KEYS is not of the form “keyid:secret”")

FIELD_KEYS = _keys("FIELD_KEYS", "encrypts device passwords; Fernet keys, newest first, comma-separated", 44)

ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS", "the names this shop answers to").split(",")]
if "*" in ALLOWED_HOSTS:
    _problems.append("ALLOWED_HOSTS must name hosts, not “*”")

if _required("DATABASE_URL", "postgres://…") and not env.str("DATABASE_URL").startswith(("postgres:", "postgresql:")):
    _problems.append("DATABASE_URL must name a PostgreSQL database")
REDIS_URL = _required("REDIS_URL", "redis://…")
_needing: list[str] = env.list("MFA_REQUIRED_ROLES", [])
if set(map(str.strip, _needing)) - {"admin", "manager", "technician", "seller", "customer"}:
    _problems.append("MFA_REQUIRED_ROLES names a role that there is not")
if env.bool("DEBUG", False):
    _problems.append("DEBUG must not be on in production")

if _problems:
    raise ImproperlyConfigured("; ".join(_problems) + ".")

DATABASES = {"default": postgresql("DATABASE_URL")}
CACHES = redis_caches(REDIS_URL)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TRANSPORT
CELERY_WORKER_CONCURRENCY = env.int("WORKER_PROCESSES", 2)
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_FILE", "/data/beat/schedule")
WEB_THREADS = env.int("WEB_THREADS", 4)

HTTPS = env.bool("HTTPS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.list("TRUSTED_PROXIES", []) else None
# Behind a proxy that is not trusted every request looks like http: redirecting it would never end.
SECURE_SSL_REDIRECT = HTTPS and SECURE_PROXY_SSL_HEADER is not None
if HTTPS and not SECURE_SSL_REDIRECT:
    SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W008"]
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("FILES_DIR", "/data/files")},
    },
    "staticfiles": HASHED_STATIC_FILES,
}
if not env.str("PUBLIC_URL", ""):
    PUBLIC_URL = f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0]}"
use_sentry(env.str("SENTRY_DSN", ""), env.str("ENVIRONMENT", "production"))
