"""The papers of a repair as PDF. Nothing is written: a paper can be printed as often as it is wanted."""

from dataclasses import dataclass
from uuid import UUID

from apps.core import documents
from apps.core.actor import Actor
from apps.core.drawing import Drawing, Text
from apps.core.typesetting import Line
from apps.inventory.rules import labels as label_rules
from apps.repairs import selectors
from apps.repairs.enums import PrintedKind
from apps.repairs.models import Invoice, Quote, RepairOrder
from apps.repairs.rules import documents as papers

LABELS = {name: size for name, size in label_rules.SIZES.items() if size.per_page == 1}
USUAL_LABEL = "62x29"
_LETTER, _BASELINE, _FIRST = 0.78, 0.28, 1.25


@dataclass(frozen=True)
class Printed:
    """A file and what it is called."""

    name: str
    content: bytes


def print_order(
    order_id: UUID, kind: PrintedKind, paper: str, *, actor: Actor, address_of: selectors.AddressOf | None = None
) -> Printed:
    """Any paper of an order but its label: what is not issued yet is headed as what it is until then.

    The code on receipts and quotes leads to the customer's page, at the address that ``address_of`` says of its path;
    without one, and while the link is closed, it is the order's number. Raises ``NotFound``.
    """
    order = selectors.order_to_print(order_id, actor=actor)
    document = _document(order, kind, address_of)
    return _printed(document, paper, f"{kind}-{order.order_number}")


def print_drop_off(
    drop_off_id: UUID, kind: PrintedKind, paper: str, *, actor: Actor, address_of: selectors.AddressOf | None = None
) -> Printed:
    """One intake receipt, or one hand-over receipt, for all devices of a visit that ``actor`` may see.

    Its code is the visit's number, and each device has one that leads to its own page. Raises ``NotFound``.
    """
    drop_off, orders = selectors.drop_off_to_print(drop_off_id, actor=actor)
    handed_over = kind == PrintedKind.RECEIPT
    visit = selectors.visit_facts(orders, drop_off, handed_over=handed_over, address_of=address_of)
    words = _words(orders[0])
    document = papers.receipt(visit, words) if handed_over else papers.intake_receipt(visit, words)
    return _printed(document, paper, f"{kind}-{drop_off.number}")


def print_quote(
    order_id: UUID, version: int, paper: str, *, actor: Actor, address_of: selectors.AddressOf | None = None
) -> Printed:
    """One version of an order's quote, whatever came after it. Raises ``NotFound``."""
    order = selectors.order_to_print(order_id, actor=actor)
    quote = selectors.quote_to_print(order, version)
    assert quote is not None
    return _printed(_quote(order, quote, address_of), paper, f"quote-{order.order_number}-{version}")


def print_invoice(invoice_id: UUID, paper: str, *, actor: Actor) -> Printed:
    """An invoice or a credit note. Raises ``NotFound``."""
    invoice = selectors.invoice_to_print(invoice_id, actor=actor)
    return _printed(_invoice(invoice), paper, f"{invoice.kind.replace('_', '-')}-{invoice.number}")


def print_label(order_id: UUID, size: str, *, actor: Actor) -> Printed:
    """A label for the device, with the order's number as a square code. Raises ``NotFound``."""
    order = selectors.order_to_print(order_id, actor=actor)
    return Printed(f"label-{order.order_number}.pdf", _label(selectors.label_facts(order), LABELS[size]))


def _printed(document: documents.Document, paper: str, name: str) -> Printed:
    return Printed(f"{_plain(name)}.pdf", documents.printed(document, documents.PAPERS[paper]))


def _plain(name: str) -> str:
    """Numbers of invoices hold a branch's code, in which anything may stand."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in name)


def _words(order: RepairOrder) -> papers.Words:
    return papers.words_for(order.customer.locale, order.branch.timezone)


def _document(order: RepairOrder, kind: PrintedKind, address_of: selectors.AddressOf | None) -> documents.Document:
    if kind == PrintedKind.QUOTE and (quote := selectors.quote_to_print(order)):
        return _quote(order, quote, address_of)
    if kind == PrintedKind.INVOICE and (invoice := selectors.invoice_holding(order)):
        return _invoice(invoice)
    made = {
        PrintedKind.INTAKE: papers.intake_receipt,
        PrintedKind.QUOTE: papers.cost_estimate,
        PrintedKind.INVOICE: papers.pro_forma,
        PrintedKind.RECEIPT: papers.receipt,
    }[kind]
    visit = selectors.visit_facts([order], handed_over=kind != PrintedKind.INTAKE, address_of=address_of)
    return made(visit, _words(order))


def _quote(order: RepairOrder, quote: Quote, address_of: selectors.AddressOf | None) -> documents.Document:
    return papers.quote(selectors.quote_facts(order, quote, address_of), _words(order))


def _invoice(invoice: Invoice) -> documents.Document:
    # Its day is that of the branch's calendar already.
    return papers.invoice(selectors.invoice_facts(invoice), papers.words_for(invoice.language, "UTC"))


def _label(facts: papers.LabelFacts, size: label_rules.LabelSize) -> bytes:
    drawing = Drawing(facts.number)
    drawing.page(size.width, size.height)
    plan = label_rules.plan_with_square(size, 0)
    code = plan.code
    drawing.square_code(facts.code, code.x, size.height - code.y - code.height, code.width)
    y, lowest = plan.name.y, size.height - plan.name.y
    for number, text in enumerate(papers.label_texts(facts)):
        height = plan.text * (_FIRST if number == 0 else 1)
        em = height * _LETTER
        room = int((lowest - y) / height)
        for line in _lines(drawing, text, plan.name.width / em, 1 if number != 1 else min(2, room), bold=number == 0):
            if y + height > lowest + height * _BASELINE:
                break
            narrow = min(1.0, plan.name.width / max(line.width * em, 0.01))
            x = plan.name.x + (plan.name.width - line.width * em * narrow if line.from_right else 0)
            drawing.write([Text(line, x, size.height - y - height * (1 - _BASELINE), em * narrow)])
            y += height
    drawing.end_page()
    return drawing.pdf()


def _lines(drawing: Drawing, text: str, width: float, most: int, *, bold: bool) -> list[Line]:
    return [drawing.type.line(text, bold=True)] if bold else drawing.type.wrapped(text, width, max(most, 1))
