"""Takes repairs that were recorded elsewhere through intake, work and outcome, by the services that the doors use."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Customer
from apps.accounts.services import create_customer
from apps.audit import services as audit
from apps.catalog.models import DeviceModel, RepairType
from apps.catalog.services import generic_model
from apps.core.actor import Actor
from apps.core.imports import Report
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.rules.open_repair import OpenRepairRecord, RefusedRecord, parse_open_repair
from apps.repairs.services.drafting import LineRequest
from apps.repairs.services.intake import Intake, create_order
from apps.repairs.services.status import change_status

BRANCH_CODE = "IMPORTED"
REPAIR_TYPE = "Repair at an event"
STEP = timedelta(minutes=30)
Rows = Iterable[tuple[int, dict[str, str | None]]]


class OpenRepairImport:
    """One run of the import. Brands, models and anonymous customers are looked up once and remembered.

    So are the references that were taken, by which a dry run, which undoes each chunk, still counts a record that comes
    twice as a real run would.
    """

    def __init__(self, report: Report, *, actor: Actor) -> None:
        self._report, self._actor = report, actor
        self._today = timezone.now().date()
        self._taken: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """Look everything up again, after what the last chunk made has been undone."""
        self._models: dict[tuple[str, str], DeviceModel] = {}
        self._customers: dict[str, Customer] = {}
        self._places: tuple[Branch, RepairType] | None = None

    def _place(self) -> tuple[Branch, RepairType]:
        # Looked up with the first record, so that a file that is no table leaves nothing behind.
        self._places = self._places or (_branch(self._actor), _repair_type(self._actor))
        return self._places

    @transaction.atomic
    def take(self, rows: Rows) -> None:
        """Import the records of a chunk that are not there yet; all of it in one transaction."""
        parsed = list(self._parsed(rows))
        references = [record.reference for record in parsed]
        present = set(
            RepairOrder.objects.filter(external_reference__in=references).values_list("external_reference", flat=True)
        )
        for record in parsed:
            if record.reference in present or record.reference in self._taken:
                self._report.counts["unchanged"] += 1
                continue
            self._take_one(record)
            self._taken.add(record.reference)
            self._report.counts["created"] += 1

    def _parsed(self, rows: Rows) -> Iterable[OpenRepairRecord]:
        for line, row in rows:
            try:
                yield parse_open_repair(row, self._today)
            except RefusedRecord as refusal:
                self._report.refuse(line, (row.get("id") or "").strip(), str(refusal))

    def _take_one(self, record: OpenRepairRecord) -> None:
        branch, repair_type = self._place()
        intake = Intake(
            customer_id=self._customer(record.provider).pk,
            device_model_id=self._model(record.brand, record.device_type).pk,
            branch_id=branch.pk,
            issue_description=record.problem,
            items=[LineRequest(repair_type.pk, unit_price=Decimal(0))],
            external_reference=record.reference,
        )
        order = create_order(intake, actor=self._actor, notify=False, at=record.happened_at)
        moment = record.happened_at
        for status, note in record.steps:
            moment += STEP
            change_status(order.pk, status, actor=self._actor, note=note, notify=False, at=moment)

    def _model(self, brand: str, device_type: str) -> DeviceModel:
        key = (brand.casefold(), device_type)
        if key not in self._models:
            self._models[key] = generic_model(brand, device_type, actor=self._actor)
        return self._models[key]

    def _customer(self, provider: str) -> Customer:
        """One anonymous customer stands for all visitors of a provider's events: the records name nobody."""
        if provider not in self._customers:
            fields = {"first_name": "Anonymous", "last_name": provider}
            found = Customer.objects.filter(**fields, email="", phone="").first()
            self._customers[provider] = found or create_customer(fields, actor=self._actor)
        return self._customers[provider]


def _branch(actor: Actor) -> Branch:
    found = Branch.objects.filter(code=BRANCH_CODE).first()
    if found is None:
        with audit.creating(actor=actor) as created:
            found = Branch.objects.create(code=BRANCH_CODE, name="Imported records")
            created.append(found)
    return found


def _repair_type(actor: Actor) -> RepairType:
    found = RepairType.objects.filter(name=REPAIR_TYPE).first()
    if found is None:
        with audit.creating(actor=actor) as created:
            found = RepairType.objects.create(name=REPAIR_TYPE, description="From records of repair events.")
            created.append(found)
    return found
