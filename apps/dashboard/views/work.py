"""The list of orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.api.pagination import Page, Sought, paginate
from apps.dashboard import rules, selectors
from apps.dashboard.enums import Show, Sort, Stage
from apps.dashboard.views.access import for_staff
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder

ROWS = "30"
_ORDERINGS = {Sort.NEWEST: ["-created_at"], Sort.DUE: ["estimated_completion", "created_at"]}


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; what it does not know is as if it had not been said."""

    show: Show
    stage: str
    sort: Sort
    q: str
    cursor: str
    lists: tuple[Show, ...]

    @classmethod
    def of(cls, params: Mapping[str, str], actor: Actor) -> "Wanted":
        lists = rules.lists_of(actor)
        q = rules.search_text(params.get("q", ""))
        stage = params.get("status", "")
        # Who searches looks for one order, wherever it may be; who does not looks at the work.
        usual = Stage.ANY if q else Stage.IN_HOUSE
        return cls(
            show=Show(params["show"]) if params.get("show") in lists else lists[0],
            stage=stage if stage in Stage.values or stage in OrderStatus.values else usual.value,
            sort=Sort(params["sort"]) if params.get("sort") in Sort.values else rules.usual_sort(actor),
            q=q,
            cursor=params.get("cursor", ""),
            lists=lists,
        )

    def address(self, **changes: str) -> str:
        """The query of this list with something changed, on its first page."""
        same = {"show": self.show.value, "status": self.stage, "sort": self.sort.value, "q": self.q}
        return "?" + urlencode({name: value for name, value in {**same, **changes}.items() if value})


@require_safe
@for_staff
def home(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The orders in the actor's scope. A search that finds exactly one order goes straight to it."""
    wanted = Wanted.of(request.GET, actor)
    orders, page, is_lost = _find(wanted, actor)
    may_open = not (wanted.show is Show.FREE and actor.role == Role.TECHNICIAN)
    if wanted.q and may_open and len(page.ids) == 1 and not wanted.cursor:
        return redirect("dashboard:order", pk=page.ids[0])
    return render(request, "dashboard/home.html", _context(wanted, orders, page, actor) | {"is_lost": is_lost})


def free_list(request: HttpRequest, actor: Actor, problem: str) -> HttpResponse:
    """The unassigned orders again, for who came too late to take one."""
    wanted = Wanted.of({"show": Show.FREE}, actor)
    orders, page, _ = _find(wanted, actor)
    context = _context(wanted, orders, page, actor) | {"problem": problem}
    return render(request, "dashboard/home.html", context, status=404)


def _find(wanted: Wanted, actor: Actor) -> tuple[QuerySet[RepairOrder], Page, bool]:
    orders = selectors.orders_shown(actor, wanted.show, searched=bool(wanted.q))
    found = selectors.at_stage(orders, wanted.stage, timezone.now())
    listed: QuerySet[RepairOrder] | Sought = found
    if wanted.q:
        by_customer = wanted.show is not Show.FREE or actor.role != Role.TECHNICIAN
        listed = selectors.matching(found, wanted.q, by_customer=by_customer)
    ordering = _ORDERINGS[wanted.sort]
    try:
        return orders, paginate(listed, {"cursor": wanted.cursor, "limit": ROWS}, ordering), False
    except ValidationError:
        return orders, paginate(listed, {"cursor": "", "limit": ROWS}, ordering), True


def _context(wanted: Wanted, orders: QuerySet[RepairOrder], page: Page, actor: Actor) -> dict[str, Any]:
    rows = selectors.rows_of(page.ids, timezone.now())
    takes = wanted.show is Show.FREE and actor.role == Role.TECHNICIAN
    return {
        "wanted": wanted,
        "rows": rows,
        "lists": [(show, wanted.address(show=show.value)) for show in wanted.lists],
        "stages": _stages(wanted, {} if wanted.q else selectors.counts(orders, timezone.now())),
        "sorts": [(sort, wanted.address(sort=sort.value)) for sort in Sort],
        "next": _cursor(wanted, page.pagination["nextCursor"]),
        "previous": _cursor(wanted, page.pagination["previousCursor"]),
        "nav": "orders",
        "anywhere": wanted.address(status=Stage.ANY.value),
        "free": wanted.address(show=Show.FREE.value) if Show.FREE in wanted.lists else "",
        "takes": takes,
        "many_branches": len({row.order.branch_id for row in rows}) > 1,
        "may_take_in": reach(actor, Right.ORDERS_CREATE) is not Reach.NONE,
        "live": page.pagination["previousCursor"] is None,
    }


def _stages(wanted: Wanted, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    singles = [OrderStatus(value) for value in (*rules.IN_HOUSE, OrderStatus.DELIVERED, OrderStatus.CANCELLED)]
    sets = (Stage.ANY, Stage.IN_HOUSE, Stage.OVERDUE) if wanted.q else (Stage.IN_HOUSE, Stage.OVERDUE)
    return [
        {"stage": stage, "count": counts.get(stage.value), "address": wanted.address(status=stage.value),
         "current": stage.value == wanted.stage}
        for stage in ((*sets, *singles) if wanted.q else (*sets, *singles, Stage.ANY))
    ]  # fmt: skip


def _cursor(wanted: Wanted, cursor: str | None) -> str:
    return wanted.address(cursor=cursor) if cursor else ""
