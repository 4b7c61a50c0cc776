"""Turns every refusal and every fault into the contract's one form of failure."""

import logging
import math
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404
from drf_standardized_errors.formatter import flatten_errors
from rest_framework import exceptions
from rest_framework.response import Response

from apps.core.api.renderers import ErrorBody
from apps.core.api.serializers import camel
from apps.core.db import lost_race, waited_too_long
from apps.core.duplicates import duplicated_fields
from apps.core.exceptions import DomainError, FieldError

logger = logging.getLogger(__name__)

STATUS = {
    "VALIDATION_ERROR": 400, "FOREIGN_KEY_ERROR": 400, "MALFORMED_JSON": 400,
    "UNAUTHORIZED": 401, "INVALID_CREDENTIALS": 401, "TOKEN_EXPIRED": 401, "TOKEN_REVOKED": 401,
    "FORBIDDEN": 403, "ACCOUNT_INACTIVE": 403, "ACCOUNT_UNVERIFIED": 403, "MFA_REQUIRED": 403,
    "NOT_FOUND": 404, "METHOD_NOT_ALLOWED": 405, "NOT_ACCEPTABLE": 406,
    "CONFLICT": 409, "DUPLICATE_ERROR": 409, "INVALID_TRANSITION": 409, "INSUFFICIENT_STOCK": 409,
    "IDEMPOTENCY_IN_PROGRESS": 409, "IN_USE": 409,
    "PRECONDITION_FAILED": 412, "PAYLOAD_TOO_LARGE": 413, "UNSUPPORTED_MEDIA_TYPE": 415,
    "IDEMPOTENCY_MISMATCH": 422, "PRECONDITION_REQUIRED": 428, "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500, "SERVICE_UNAVAILABLE": 503,
}  # fmt: skip
_BY_HTTP = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 406: "NOT_ACCEPTABLE",
            413: "PAYLOAD_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE", 429: "RATE_LIMITED"}  # fmt: skip
_WHOLE = "nonFieldErrors"  # what is wrong with a body as a whole


def body(code: str, message: str, details: list[FieldError] | None = None) -> ErrorBody:
    """The failure as data; the renderer adds the envelope's ``meta``."""
    rows = [{"field": item.field, "code": item.code, "message": item.message} for item in details or []]
    return ErrorBody(error=message, code=code, details=rows)


def handle(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: one answer for whatever a view raised."""
    for kind, answer in _ANSWERS:
        if isinstance(exc, kind):
            return answer(exc)
    return _fault(exc)


def _answer(
    code: str, message: str, details: list[FieldError] | None = None, headers: dict[str, str] | None = None
) -> Response:
    response = Response(body(code, message, details), status=STATUS[code], headers=headers)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", "5")
    if code == "IDEMPOTENCY_IN_PROGRESS":
        response["Retry-After"] = "1"
    return response


def _refusal(exc: DomainError) -> Response:
    headers = None if exc.retry_after is None else {"Retry-After": str(exc.retry_after)}
    return _answer(exc.code, exc.message, exc.details, headers)


def _framework_refusal(exc: exceptions.APIException) -> Response:
    if isinstance(exc, exceptions.ParseError):
        return _answer("MALFORMED_JSON", str(exc.detail))
    if isinstance(exc, exceptions.Throttled):
        seconds = math.ceil(getattr(exc, "wait", None) or 1)
        message = f"Too many requests; try again in {seconds} second{'s' * (seconds > 1)}."
        return _answer("RATE_LIMITED", message, headers={"Retry-After": str(seconds)})
    code = _BY_HTTP.get(exc.status_code)
    return _answer(code, str(exc.detail)) if code else _fault(exc)


def _invalid(exc: exceptions.ValidationError) -> Response:
    details = [_field_error(item) for item in flatten_errors(exc.detail)]
    codes = {item.code for item in details}
    if codes == {"unique"}:
        named = [item.field for item in details if item.field != _WHOLE]
        return _duplicate(named) if named else _answer("DUPLICATE_ERROR", details[0].message)
    code = "FOREIGN_KEY_ERROR" if codes == {"does_not_exist"} else "VALIDATION_ERROR"
    first = details[0]
    message = f"{first.field}: {first.message}" if len(details) == 1 else f"{len(details)} fields are wrong."
    return _answer(code, message, details)


def _duplicate(fields: list[str]) -> Response:
    if not fields or fields == ["id"]:
        return _answer("DUPLICATE_ERROR", "A record with this identity exists already.")
    return _answer("DUPLICATE_ERROR", f"Another record has the same {', '.join(fields)}.")


def _field_error(item: Any) -> FieldError:
    field = (item.attr or _WHOLE).removesuffix(f".{_WHOLE}")
    return FieldError(field, item.code, item.detail)


def _database_refusal(exc: DatabaseError | InterfaceError) -> Response:
    if isinstance(exc, IntegrityError) and is_duplicate(exc):
        return _duplicate([camel(name) for name in duplicated_fields(exc)])
    if isinstance(exc, IntegrityError) and breaks_reference(exc):
        return _answer("CONFLICT", "A record that this refers to was removed, or is referred to, at the same moment.")
    if isinstance(exc, DataError):
        logger.warning("The database refused a value that no field refused.", exc_info=exc)
        return _answer("VALIDATION_ERROR", "A value is out of range.")
    if isinstance(exc, OperationalError) and (lost_race(exc) or waited_too_long(exc)):
        message = "The shop is busy with the same records; try again."
        return _answer("SERVICE_UNAVAILABLE", message, headers={"Retry-After": "1"})
    if isinstance(exc, OperationalError | InterfaceError):
        logger.error("The database does not answer.", exc_info=exc)
        return _answer("SERVICE_UNAVAILABLE", "The database does not answer; try again shortly.")
    return _fault(exc)


def is_duplicate(exc: IntegrityError) -> bool:
    return getattr(exc.__cause__, "sqlstate", "") in {"23505", "23P01"} or "UNIQUE constraint failed" in str(exc)


def breaks_reference(exc: IntegrityError) -> bool:
    """Both databases check references when the transaction commits: who comes second is told then."""
    return getattr(exc.__cause__, "sqlstate", "") == "23503" or "FOREIGN KEY constraint failed" in str(exc)


def _fault(exc: Exception) -> Response:
    logger.error("Unhandled %s", type(exc).__name__, exc_info=exc)
    return _answer("INTERNAL_ERROR", "Something went wrong on our side. It has been recorded.")


# In this order: a ProtectedError is a DatabaseError, a ValidationError is an APIException.
_ANSWERS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], Response]], ...] = (
    (DomainError, _refusal),
    (exceptions.ValidationError, _invalid),
    (exceptions.APIException, _framework_refusal),
    (Http404, lambda exc: _answer("NOT_FOUND", "There is no such record.")),
    (PermissionDenied, lambda exc: _answer("FORBIDDEN", "Your role does not allow this.")),
    ((ProtectedError, RestrictedError), lambda exc: _answer("IN_USE", "Other records refer to this one.")),
    ((DatabaseError, InterfaceError), _database_refusal),
)
