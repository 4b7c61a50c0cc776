"""Safe repetition of a POST: the answer is stored in the transaction of what it answers.

The first request inserts a row for (caller, route, key) and keeps its transaction open while it works. A second one that
arrives meanwhile waits at that row, on SQLite at the write lock, and then finds the stored answer. A process that dies
takes the row with it, so nothing is ever half remembered.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.renderers import envelope, request_id_of
from apps.core.db import waited_too_long
from apps.core.exceptions import DomainError
from apps.core.models import IdempotencyRecord

_KEPT_HEADERS = ("ETag", "Cache-Control")


class IdempotencyMismatch(DomainError):
    """The key was used before, with another body."""

    code = "IDEMPOTENCY_MISMATCH"


class IdempotencyInProgress(DomainError):
    """The first request with this key is still being worked on."""

    code = "IDEMPOTENCY_IN_PROGRESS"


def run_once(request: Request, caller: str, work: Callable[[], Response]) -> Response | HttpResponse:
    """Run ``work`` at most once for the request's Idempotency-Key; without the header, just run it.

    A repetition answers the stored bytes with ``Idempotent-Replayed: true``. Only success is remembered: after a refusal
    nothing has happened, and the same key may be tried again.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not 1 <= len(key) <= 255 or not key.isprintable():
        message = "An Idempotency-Key has 1 to 255 printable characters."
        raise ValidationError({"Idempotency-Key": [ErrorDetail(message, code="invalid")]})
    identity = {"caller": caller, "route": request.path_info[:500], "key": key}
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        mine, record = _claim(identity, fingerprint)
        if not mine:
            return _replay(record, fingerprint)
        _remember(record, request, work())
        return _stored(record)


def _claim(identity: dict[str, str], fingerprint: str) -> tuple[bool, IdempotencyRecord]:
    too_old = timezone.now() - settings.IDEMPOTENCY_LIFETIME
    IdempotencyRecord.objects.filter(**identity, created_at__lt=too_old).delete()
    fresh = IdempotencyRecord(**identity, fingerprint=fingerprint)
    try:
        IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
    except OperationalError as error:
        if waited_too_long(error):
            raise IdempotencyInProgress("The first request with this key is still running.") from error
        raise
    stored = IdempotencyRecord.objects.get(**identity)
    return stored.pk == fresh.pk, stored


def _replay(record: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if record.fingerprint != fingerprint:
        raise IdempotencyMismatch("This Idempotency-Key was used before with another request body.")
    replayed = _stored(record)
    replayed["Idempotent-Replayed"] = "true"
    return replayed


def _stored(record: IdempotencyRecord) -> HttpResponse:
    """The remembered answer; the first caller gets these same bytes."""
    answer = HttpResponse(bytes(record.body), status=record.status, content_type="application/json")
    for name, value in record.headers.items():
        answer[name] = value
    return answer


def _remember(record: IdempotencyRecord, request: Request, response: Response) -> None:
    content = b"" if response.status_code == 204 else envelope(
        response.data, request_id=request_id_of(request._request), message=getattr(response, "message", None)
    )  # fmt: skip
    record.status = response.status_code
    record.headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    record.body = content
    record.save(update_fields=["status", "headers", "body"])


def _fingerprint(request: Request) -> str:
    """SHA-256 over the body's meaning: the order of keys and white space do not count, file contents do."""
    query = sorted(request.query_params.items())
    if request.FILES:
        files = {name: hashlib.sha256(upload.read()).hexdigest() for name, upload in request.FILES.items()}
        for upload in request.FILES.values():
            upload.seek(0)
        form: Any = request.data
        fields = {name: form[name] for name in form if name not in files}
        meaning: Any = [query, fields, files]
    else:
        meaning = [query, request.data]
    text = json.dumps(meaning, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
