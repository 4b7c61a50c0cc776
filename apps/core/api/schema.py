"""Describes the interface in OpenAPI 3.1 as it really answers: enveloped, with its headers, pages and refusals."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, force_instance, get_lib_doc_excludes
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from apps.core.api.endpoints import Endpoint
from apps.core.api.errors import STATUS
from apps.core.api.serializers import ContractModelSerializer, ContractSerializer

_META = {
    "type": "object",
    "required": ["timestamp", "version", "requestId"],
    "properties": {
        "timestamp": {"type": "string", "format": "date-time"},
        "version": {"type": "string"},
        "requestId": {"type": "string"},
    },
}
_FAILURE = {
    "type": "object",
    "required": ["success", "error", "code", "details", "meta"],
    "properties": {
        "success": {"const": False},
        "error": {"type": "string"},
        "code": {"type": "string", "enum": sorted(STATUS)},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
        "meta": {"$ref": "#/components/schemas/Meta"},
    },
}
_PAGINATION = {
    "type": "object",
    "required": ["limit"],
    "properties": {
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "page": {"type": "integer", "minimum": 1},
        "pages": {"type": "integer", "minimum": 0},
        "total": {"type": "integer", "minimum": 0},
        "totalIsEstimate": {"const": True},
        "nextCursor": {"type": ["string", "null"]},
        "previousCursor": {"type": ["string", "null"]},
    },
}
_REFUSALS = {
    400: "The request is wrong.",
    401: "There is no valid token.",
    403: "The role does not allow this.",
    404: "There is no such record in the caller's scope.",
    406: "Only JSON is answered.",
    409: "The state of the records does not allow this.",
    412: "The record has changed since it was read.",
    413: "The body is too large.",
    415: "Only JSON is read.",
    422: "The Idempotency-Key was used with another body.",
    429: "Too many requests.",
    503: "Something does not answer; try again.",
}


_HEADERS = {
    name: {"description": words, "schema": {"type": "string"}}
    for name, words in {
        "ETag": "Changes with every write.",
        "X-Request-ID": "The caller's, or a new one.",
        "X-Response-Time": "Such as 12.3ms.",
        "X-RateLimit-Limit": "Requests in the window.",
        "X-RateLimit-Remaining": "Requests that are left of it.",
        "X-RateLimit-Reset": "When the window ends, in seconds since 1970.",
    }.items()
}
_ON_ALL = ("X-Request-ID", "X-Response-Time", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def bases_of_shapes() -> list[type]:
    """Whose docstrings are not those of a shape that has none of its own."""
    return [*get_lib_doc_excludes(), ContractSerializer, ContractModelSerializer]


class EnvelopeSchema(AutoSchema):
    """Reads the view's ``endpoints`` table."""

    @property
    def endpoint(self) -> Endpoint:
        key = getattr(self.view, "action", None) or self.method.lower()
        view: Any = self.view
        found: Endpoint = view.endpoints[key]
        return found

    def get_tags(self) -> list[str]:
        return [self._tokenize_path()[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        if not self.view.get_authenticators():
            return []
        scheme = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        self._register("bearer", ResolvedComponent.SECURITY_SCHEMA, scheme)
        return [{"bearer": []}] if self.endpoint.right else [{}, {"bearer": []}]

    def get_request_serializer(self) -> Any:
        return self.endpoint.request

    def get_response_serializers(self) -> Any:
        return self.endpoint.answer

    def _get_request_body(self, direction: Literal["request", "response"] = "request") -> Any:
        if self.method != "DELETE" or self.endpoint.request is None:
            return super()._get_request_body(direction)
        # The library knows no DELETE with a body.
        form = self.resolve_serializer(force_instance(self.endpoint.request), direction).ref
        return {"content": {"application/json": {"schema": form}}, "required": True}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.endpoint.paged

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = [self.endpoint.query] if self.endpoint.query else []
        if self.endpoint.paged:
            found += self._paging_parameters()
        if self.method == "POST" and getattr(self.view, "repeatable", False):
            found.append(_header("Idempotency-Key", "Makes the request safe to repeat for 24 hours."))
        if self._changes_one_record():
            found.append(_header("If-Match", "The ETag that the change is based on."))
        if self._is_one_record():
            found.append(_header("If-None-Match", "The ETag of what the client has; 304 while it is still so."))
        return found

    def _changes_one_record(self) -> bool:
        own = getattr(self.view, "action", "") == "update"
        return own or ("{id}" in self.path and self.method in {"PUT", "PATCH", "DELETE", "POST"})

    def _is_one_record(self) -> bool:
        return getattr(self.view, "action", "") == "retrieve" or getattr(self.view, "tagged", False)

    def _paging_parameters(self) -> list[OpenApiParameter]:
        parameters = [
            OpenApiParameter("page", {"type": "integer", "minimum": 1, "default": 1}),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
            OpenApiParameter(
                "cursor", OpenApiTypes.STR, description="Empty for the first page; then what was answered."
            ),
        ]
        ordering = getattr(self.view, "ordering", None)
        if ordering and getattr(self.view, "action", "") == "list":
            names = ", ".join(sorted(ordering))
            parameters.append(
                OpenApiParameter("ordering", OpenApiTypes.STR, description=f"Of {names}; “-” turns it round.")
            )
            if getattr(self.view, "searchable", False):
                parameters.append(OpenApiParameter("q", OpenApiTypes.STR, description="Search text."))
        return parameters

    def _get_filter_parameters(self) -> list[Any]:
        return super()._get_filter_parameters() if getattr(self.view, "action", "") == "list" else []

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        self._register("Meta", ResolvedComponent.SCHEMA, _META)
        failure = self._register("Failure", ResolvedComponent.SCHEMA, _FAILURE)
        success = self._success()
        success["headers"] = {name: _HEADERS[name] for name in _ON_ALL} | self._tag()
        bodies = {str(self.endpoint.status): success}
        if self._is_one_record():
            bodies["304"] = {"description": "Not changed since.", "headers": self._tag()}
        for status in self._refusals():
            bodies[str(status)] = _body(_REFUSALS[status], failure)
        return bodies

    def _tag(self) -> dict[str, Any]:
        tagged = self._is_one_record() or getattr(self.view, "action", "") in {"create", "update", "partial_update"}
        return {"ETag": _HEADERS["ETag"]} if tagged else {}

    def _success(self) -> dict[str, Any]:
        if self.endpoint.status == 204:
            return {"description": "Done."}
        if self.endpoint.media:
            file = {"schema": {"type": "string", "format": "binary"}}
            return {"description": "The file, as an attachment.", "content": dict.fromkeys(self.endpoint.media, file)}
        shapes = [shape for shape in (self.endpoint.answer, self.endpoint.or_answer) if shape is not None]
        forms = [self.resolve_serializer(force_instance(shape), "response").ref for shape in shapes]
        data: dict[str, Any] = {"oneOf": forms} if len(forms) > 1 else next(iter(forms), {"type": "null"})
        if self.endpoint.paged:
            pagination = self._register("Pagination", ResolvedComponent.SCHEMA, _PAGINATION)
            data = _object({"items": {"type": "array", "items": data}, "pagination": pagination})
        envelope = _object(
            {
                "success": {"const": True},
                "data": data,
                "message": {"type": ["string", "null"]},
                "meta": {"$ref": "#/components/schemas/Meta"},
            }
        )
        return _body("The answer.", envelope)

    def _refusals(self) -> list[int]:
        statuses = {400, 406, 429, 503}
        if self.view.get_authenticators():
            statuses |= {401, 403}
        if "{" in self.path:
            statuses.add(404)
        if self.method != "GET":
            statuses |= {401, 403, 409, 412, 413, 415}
        if self.method == "POST":
            statuses.add(422)
        return sorted(statuses)

    def _register(self, name: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return {"$ref": f"#/components/{kind}/{name}"}


class ComputedFieldExtension(OpenApiSerializerFieldExtension):
    """A computed answer has the form that it declares."""

    target_class = "apps.core.api.serializers.FromRow"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> Any:
        schema = auto_schema._map_serializer_field(self.target.output, direction)  # noqa: SLF001 – as its own do
        return {**schema, "readOnly": True}


class RelatedIdsExtension(OpenApiSerializerFieldExtension):
    """Ids of related records."""

    target_class = "apps.core.api.serializers.RelatedIds"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> Any:
        return {"type": "array", "items": {"type": "string", "format": "uuid"}, "readOnly": True}


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _body(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
