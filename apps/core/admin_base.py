"""What all records of the back office have in common: rights, scope, and refusals that are said instead of crashing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, IntegrityError, OperationalError
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_forms import RefusableForm, without_nul
from apps.core.admin_site import actor_of
from apps.core.api.errors import is_duplicate
from apps.core.db import lost_race, retrying, waited_too_long
from apps.core.exceptions import DomainError, Duplicate, InUse, Unavailable

CHOSEN_AT_MOST = 100
# What filters, calendars and links of ours add to a column. A longer way would lead into another record.
_ADDED = frozenset({"exact", "id__exact", "isnull", "gte", "lt", "year", "month", "day"})


class CappedPaginator(Paginator):
    """Counts no further than ``counted_at_most``: to count a million rows takes longer than to show fifty."""

    counted_at_most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.counted_at_most].count()) if isinstance(rows, QuerySet) else len(rows)


class ScopedFilter(admin.RelatedFieldListFilter):
    """A filter by a related record, offering those that the caller may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        related = model_admin.admin_site.get_model_admin(field.remote_field.model)
        return [(record.pk, str(record)) for record in related.get_queryset(request)[:CHOSEN_AT_MOST]]


def money_column(name: str, words: str) -> Any:
    """A column for the amount ``name`` of a record, in the digits of the currency beside it."""

    @admin.display(description=words, ordering=name)
    def shown(record: Any) -> str:
        amount = getattr(record, name)
        return "–" if amount is None else f"{money.text(amount, record.currency)} {record.currency}"

    shown.__name__ = f"{name}_with_currency"
    return shown


def refusal_of(error: Exception) -> DomainError | None:
    """What to say of an error that a person can do something about; ``None`` for a fault of ours."""
    match error:
        case DomainError(code="MFA_REQUIRED"):
            return None  # nothing to say: the site leads to where the second factor is given
        case DomainError():
            return error
        case ProtectedError() | RestrictedError():
            return InUse("Other records refer to this one. Make it inactive instead.")
        case IntegrityError() if is_duplicate(error):
            return Duplicate("A record with this identity exists already.")
        case OperationalError() if lost_race(error) or waited_too_long(error):
            return Unavailable("The shop is busy with the same records; try again.")
    return None


@dataclass(frozen=True)
class Table:
    """Rows that are shown below a record and changed elsewhere."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def _looked_up(entry: Any) -> str | None:
    """The name in the address that an entry of ``list_filter`` reads."""
    if isinstance(entry, tuple):
        return str(entry[0])
    return entry if isinstance(entry, str) else entry.parameter_name


def _may(request: HttpRequest, right: str | None) -> bool:
    user: Any = request.user
    return right is not None and user.is_staff and user.has_perm(right)


class BackOfficeAdmin(admin.ModelAdmin):
    """Records of one model.

    ``reads``, ``creates``, ``changes`` and ``removes`` name rights of the role table; what is not named nobody may.
    ``records`` is the caller's scope: outside of it everything is 404, and lists of choices end there as well.
    ``pages`` adds addresses below the list: ``{"change-status": "status_page"}``.
    """

    reads: ClassVar[str]
    creates: ClassVar[str | None] = None
    changes: ClassVar[str | None] = None
    removes: ClassVar[str | None] = None

    form = RefusableForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # one count for each choice of each filter
    list_per_page = 50
    list_max_show_all = 200
    view_on_site = False
    search_fields: ClassVar[Any] = ("pk",)  # shows the field; what it finds, ``found`` says
    pages: ClassVar[Mapping[str, str]] = {}
    keeps_history: ClassVar[bool] = False
    also_by: ClassVar[tuple[str, ...]] = ()  # columns that links filter by, beside those of ``list_filter``

    def records(self, actor: Actor) -> QuerySet[Any]:
        """All records within the actor's scope."""
        records: QuerySet[Any] = self.model._default_manager.all()
        return records

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any] | None:
        """What the search finds: what the model's own QuerySet names ``found_by``; ``None`` for ``search_fields``."""
        found_by: Callable[[str], QuerySet[Any]] | None = getattr(records, "found_by", None)
        return found_by(text) if found_by else None

    def links(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        """Words and addresses of what can be done with one record, beside its history."""
        return []

    def tables(self, request: HttpRequest, record: Any) -> list[Table]:
        """What hangs on a record."""
        return []

    # --- what Django asks -------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.reads)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, self.creates)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.changes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.removes)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """References lead no further than the caller's scope."""
        target = db_field.remote_field.model
        if not self.admin_site.is_registered(target):
            return super().get_field_queryset(db, db_field, request)
        return self.admin_site.get_model_admin(target).get_queryset(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        records = self.records(actor_of(request))
        ordering = self.get_ordering(request)
        return records.order_by(*ordering) if ordering else records

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = super().get_object(request, object_id, from_field)
        if record is None:
            raise Http404("There is no such record.")
        return record

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = without_nul(search_term).strip()
        found = self.found(queryset, text) if text else queryset
        return (found, False) if found is not None else super().get_search_results(request, queryset, text)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list offers: Django would let a hidden column be guessed letter by letter."""
        offered = {_looked_up(entry) for entry in self.get_list_filter(request)} | {self.date_hierarchy, *self.also_by}
        ways = {name for name in offered if name}
        return lookup in ways or any(lookup == f"{name}__{added}" for name in ways for added in _ADDED)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = False  # to choose another record is not to delete this one
        return field

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """As Django's; what a service refuses is shown on the form, with everything that was typed."""
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        try:
            return retrying(view)
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
        request.refusal = refusal  # type: ignore[attr-defined]
        return view()

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        view = partial(super().delete_view, request, object_id, extra_context)
        try:
            return retrying(view)
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
        self.message_user(request, refusal.message, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[object_id]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What has happened to a record; for those whose events are kept under their own name."""
        raise Http404("There is no history of such records.")

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The record alone: every reference protects, so nothing else goes with it, and the database is asked then."""
        return [str(record) for record in objs], {}, set(), []

    def get_urls(self) -> list[Any]:
        own = [
            path(f"{slug}/", self.admin_site.admin_view(getattr(self, method)), name=self._route(method))
            for slug, method in self.pages.items()
        ]
        return own + super().get_urls()

    def _route(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Any = None,
    ) -> Any:  # fmt: skip
        context["links"] = self.links(request, obj) if obj is not None else []
        context["keeps_history"] = self.keeps_history
        context["tables"] = self.tables(request, obj) if obj is not None else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What hangs on a record is saved with it in ``save_model``."""

    # --- pages of their own, for what is done to chosen records ------------------------------------------------------

    def page_for(self, request: HttpRequest, method: str, records: QuerySet[Any]) -> HttpResponse | None:
        """Go to one of ``pages`` with these records chosen."""
        ids = list(records.order_by().values_list("pk", flat=True)[: CHOSEN_AT_MOST + 1])
        if len(ids) > CHOSEN_AT_MOST:
            self.message_user(request, f"Choose at most {CHOSEN_AT_MOST} at once.", messages.ERROR)
            return None
        return HttpResponseRedirect(self.page_address(method, ids))

    def page_address(self, method: str, ids: Iterable[Any]) -> str:
        return reverse(f"admin:{self._route(method)}") + "?" + urlencode({"ids": ",".join(str(pk) for pk in ids)})

    def chosen(self, request: HttpRequest, right: str | None) -> QuerySet[Any]:
        """The records that the address names, within the scope; 404 when it names others, 403 without the right."""
        if not _may(request, right):
            raise PermissionDenied
        try:
            ids = {UUID(text) for text in request.GET.get("ids", "").split(",")}
        except ValueError:
            raise Http404("There are no such records.") from None
        records = self.get_queryset(request).filter(pk__in=list(ids)[:CHOSEN_AT_MOST])
        # A form that is sent a second time finds what is left: perhaps nothing.
        if request.method != "POST" and records.count() != len(ids):
            raise Http404("There are no such records.")
        return records

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """A page in the frame of the back office."""
        form: Any = context.get("form")
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, template, {**frame, "media": form.media if form else "", **context})

    def to_list(self, request: HttpRequest, done: int, words: str) -> HttpResponse:
        """Back to the list, saying how many records were ``words``."""
        if done:
            self.message_user(request, f"{done} {words}.", messages.SUCCESS)
        else:
            self.message_user(request, "Nothing was changed.", messages.WARNING)
        return HttpResponseRedirect(reverse(f"admin:{self._route('changelist')}"))

    def apply(self, request: HttpRequest, records: Iterable[Any], work: Callable[[Any], object]) -> int:
        """Do ``work`` on each record by itself and say what was refused; the number that succeeded."""
        done = 0
        for record in records:
            try:
                retrying(partial(work, record))
                done += 1
            except (DomainError, DatabaseError) as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                self.message_user(request, f"{record}: {refusal.message}", messages.ERROR)
        return done

    # Django's own log would repeat the event log, less well.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None
