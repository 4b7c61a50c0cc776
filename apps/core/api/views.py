"""The base of every view of the interface: who asks, how reading, writing once, and refusing work."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from apps.core import composed
from apps.core.actor import Actor
from apps.core.api import filters, idempotency, preconditions
from apps.core.api.actors import actor_of
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.pagination import Ranked, Selection, Sought, paginate
from apps.core.api.renderers import EnvelopeRenderer
from apps.core.api.rows import reader_for
from apps.core.api.throttling import tell_limits
from apps.core.client_address import limit_key
from apps.core.db import retrying
from apps.core.exceptions import DomainError, NotFound

Work = Callable[..., Response]
# What most clients accept; for them there is nothing to negotiate.
_ANYTHING = frozenset({"*/*", "application/json", "application/json, */*"})
_ENVELOPE = EnvelopeRenderer()


class ContractView(APIView):
    """A view of the contract. ``endpoints`` describes each of its actions, or of its HTTP methods.

    Writes are repeated when the database says that a race was lost, and a POST is run once per Idempotency-Key unless
    the view is not ``repeatable`` (what it answers must not be stored). One that is ``tagged`` answers its GET with an
    ETag by itself, as the single records of a resource do.
    """

    endpoints: ClassVar[Mapping[str, Endpoint]] = {}
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    repeatable = True
    tagged = False

    @property
    def endpoint(self) -> Endpoint | None:
        """The declaration of what is being asked for; none for a method that the view does not have."""
        key = getattr(self, "action", None) or (self.request.method or "").lower()
        return self.endpoints.get("get" if key == "head" else key)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def validated(self, **context: Any) -> dict[str, Any]:
        """The request body in the declared shape; raises ``ValidationError``."""
        if self.endpoint is None or self.endpoint.request is None:
            raise TypeError(f"{type(self).__name__} declares no request shape.")
        serializer = self.endpoint.request(
            data=self.request.data, partial=self.request.method == "PATCH", context={"view": self, **context}
        )
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = serializer.validated_data
        return data

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if handler is not None and method in {"post", "put", "patch", "delete"}:
            setattr(self, method, partial(self._write, handler))
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As DRF's, but limits come before rights: who is refused is counted as well, a false token by its address."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self._negotiated(request)
        request.version, request.versioning_scheme = None, None
        try:
            self.perform_authentication(request)
        except DomainError:
            request.user = None  # type: ignore[assignment]
            self.check_throttles(request)
            raise
        self.check_throttles(request)
        self.check_permissions(request)

    def _negotiated(self, request: Request) -> tuple[BaseRenderer, str]:
        if request._request.META.get("HTTP_ACCEPT", "*/*") in _ANYTHING:
            return _ENVELOPE, _ENVELOPE.media_type
        return self.perform_content_negotiation(request)

    def _write(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        if request.method != "DELETE" and self.endpoint is not None and self.endpoint.request is None:
            _refuse_fields(request)
        work: Callable[[], Any] = partial(handler, request, *args, **kwargs)
        if request.method == "POST" and self.repeatable:
            work = partial(idempotency.run_once, request, self._caller(), work)
        answer: Response | HttpResponse = retrying(work)
        return answer

    def _caller(self) -> str:
        actor = self.actor
        return str(actor.id) if actor.id else f"anonymous {limit_key(actor.address)}"

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        tell_limits(request, finished)
        return finished

    def page(
        self,
        rows: QuerySet[Any] | Selection | Ranked | Sought,
        shape: Shape,
        *,
        ordering: Mapping[str, str] | None = None,
        default_ordering: tuple[str, ...] = ("created_at",),
        parameters: frozenset[str] = frozenset(),
    ) -> Response:
        """One page of ``rows`` in ``shape``; ``parameters`` are those that were read besides paging."""
        params = self.request.query_params
        allowed = {"page", "limit", "cursor"} | ({"ordering"} if ordering else set()) | parameters
        filters.refuse_unknown(params, allowed)
        found = paginate(rows, params, filters.ordering_of(params, ordering or {}, default_ordering))
        items = reader_for(shape, rows.model).read_ids(found.ids)
        return Response({"items": items, "pagination": found.pagination})


def _refuse_fields(request: Request) -> None:
    """What takes no body knows no field. Raises ``ValidationError``."""
    unknown = ErrorDetail("There is no such field.", code="unknown_field")
    if isinstance(request.data, Mapping) and request.data:
        raise ValidationError({name: [unknown] for name in request.data})


class ResourceViewSet(ContractView, GenericViewSet):
    """Lists and single records of one model, read through a scoped selector in one declared shape."""

    model: ClassVar[type[Model]]
    filter_backends = [filters.ContractFilterBackend]
    ordering: ClassVar[Mapping[str, str]] = {"createdAt": "created_at"}
    default_ordering: ClassVar[tuple[str, ...]] = ("-created_at",)
    searchable: ClassVar[bool] = False
    # Whether `records` depends on nothing but the caller's role and id: then its statements are composed once.
    scoped_by_role: ClassVar[bool] = False
    lookup_value_converter = "uuid"

    def records(self) -> QuerySet[Any]:
        """All records within the caller's scope."""
        return self.model._default_manager.all()

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked | Sought:
        """``queryset`` narrowed to what ``?q=`` finds: what the model's own QuerySet names ``found_by``."""
        manager: Any = self.model._default_manager
        return queryset.filter(pk__in=manager.found_by(text).values("pk"))

    def shape(self) -> Shape:
        """The shape in which this caller sees a record."""
        answer = self.endpoints["retrieve"].answer
        assert answer is not None
        return answer

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.none() if getattr(self, "swagger_fake_view", False) else self.records()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filterset = getattr(self, "filterset_class", None)
        narrowing = frozenset(filterset.base_filters if filterset else ()) | ({"q"} if self.searchable else set())
        return self.page(
            self._selected(narrowing),
            self.shape(),
            ordering=self.ordering,
            default_ordering=self.default_ordering,
            parameters=narrowing,
        )

    def _selected(self, narrowing: frozenset[str]) -> QuerySet[Any] | Selection | Ranked | Sought:
        params = self.request.query_params
        if self._composable and params.keys().isdisjoint(narrowing):
            return Selection(self.model, self.get_queryset, (type(self), self.actor.role), {"actor": self.actor.id})
        queryset = self.filter_queryset(self.get_queryset())
        if self.searchable and (text := filters.search_text(params)):
            return self.search(queryset, text)
        return queryset

    @property
    def _composable(self) -> bool:
        return self.scoped_by_role and self.actor.id is not None

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request._request.META.get("QUERY_STRING"):
            filters.refuse_unknown(request.query_params, ())
        self.require_in_scope(kwargs["pk"])
        if request.accepted_renderer is _ENVELOPE:
            return preconditions.tagged(request, self._read(kwargs["pk"]))
        return self.answer(kwargs["pk"])

    def answer(self, pk: UUID, status: int = 200) -> Response:
        """The record as the answer to a read or a write that was allowed, with its ETag.

        The scope is not asked again: a technician who gives an order away still gets the answer to that.
        """
        return preconditions.with_tag(self.request, Response(self._read(pk), status=status))

    def current(self, pk: UUID) -> dict[str, Any]:
        """The record as the caller sees it now; raises ``NotFound`` outside the scope."""
        self.require_in_scope(pk)
        return self._read(pk)

    def _read(self, pk: UUID) -> dict[str, Any]:
        found = reader_for(self.shape(), self.model).read_ids([pk])
        if not found:
            raise NotFound("There is no such record.")
        return found[0]

    def require_in_scope(self, pk: UUID) -> None:
        """Raises ``NotFound`` for a record that is not among ``records``."""

        def make() -> QuerySet[Any]:
            return self.get_queryset().filter(pk=pk).order_by().values_list("pk")

        if self._composable:
            key = (type(self), self.actor.role, "one")
            found: Sequence[Any] = composed.rows(key, make, {"actor": self.actor.id, "pk": pk})
        else:
            found = list(make())
        if not found:
            raise NotFound("There is no such record.")

    def _write(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        if "pk" in kwargs and request.headers.get("If-Match"):
            handler = partial(self._matched, handler)
        return super()._write(handler, request, *args, **kwargs)

    def _matched(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Compare If-Match under the record's lock, and write in the same transaction: two equal tags cannot both win."""
        with transaction.atomic():
            # Rows that refer to the record go on being written; who waits for them may hold what the write needs.
            held = self.model._default_manager.select_for_update(no_key=True).filter(pk=kwargs["pk"])
            list(held.values_list("pk"))
            preconditions.require_match(request, self.current(kwargs["pk"]))
            return handler(request, *args, **kwargs)
