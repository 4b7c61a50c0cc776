"""Orders with everything on them, and how long their papers take."""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.test.runner import DiscoverRunner

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs import services
from apps.repairs.enums import PaymentKind, PaymentMethod, PrintedKind
from apps.repairs.models import DropOff, Invoice, Quote, QuoteLine, RepairOrder
from apps.repairs.services import documents
from tests.factories import BranchFactory, CustomerFactory, DeviceModelFactory, order
from tests.repairs.papers import checked, decided, issued, named_line, settled, signed

BOUND = 200  # ms, at the 95th of 100
SYSTEM = Actor.system("benchmark")
PAPERS = ["a4", "80mm"]
LINES = [3, 40]


@dataclass(frozen=True)
class Script:
    """How a customer is called, in which language they are written to, and what is wrong with their device."""

    locale: str
    first: str
    last: str
    job: str
    trouble: str


SCRIPTS = {
    "Latin": Script("de", "Søren", "Großmann-Lindström", "Bildschirm mit Rahmen ersetzen", "Lädt nicht mehr und wird heiß."),
    "Arabic": Script("ar", "ليلى", "حداد المصري", "استبدال الشاشة مع الإطار", "الهاتف لا يشحن ويسخن عند الاستعمال."),
    "CJK": Script("zh", "小明", "欧阳", "更换屏幕和边框", "手机无法充电，使用时发热，屏幕有裂纹。"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """All that was made for one customer."""

    order: RepairOrder
    invoice: Invoice
    credit_note: Invoice
    drop_off: DropOff


Print = Callable[[Case, str], documents.Printed]


def _address(path: str) -> str:
    return f"https://repairs.shop.example{path}"


def _of(kind: PrintedKind) -> Print:
    return lambda case, paper: documents.print_order(case.order.pk, kind, paper, actor=SYSTEM, address_of=_address)


def _of_visit(kind: PrintedKind) -> Print:
    return lambda case, paper: documents.print_drop_off(
        case.drop_off.pk, kind, paper, actor=SYSTEM, address_of=_address
    )


KINDS: dict[str, Print] = {
    "intake receipt": _of(PrintedKind.INTAKE),
    "intake receipt of a visit": _of_visit(PrintedKind.INTAKE),
    "quote": _of(PrintedKind.QUOTE),
    "invoice": lambda case, paper: documents.print_invoice(case.invoice.pk, paper, actor=SYSTEM),
    "credit note": lambda case, paper: documents.print_invoice(case.credit_note.pk, paper, actor=SYSTEM),
    "hand-over receipt": _of(PrintedKind.RECEIPT),
    "hand-over receipt of a visit": _of_visit(PrintedKind.RECEIPT),
}


def run(asked: argparse.Namespace) -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(serialized_aliases=set())
    try:
        branch = settled(BranchFactory(name="Harbour Repairs", code="HAR"))
        made = {
            (name, lines): [_case(branch, script, lines, number) for number in range(asked.rounds)]
            for name, script in SCRIPTS.items()
            for lines in LINES
        }
        gc.freeze()  # what was made for the measuring is no part of what is measured
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; ms, {asked.rounds} files of each")
        for line in _first_of_a_process(made):
            print(line, flush=True)
        worst = 0.0
        print(
            f"\n{'':30}{'paper':>6}{'lines':>6}{'script':>8}{'p50':>8}{'p95':>8}{'CPU p50':>9}{'CPU p95':>9}{'kB':>6}"
        )
        for name, work, paper, key in _all(made):
            taken = [_timed(work, case, paper) for case in made[key]]
            wall, processor, size = ([one[column] for one in taken] for column in range(3))
            worst = max(worst, _p95(wall))
            print(f"{name:30}{paper:>6}{key[1]:>6}{key[0]:>8}{statistics.median(wall):8.1f}{_p95(wall):8.1f}"
                  f"{statistics.median(processor):9.1f}{_p95(processor):9.1f}{statistics.median(size):6.0f}",
                  flush=True)  # fmt: skip
            if asked.keep:
                _keep(
                    Path(asked.keep), f"{name}-{paper}-{key[1]}-{key[0]}".replace(" ", "_"), work(made[key][0], paper)
                )
        print(f"load at the end: {os.getloadavg()[0]:.1f}; the slowest p95: {worst:.0f} ms, to be under {BOUND}")
    finally:
        runner.teardown_databases(databases)


def _all(made: dict[tuple[str, int], list[Case]]) -> Iterator[tuple[str, Print, str, tuple[str, int]]]:
    for name, work in KINDS.items():
        for paper in PAPERS:
            for key in made:
                yield name, work, paper, key
    for size in documents.LABELS:
        for key in made:
            if key[1] == LINES[0]:
                yield "label", lambda case, paper: documents.print_label(case.order.pk, paper, actor=SYSTEM), size, key


def _first_of_a_process(made: dict[tuple[str, int], list[Case]]) -> Iterator[str]:
    """In processes that are forked off before this one has printed anything."""
    asking = multiprocessing.get_context("fork")
    for name in SCRIPTS:
        ours, theirs = asking.Pipe()
        child = asking.Process(target=_print_first, args=(theirs, made[name, LINES[0]][:2]))
        child.start()
        first, second = ours.recv()
        child.join()
        yield (f"the first intake receipt of a process, A4, {LINES[0]} lines, {name}: {first[0]:.0f} ms, CPU {first[1]:.0f};"
               f" its second {second[0]:.0f} ms, CPU {second[1]:.0f}")  # fmt: skip


def _print_first(answer: Any, cases: list[Case]) -> None:
    answer.send([_timed(KINDS["intake receipt"], case, "a4") for case in cases])
    os._exit(0)  # the database belongs to the other process


def _timed(work: Print, case: Case, paper: str) -> tuple[float, float, float]:
    started, processor = time.perf_counter(), time.process_time()
    content = work(case, paper).content
    return (time.perf_counter() - started) * 1000, (time.process_time() - processor) * 1000, len(content) / 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, len(times) * 95 // 100)]


def _keep(folder: Path, name: str, printed: documents.Printed) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(printed.content)


def _case(branch: Branch, script: Script, lines: int, number: int) -> Case:
    person = CustomerFactory(
        first_name=f"{script.first} {number}", last_name=script.last, locale=script.locale,
        phone=f"+49170{lines:02d}{number:05d}", email=f"c{lines}-{number}@mail.example",
    )  # fmt: skip
    jobs = [named_line(f"{script.job} {line} ({lines}/{number})", f"{40 + line}.50") for line in range(lines)]
    visit = DropOff.objects.create(number=f"D-{script.locale}-{lines}-{number}", customer=person, branch=branch)
    taken_in = order(
        branch, customer=person.pk, device_model=DeviceModelFactory().pk, device_imei="490154203237518",
        accessories=["charger", "case"], cosmetic_condition=script.trouble, issue_description=script.trouble, lines=jobs,
        estimated_completion=datetime(2027, 3, 4, 15, 30, tzinfo=UTC),
    )  # fmt: skip
    other = order(branch, customer=person.pk, issue_description=script.trouble, lines=jobs[:3])
    RepairOrder.objects.filter(pk__in=[taken_in.pk, other.pk]).update(drop_off=visit)
    checked(taken_in, ("Face ID", "yes_no", {"answer": "not_testable"}), ("Battery", "number", {"number": 87}))
    signed(taken_in, f"{script.trouble} " * 4, name=str(person))
    paid = services.PaymentRequest(Decimal("34.50"), PaymentKind.DEPOSIT, PaymentMethod.CARD, reference="slip 7")
    services.take_payment(taken_in.pk, paid, actor=SYSTEM)
    _quoted(taken_in, script, lines)
    rows = [(f"{script.job} {line}", 1, f"{40 + line}.50", "19") for line in range(lines)]
    paper: dict[str, Any] = {"language": script.locale, "customer": {"name": str(person), "address": "9 Quay"}}
    code = f"{script.locale}-{lines}-{number}"
    invoice = issued(taken_in, *rows, number=f"HAR-{code}", **paper)
    note = issued(
        taken_in, *rows, number=f"HAR-C-{code}", kind="credit_note", corrects=invoice, reason=script.job, **paper
    )
    return Case(taken_in, invoice, note, visit)


def _quoted(taken_in: RepairOrder, script: Script, lines: int) -> None:
    """A version whose every other line can be done in another way."""
    total = sum(40 + line for line in range(lines))
    quote: Quote = Quote.objects.create(
        order=taken_in, version=1, status="approved", currency=taken_in.currency, prices_include_tax=True, subtotal=total,
        discount_total=0, tax_total=0, total=total, text="quote", text_sha256="0" * 64,
        valid_until=datetime(2027, 7, 1, 12, 0, tzinfo=UTC), actor_kind="system", actor_id=None, actor_label="benchmark",
    )  # fmt: skip
    for line in range(lines):
        common: dict[str, Any] = {
            "quote": quote, "order_line_id": new_id(), "repair_type_id": new_id(), "quantity": 1, "discount": 0,
            "tax_percent": 0, "tax_amount": 0, "warranty_months": 6,
        }  # fmt: skip
        price = {"unit_price": 40 + line, "total_price": 40 + line}
        first = QuoteLine.objects.create(position=2 * line, description=f"{script.job} {line}", **price, **common)
        if line % 2:
            other = {"description": f"{script.job}, B", "unit_price": 20, "total_price": 20, "quality": "used"}
            QuoteLine.objects.create(position=2 * line + 1, instead_of=first, **other, **common)
    decided(quote)
