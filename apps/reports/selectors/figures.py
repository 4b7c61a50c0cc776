"""The figures of a report. Each says where the list is that it counts; sums are of amounts rounded as those lists show."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from apps.core import money
from apps.core.api.renderers import iso
from apps.inventory.models import Branch, StockMovement
from apps.repairs.enums import InvoiceKind, PaymentKind
from apps.repairs.models import Invoice, Payment, RepairOrder, Rework, StatusHistory
from apps.repairs.selectors import unclaimed
from apps.reports import rules

MOST_MODELS = 50
_MICROS = Decimal(1_000_000)


def figures_of(branch: Branch, days: rules.Days, now: datetime) -> dict[str, Any]:
    """What happened at a branch on these days, and what is owed and unclaimed now. Money is text in its currency.

    Run it in a snapshot: its statements are to see the same state.
    """
    begins, ends = rules.instants(days, branch.zone)
    span = _Span(branch, begins, ends)
    revenue, parts = _revenue(span, days), _parts(span)
    return {
        "currency": branch.currency,
        "timezone": branch.timezone,
        "orders": _orders(span),
        "turnaround": _turnaround(span),
        "rework": _rework(span),
        "revenue": revenue,
        "takings": _takings(span),
        "parts": parts,
        "margin": _margin(revenue, parts, branch.currency),
        "outstanding": _outstanding(branch),
        "unclaimed": _unclaimed(branch, now),
    }


class _Span:
    """A branch and the instants between which something counts."""

    def __init__(self, branch: Branch, begins: datetime, ends: datetime) -> None:
        self.branch, self.begins, self.ends = branch, begins, ends

    def within(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.begins, f"{column}__lt": self.ends})

    def list(self, path: str, name: str) -> str:
        """The address of a list, which takes its last instant in."""
        last = iso(self.ends - datetime.resolution)
        query = {"branchId": self.branch.pk, f"{name}From": iso(self.begins), f"{name}To": last}
        return f"/api/v1/{path}?{urlencode(query)}"

    def text(self, amount: Decimal) -> str:
        return money.text(amount, self.branch.currency)


def _out(span: _Span) -> QuerySet[RepairOrder]:
    return RepairOrder.objects.filter(span.within("delivered_at"), branch=span.branch)


def _orders(span: _Span) -> dict[str, Any]:
    taken_in = RepairOrder.objects.filter(span.within("created_at"), branch=span.branch).count()
    out = _out(span).order_by()
    outcomes = out.values_list("outcome").annotate(number=Count("pk")).order_by("outcome")
    counted = out.aggregate(all=Count("pk"), unrepaired=Count("pk", filter=Q(unrepaired=True)))
    return {
        "in": {"count": taken_in, "list": span.list("repairs", "date")},
        "out": {"count": counted["all"], "list": span.list("repairs", "delivered")},
        "repaired": counted["all"] - counted["unrepaired"],
        "unrepaired": counted["unrepaired"],
        "outcomes": [{"outcome": outcome, "count": number} for outcome, number in outcomes],
    }


def _turnaround(span: _Span) -> dict[str, Any]:
    out = _out(span).select_related("technician", "device_model__brand").order_by()
    rows = [
        rules.Turned(
            ((order.delivered_at or order.created_at) - order.created_at).total_seconds(),
            (str(order.technician_id), order.technician.get_full_name()) if order.technician else None,
            (str(order.device_model_id), f"{order.device_model.brand.name} {order.device_model.name}"),
        )
        for order in out.iterator(chunk_size=2000)
    ]
    models = _grouped([(row.model, row.seconds) for row in rows])
    return {
        **rules.hours(row.seconds for row in rows),
        "by_status": _by_status(span),
        "by_technician": _grouped([(row.technician, row.seconds) for row in rows if row.technician]),
        "by_model": models[:MOST_MODELS],
        "models_left_out": max(0, len(models) - MOST_MODELS),
    }


def _grouped(pairs: Iterable[tuple[tuple[str, str], float]]) -> list[dict[str, Any]]:
    """The hours of each record, the most frequent first."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for named, seconds in pairs:
        found[named].append(seconds)
    each = sorted(found.items(), key=lambda one: (-len(one[1]), one[0][1], one[0][0]))
    return [{"id": pk, "name": name, **rules.hours(seconds)} for (pk, name), seconds in each]


def _by_status(span: _Span) -> list[dict[str, Any]]:
    """How long the orders that went out were in each status."""
    rows = StatusHistory.objects.filter(order__in=_out(span).values("pk")).order_by("order_id", "created_at", "id")
    found: dict[str, list[float]] = defaultdict(list)
    moments = rows.values_list("order_id", "new_status", "created_at").iterator(chunk_size=5000)
    for _, steps in groupby(moments, key=lambda row: row[0]):
        for status, seconds in rules.stays([(status, at) for _, status, at in steps]):
            found[status].append(seconds)
    return [{"status": status, **rules.hours(seconds)} for status, seconds in sorted(found.items())]


def _rework(span: _Span) -> dict[str, Any]:
    rows = Rework.objects.filter(span.within("created_at"), order__branch=span.branch).order_by()
    who = rows.filter(technician__isnull=False).values_list(
        "technician_id", "technician__first_name", "technician__last_name"
    )
    parts = rows.filter(item__isnull=False).values_list("item_id", "item__name")
    return {
        "count": rows.values("order_id", "created_at").distinct().count(),
        "by_technician": [
            {"id": str(pk), "name": f"{first} {last}".strip(), "count": number}
            for pk, first, last, number in who.annotate(number=Count("pk")).order_by("-number", "technician_id")
        ],
        "by_part": [
            {"id": str(pk), "name": name, "count": number}
            for pk, name, number in parts.annotate(number=Count("pk")).order_by("-number", "item_id")
        ],
    }


def _revenue(span: _Span, days: rules.Days) -> dict[str, Any]:
    """What was invoiced on these days less what was credited; issued documents only, so that it agrees with their list."""
    issued = Invoice.objects.filter(branch=span.branch, issued_on__range=(days.first, days.last)).order_by()
    sign = Case(When(kind=InvoiceKind.CREDIT_NOTE, then=Value(-1)), default=Value(1))
    sums = issued.filter(currency=span.branch.currency).aggregate(
        net=Sum(F("net_total") * sign), tax=Sum(F("tax_total") * sign), gross=Sum(F("total") * sign)
    )
    kinds = dict(issued.values_list("kind").annotate(number=Count("pk")))
    query = urlencode({"branchId": span.branch.pk, "dateFrom": days.first, "dateTo": days.last})
    return {
        "invoices": kinds.get(InvoiceKind.INVOICE, 0),
        "credit_notes": kinds.get(InvoiceKind.CREDIT_NOTE, 0),
        **{name: span.text(amount or money.ZERO) for name, amount in sums.items()},
        "list": f"/api/v1/invoices?{query}",
    }


def _takings(span: _Span) -> dict[str, Any]:
    paid = Payment.objects.filter(
        span.within("created_at"), order__branch=span.branch, currency=span.branch.currency
    ).order_by()
    back = Q(kind=PaymentKind.REFUND)
    taken, refunded = Sum("amount", filter=~back), Sum("amount", filter=back)
    methods = paid.values_list("method").annotate(number=Count("pk"), taken=taken, refunded=refunded)
    rows = [
        {"method": method, "payments": number, **_both(span, came, went)}
        for method, number, came, went in methods.order_by("method")
    ]
    sums = paid.aggregate(payments=Count("pk"), taken=taken, refunded=refunded)
    return {"payments": sums["payments"], **_both(span, sums["taken"], sums["refunded"]), "by_method": rows}


def _both(span: _Span, taken: Decimal | None, refunded: Decimal | None) -> dict[str, str]:
    came, went = taken or money.ZERO, refunded or money.ZERO
    return {"taken": span.text(came), "refunded": span.text(went), "net": span.text(came - went)}


def _parts(span: _Span) -> dict[str, Any]:
    """What left the stock for repair orders less what came back, at what it had cost."""
    moved = StockMovement.objects.filter(span.within("created_at"), repair_order_id__isnull=False).order_by()
    found: dict[tuple[UUID, str, str], list[int]] = defaultdict(lambda: [0, 0])
    columns = ("item_id", "item__sku", "item__name")
    for side, sign in (("from", 1), ("to", -1)):
        rows = moved.filter(**{f"{side}_branch": span.branch}).values_list(*columns)
        for pk, sku, name, units, value in rows.annotate(units=Sum("quantity"), worth=Sum(f"{side}_value_micros")):
            found[pk, sku, name][0] += sign * units
            found[pk, sku, name][1] -= value or 0
    items: list[dict[str, Any]] = [
        {"id": str(pk), "sku": sku, "name": name, "units": units, "cost": _amount(span, micros)}
        for (pk, sku, name), (units, micros) in sorted(found.items(), key=lambda one: (-one[1][1], one[0][1]))
        if units or micros
    ]
    cost = sum((Decimal(item["cost"]) for item in items), money.ZERO)
    return {"units": sum(item["units"] for item in items), "cost": span.text(cost), "items": items}


def _amount(span: _Span, micros: int) -> str:
    return span.text(money.rounded(Decimal(micros) / _MICROS, span.branch.currency))


def _margin(revenue: dict[str, Any], parts: dict[str, Any], currency: str) -> dict[str, Any]:
    """Net revenue less the cost of the parts used on the same days."""
    net = Decimal(revenue["net"])
    margin = net - Decimal(parts["cost"])
    return {"margin": money.text(margin, currency), "percent": rules.percent_of(margin, net)}


def _outstanding(branch: Branch) -> dict[str, Any]:
    """What is owed for work that is done, or for devices that go back, whenever that was."""
    owing = RepairOrder.objects.filter(branch=branch, currency=branch.currency).owing().order_by()
    charge = Case(When(unrepaired=True, then=F("return_fee")), default=F("total"))
    found = owing.aggregate(number=Count("pk"), owed=Sum(charge - F("credited") - F("paid")))
    query = urlencode({"branchId": branch.pk, "owing": "true"})
    return {
        "count": found["number"],
        "amount": money.text(found["owed"] or money.ZERO, branch.currency),
        "list": f"/api/v1/repairs?{query}",
    }


def _unclaimed(branch: Branch, now: datetime) -> dict[str, Any]:
    query = urlencode({"branchId": branch.pk, "unclaimed": "true"})
    count = RepairOrder.objects.filter(unclaimed(now), branch=branch).count()
    return {"count": count, "list": f"/api/v1/repairs?{query}"}
