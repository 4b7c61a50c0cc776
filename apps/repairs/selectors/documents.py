"""What stands on the papers of a repair, read in a number of statements that does not grow with what is printed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.models import Customer
from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.money import ZERO
from apps.inventory.models import Branch
from apps.repairs import rules
from apps.repairs.enums import AnswerKind, ChecklistStage, InvoiceKind, PaymentKind, SignaturePurpose
from apps.repairs.models import (
    ChecklistAnswer,
    DropOff,
    Invoice,
    InvoicedOrder,
    Payment,
    Quote,
    QuoteLine,
    RepairLine,
    RepairOrder,
    Signature,
    Terms,
    Warranty,
)
from apps.repairs.rules import documents as papers
from apps.repairs.selectors.orders import orders_visible_to
from apps.repairs.selectors.tracking import tracking_token

# The whole address of a path, as whoever asks for a paper reaches this installation.
AddressOf = Callable[[str], str]
_OF_AN_ORDER = ("customer", "branch__workshop", "device_model__brand", "drop_off")


def order_to_print(order_id: UUID, *, actor: Actor) -> RepairOrder:
    """An order with all that it refers to. Raises ``NotFound``."""
    order = orders_visible_to(actor).select_related(*_OF_AN_ORDER).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such repair order.")
    return order


def drop_off_to_print(drop_off_id: UUID, *, actor: Actor) -> tuple[DropOff, list[RepairOrder]]:
    """A drop-off with those of its orders that ``actor`` may read; raises ``NotFound`` where there are none."""
    orders = list(
        orders_visible_to(actor).select_related(*_OF_AN_ORDER).filter(drop_off_id=drop_off_id).order_by("order_number")
    )
    drop_off = orders[0].drop_off if orders else None
    if drop_off is None:
        raise NotFound("There is no such drop-off.")
    return drop_off, orders


def invoice_to_print(invoice_id: UUID, *, actor: Actor) -> Invoice:
    """An invoice or credit note for orders whose payments ``actor`` may read. Raises ``NotFound``."""
    readable = orders_visible_to(actor, Right.PAYMENTS_READ)
    found = Invoice.objects.filter(pk=invoice_id, pk__in=Invoice.objects.filter(lines__order__in=readable).values("pk"))
    invoice = found.select_related("corrects").first()
    if invoice is None:
        raise NotFound("There is no such invoice.")
    return invoice


def invoice_holding(order: RepairOrder) -> Invoice | None:
    """The invoice that holds for an order; none before it is issued, and after it was taken back."""
    row = InvoicedOrder.objects.select_related("invoice__corrects").filter(order=order).first()
    return row.invoice if row else None


def quote_to_print(order: RepairOrder, version: int | None = None) -> Quote | None:
    """A version, or the newest; none before the first was sent. Raises ``NotFound`` for a version that there is not."""
    quotes = Quote.objects.filter(order=order).select_related("decision").order_by("-version")
    if version is None:
        return quotes.first()
    quote = quotes.filter(version=version).first()
    if quote is None:
        raise NotFound("This order has no such version of a quote.")
    return quote


# --- orders --------------------------------------------------------------------------------------------------------------


def visit_facts(
    orders: list[RepairOrder],
    drop_off: DropOff | None = None,
    *,
    handed_over: bool,
    address_of: AddressOf | None = None,
) -> papers.VisitFacts:
    """One order, or those of a drop-off: as they came in, or what was done and paid until they went back."""
    first = orders[0]
    found = _OrderRows(orders, address_of, handed_over=handed_over)
    number = drop_off.number if drop_off else first.order_number
    purpose = SignaturePurpose.HAND_OVER if handed_over else SignaturePurpose.INTAKE
    signature = _signature(orders, purpose)
    terms = "" if handed_over or signature else _terms(first.branch_id, first.customer.locale)
    return papers.VisitFacts(
        number=number,
        code=number if drop_off else scanned(first, address_of),
        day=drop_off.created_at if drop_off else first.created_at,
        shop=_shop(first.branch),
        customer=_person(first.customer),
        orders=tuple(found.facts(order) for order in orders),
        zone=first.branch.timezone,
        terms=terms,
        signed=signature,
    )


def scanned(order: RepairOrder, address_of: AddressOf | None) -> str:
    """What leads from a paper to its order: the customer's page; the number while its link is closed."""
    token = tracking_token(order.pk, order.tracking_number, order.tracking_closed)
    return address_of(rules.tracking_path(token)) if address_of and token else order.order_number


class _OrderRows:
    """What hangs on some orders."""

    def __init__(self, orders: Collection[RepairOrder], address_of: AddressOf | None, *, handed_over: bool) -> None:
        self.address_of = address_of
        self.lines = _by_order(RepairLine.objects.filter(order__in=orders).select_related("repair_type", "part_type"))
        self.payments = _by_order(Payment.objects.filter(order__in=orders))
        self.warranties = _by_order(Warranty.objects.filter(order__in=orders)) if handed_over else {}
        self.checklists = {} if handed_over else _checklists(orders)

    def facts(self, order: RepairOrder) -> papers.OrderFacts:
        balance = rules.balance(order.charged)
        return papers.OrderFacts(
            number=order.order_number,
            code=scanned(order, self.address_of),
            taken_in=order.created_at,
            device=_device(order),
            issue=order.issue_description,
            condition=order.cosmetic_condition,
            accessories=tuple(map(str, order.accessories)),
            lines=tuple(map(_line, self.lines.get(order.pk, []))),
            due=balance + order.paid,
            paid=order.paid,
            currency=order.currency,
            includes_tax=order.prices_include_tax,
            promised=order.estimated_completion,
            fee=order.return_fee,
            unrepaired=order.unrepaired,
            outcome=order.outcome,
            delivered_at=order.delivered_at,
            checklist=self.checklists.get(order.pk, ()),
            payments=tuple(map(_payment, self.payments.get(order.pk, []))),
            warranties=tuple(
                papers.WarrantyFacts(row.description, row.ends_on) for row in self.warranties.get(order.pk, [])
            ),
        )


def _by_order(rows: QuerySet[Any]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _checklists(orders: Collection[RepairOrder]) -> Mapping[UUID, tuple[tuple[str, str], ...]]:
    """What was answered when the devices came in; a later checklist replaces the one before."""
    answers = ChecklistAnswer.objects.filter(checklist__order__in=orders, checklist__stage=ChecklistStage.INTAKE)
    found: dict[UUID, dict[UUID, list[tuple[str, str]]]] = defaultdict(dict)
    ordered = answers.select_related("checklist").order_by("checklist__created_at", "checklist_id", "position", "id")
    for answer in ordered:
        found[answer.checklist.order_id].setdefault(answer.checklist_id, []).append((answer.question, _said(answer)))
    return {order: tuple(list(lists.values())[-1]) for order, lists in found.items()}


def _said(answer: ChecklistAnswer) -> str:
    if answer.kind == AnswerKind.PHOTO:
        return "photo" if answer.attachment_id else "–"
    number = format(answer.number.normalize(), "f") if answer.number is not None else ""
    return answer.answer or answer.text or number or "–"


def _line(line: RepairLine) -> papers.LineFacts:
    part = f" – {line.part_type}" if line.part_type else ""
    return papers.LineFacts(
        description=f"{line.repair_type}{part}",
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        total=line.total_price,
        tax_percent=line.tax_percent,
        tax_amount=line.tax_amount,
        warranty_months=line.warranty_months,
    )


def _payment(row: Payment) -> papers.PaymentFacts:
    amount = -row.amount if row.kind == PaymentKind.REFUND else row.amount
    return papers.PaymentFacts(row.created_at, row.kind, row.method, amount, row.reference)


def _device(order: RepairOrder) -> papers.DeviceFacts:
    return papers.DeviceFacts(str(order.device_model), order.device_imei, order.device_serial)


def _person(customer: Customer) -> papers.PersonFacts:
    return papers.PersonFacts(str(customer), tuple(line for line in (customer.phone, customer.email) if line))


def _shop(branch: Branch) -> papers.ShopFacts:
    settings = getattr(branch, "workshop", None)
    place = ", ".join(part for part in (branch.city, branch.country) if part)
    lines = (branch.address, place, branch.phone_number, branch.email)
    return papers.ShopFacts(
        name=branch.name,
        lines=tuple(line for line in lines if line),
        letterhead=settings.letterhead if settings else "",
        footer=settings.footer if settings else "",
        tax_number=settings.tax_number if settings else "",
    )


def _signature(orders: Iterable[RepairOrder], purpose: SignaturePurpose) -> papers.SignatureFacts | None:
    """The newest one for one of the orders, or for their drop-off."""
    of = Q(order__in=[order.pk for order in orders])
    drop_offs = [order.drop_off_id for order in orders if order.drop_off_id]
    signed = Signature.objects.filter(of | Q(drop_off__in=drop_offs), purpose=purpose).order_by("-created_at").first()
    if signed is None:
        return None
    return papers.SignatureFacts(signed.name, signed.created_at, signed.text, bytes(signed.image))


def _terms(branch_id: UUID, locale: str) -> str:
    """What is signed at a branch, in the customer's language if there is a text in it, else in English."""
    language = locale.replace("_", "-").partition("-")[0]
    rows = Terms.objects.filter(Q(branch=branch_id) | Q(branch=None), purpose=SignaturePurpose.INTAKE)
    found = [row for row in rows if row.language in {locale, language, "en"}]
    found.sort(key=lambda row: (row.language != locale, row.language != language, row.branch_id is None))
    return found[0].text if found else ""


def label_facts(order: RepairOrder) -> papers.LabelFacts:
    """The device's label: the customer's name is cut to what tells them apart at the counter."""
    first, last = order.customer.first_name, order.customer.last_name
    short = f"{first[:1]}. {last}" if first and last else first or last
    return papers.LabelFacts(
        order.order_number,
        order.order_number,
        short,
        str(order.device_model),
        order.estimated_completion,
        order.branch.timezone,
    )


# --- frozen documents ------------------------------------------------------------------------------------------------------


def quote_facts(order: RepairOrder, quote: Quote, address_of: AddressOf | None = None) -> papers.QuoteFacts:
    """A version as it was sent, with what was said to it."""
    decision = getattr(quote, "decision", None)
    return papers.QuoteFacts(
        order_number=order.order_number,
        version=quote.version,
        status=quote.status,
        sent_at=quote.created_at,
        valid_until=quote.valid_until,
        message=quote.message,
        shop=_shop(order.branch),
        customer=_person(order.customer),
        device=_device(order),
        lines=tuple(_quoted(quote)),
        total=quote.total,
        currency=quote.currency,
        includes_tax=quote.prices_include_tax,
        zone=order.branch.timezone,
        code=scanned(order, address_of),
        decision=decision
        and papers.DecisionFacts(
            decision.approved, decision.name, decision.created_at, decision.total, decision.reason
        ),
    )


def _quoted(quote: Quote) -> Iterable[papers.LineFacts]:
    """Each line with the other ways to do it behind it."""
    lines = list(quote.lines.all())
    others: dict[UUID, list[QuoteLine]] = defaultdict(list)
    for line in lines:
        if line.instead_of_id:
            others[line.instead_of_id].append(line)
    for line in lines:
        if line.instead_of_id is None:
            yield _frozen(line, quality=line.quality)
            yield from (_frozen(other, quality=other.quality, is_option=True) for other in others[line.pk])


def _frozen(line: Any, *, quality: str = "", is_option: bool = False) -> papers.LineFacts:
    """A row of a quote or an invoice."""
    return papers.LineFacts(
        description=line.description,
        quality="" if quality in line.description else quality,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        total=line.total_price,
        tax_percent=line.tax_percent,
        tax_amount=line.tax_amount,
        warranty_months=getattr(line, "warranty_months", 0),
        is_option=is_option,
    )


def invoice_facts(invoice: Invoice) -> papers.InvoiceFacts:
    """The paper from its frozen rows alone, so that it is the same whenever it is printed."""
    lines = list(invoice.lines.select_related("order"))
    seller: dict[str, Any] = invoice.seller
    return papers.InvoiceFacts(
        number=invoice.number,
        is_credit_note=invoice.kind == InvoiceKind.CREDIT_NOTE,
        corrects=invoice.corrects.number if invoice.corrects else "",
        issued_on=invoice.issued_on,
        shop=papers.ShopFacts(
            name=_text(seller, "name"),
            lines=_address(seller),
            letterhead=_text(seller, "letterhead"),
            footer=_text(seller, "footer"),
            tax_number=_text(seller, "tax_number", "taxNumber"),
        ),
        customer=papers.PersonFacts(_text(invoice.customer, "name"), _address(invoice.customer)),
        orders=tuple(dict.fromkeys(line.order.order_number for line in lines)),
        lines=tuple(map(_frozen, lines)),
        net=invoice.net_total,
        tax=invoice.tax_total,
        total=invoice.total,
        paid=invoice.paid or ZERO,
        currency=invoice.currency,
        includes_tax=invoice.prices_include_tax,
        reason=invoice.reason,
    )


def _text(kept: Mapping[str, Any], *names: str) -> str:
    return next((str(kept[name]) for name in names if kept.get(name)), "")


def _address(kept: Mapping[str, Any]) -> tuple[str, ...]:
    place = ", ".join(part for part in (_text(kept, "city"), _text(kept, "country")) if part)
    phone = _text(kept, "phone", "phone_number", "phoneNumber")
    return tuple(line for line in (_text(kept, "address"), place, phone, _text(kept, "email")) if line)
