"""The compiled reader of a shape answers exactly what the shape itself would, field by field."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.api.serializers import CustomerSerializer, OwnCustomerSerializer, SessionSerializer, UserSerializer
from apps.accounts.api.user_shapes import ActivityShape
from apps.accounts.models import Customer, Session, User
from apps.audit.models import Event
from apps.audit.recorded import EventShape
from apps.catalog.api import serializers as catalog
from apps.catalog.models import Brand, DeviceModel, ModelNotice, PartType, RepairType
from apps.core.api.renderers import dump
from apps.core.api.rows import reader_for
from apps.inventory.api import serializers as inventory
from apps.inventory.api.serializers import counts, purchasing, reordering, suppliers, transfers
from apps.inventory.api.serializers.items import CountedCategorySerializer
from apps.inventory.models import (
    Branch,
    Category,
    CountLine,
    Item,
    PurchaseOrder,
    PurchaseReceipt,
    ReorderPoint,
    Reservation,
    Serial,
    StockCount,
    StockLevel,
    StockMovement,
    Supplier,
    SupplierItem,
    Transfer,
    TransferLine,
)
from apps.notifications.api import serializers as messages
from apps.notifications.models import MessageTemplate, Notification
from apps.pricing.api.serializers.changes import ChangeDetailSerializer, ChangeLineSerializer, ChangeSerializer
from apps.pricing.api.serializers.estimates import EstimateRecordSerializer
from apps.pricing.api.serializers.prices import PriceSerializer, PublicPriceSerializer
from apps.pricing.api.serializers.pricing_rules import BranchRuleSerializer, MarginRuleSerializer
from apps.pricing.api.serializers.proposals import ProposalSerializer
from apps.pricing.models import (
    BranchPriceRule,
    BulkChange,
    BulkChangeLine,
    EstimateRecord,
    MarginRule,
    Price,
    PriceProposal,
)
from apps.repairs.api import serializers as repairs
from apps.repairs.api.serializers import figures, intake
from apps.repairs.api.serializers.attachments import AttachmentSerializer, CustomerAttachmentSerializer
from apps.repairs.api.serializers.drop_offs import DropOffDetailSerializer, DropOffSerializer
from apps.repairs.api.serializers.invoices import InvoiceSerializer, TenderSerializer
from apps.repairs.api.serializers.warranties import WarrantySerializer
from apps.repairs.api.serializers.work import ReworkSerializer
from apps.repairs.models import (
    Attachment,
    Booking,
    Checklist,
    ChecklistTemplate,
    DropOff,
    Invoice,
    OrderNote,
    Payment,
    Quote,
    RepairLine,
    RepairOrder,
    Rework,
    Signature,
    StatusHistory,
    Tender,
    Warranty,
)
from apps.reports.api import serializers as reports
from apps.reports.models import Report, ReportSchedule
from tests.architecture.routes import lists, routes
from tests.factories.world import World

SHAPES: list[tuple[Any, type[models.Model]]] = [
    (CustomerSerializer, Customer),
    (OwnCustomerSerializer, Customer),
    (ActivityShape, Event),
    (EventShape, Event),
    (SessionSerializer, Session),
    (UserSerializer, User),
    (catalog.BrandSerializer, Brand),
    (catalog.DeviceModelSerializer, DeviceModel),
    (catalog.PartTypeSerializer, PartType),
    (catalog.RepairTypeSerializer, RepairType),
    (catalog.NoticeSerializer, ModelNotice),
    (inventory.BranchSerializer, Branch),
    (inventory.PublicBranchSerializer, Branch),
    (inventory.CategorySerializer, Category),
    (inventory.ItemSerializer, Item),
    (inventory.MovementSerializer, StockMovement),
    (inventory.ReservationSerializer, Reservation),
    (inventory.SerialSerializer, Serial),
    (inventory.StockLevelSerializer, StockLevel),
    (counts.CountLineSerializer, CountLine),
    (counts.CountSerializer, StockCount),
    (purchasing.PurchaseOrderSerializer, PurchaseOrder),
    (purchasing.PurchaseReceiptSerializer, PurchaseReceipt),
    (reordering.ReorderPointSerializer, ReorderPoint),
    (suppliers.SupplierItemSerializer, SupplierItem),
    (suppliers.SupplierSerializer, Supplier),
    (transfers.InTransitSerializer, TransferLine),
    (transfers.TransferSerializer, Transfer),
    (transfers.TransferSummarySerializer, Transfer),
    (EstimateRecordSerializer, EstimateRecord),
    (ChangeLineSerializer, BulkChangeLine),
    (ChangeSerializer, BulkChange),
    (ProposalSerializer, PriceProposal),
    (PriceSerializer, Price),
    (PublicPriceSerializer, Price),
    (BranchRuleSerializer, BranchPriceRule),
    (MarginRuleSerializer, MarginRule),
    (intake.TemplateSerializer, ChecklistTemplate),
    (intake.ChecklistSerializer, Checklist),
    (intake.SignatureSerializer, Signature),
    (DropOffSerializer, DropOff),
    (AttachmentSerializer, Attachment),
    (CustomerAttachmentSerializer, Attachment),
    (messages.NotificationSerializer, Notification),
    (messages.OwnNotificationSerializer, Notification),
    (messages.MessageTemplateSerializer, MessageTemplate),
    (reports.BranchReportSerializer, Report),
    (reports.ReportSummarySerializer, Report),
    (reports.ScheduleSerializer, ReportSchedule),
    (repairs.BookingSerializer, Booking),
    (repairs.CustomerOrderSerializer, RepairOrder),
    (repairs.HistorySerializer, StatusHistory),
    (InvoiceSerializer, Invoice),
    (TenderSerializer, Tender),
    (figures.ListedPaymentSerializer, Payment),
    (figures.UnassignedOrderSerializer, RepairOrder),
    (repairs.LineSerializer, RepairLine),
    (repairs.NoteSerializer, OrderNote),
    (repairs.OrderSerializer, RepairOrder),
    (repairs.PaymentSerializer, Payment),
    (repairs.PublicHistorySerializer, StatusHistory),
    (repairs.QuoteSerializer, Quote),
    (repairs.CustomerQuoteSerializer, Quote),
    (repairs.LinkedQuoteSerializer, Quote),
    (repairs.UnnamedBookingSerializer, Booking),
    (WarrantySerializer, Warranty),
    (ReworkSerializer, Rework),
]
APPEND_ONLY = {
    Event, PurchaseReceipt, StockMovement, StatusHistory, Payment, Invoice, Tender, Checklist, Signature, Warranty, Rework,
}  # fmt: skip
CHANGEABLE = sorted({model for _, model in SHAPES} - APPEND_ONLY, key=lambda model: model.__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
VALUES: dict[type[Any], st.SearchStrategy[Any]] = {
    models.CharField: words,
    models.TextField: words,
    models.JSONField: st.lists(words, max_size=2),
    models.BooleanField: st.booleans(),
    models.DateTimeField: st.integers(0, 4 * 10**15).map(lambda number: EPOCH + timedelta(microseconds=number)),
    models.DateField: st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    models.UUIDField: st.uuids(),
    models.GenericIPAddressField: st.ip_addresses().map(str),
    models.PositiveSmallIntegerField: st.integers(1, 3),
    models.BigIntegerField: st.integers(0, 10**15),
    models.PositiveIntegerField: st.integers(1, 10**6),
    models.IntegerField: st.integers(1, 10**6),
    models.DecimalField: st.decimals(Decimal("0.001"), Decimal("0.999"), places=3),
}
KEPT = {"price": "9.00", "low": "8.00", "high": "9.50", "confidenceScore": 0.5, "method": "few_prices", "version": 1}


# Read as the shapes that they grow out of; what they add, their views count.
COUNTED = {CountedCategorySerializer, counts.CountDetailSerializer, ChangeDetailSerializer, DropOffDetailSerializer}


def test_every_listed_shape_is_compared() -> None:
    listed = {route.endpoint.answer for route in lists()}
    read = {route.endpoint.answer for route in routes() if route.template.endswith("<pk>") and route.method == "GET"}

    assert listed | read <= {shape for shape, _ in SHAPES} | COUNTED


def in_its_own_words(shape: Any, model: type[models.Model]) -> Any:
    return json.loads(dump(shape(model._default_manager.order_by("pk"), many=True).data))


def by_the_reader(shape: Any, model: type[models.Model]) -> Any:
    return json.loads(dump(reader_for(shape, model).read(model._default_manager.order_by("pk"))))


@pytest.fixture
def _shop(db: None) -> None:
    World().grow(2)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("_shop")
def test_reader_answers_what_each_shape_says() -> None:
    expected = {shape.__name__: in_its_own_words(shape, model) for shape, model in SHAPES}

    assert min(map(len, expected.values())) >= 2
    assert {shape.__name__: by_the_reader(shape, model) for shape, model in SHAPES} == expected


def optional_fields(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        if (field.null or field.blank) and not (field.primary_key or field.name == "search_text"):
            yield field


def draw(data: st.DataObject, field: Any, others: list[Any]) -> Any:
    """A value for an optional field: nothing, or something of its type."""
    choices: list[st.SearchStrategy[Any]] = []
    if field.null:
        choices.append(st.none())
    if field.is_relation:
        if not field.unique:
            choices.append(st.sampled_from(others))
    elif field.name == "estimate":
        choices.append(st.just(KEPT))
    elif field.choices:
        choices.append(st.sampled_from([value for value, _ in field.choices] + ([""] if not field.null else [])))
    else:
        kind = next(kind for kind in type(field).__mro__ if kind in VALUES)
        choices.append(VALUES[kind])
    return data.draw(st.one_of(choices), label=field.name)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("_shop")
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_reader_answers_what_the_shape_says_of_empty_and_of_full_fields(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(CHANGEABLE), label="model")
    fields = list(optional_fields(model))
    with transaction.atomic():
        for pk in model._default_manager.values_list("pk", flat=True):
            chosen = data.draw(st.sets(st.sampled_from(fields), max_size=4)) if fields else set()
            for field in sorted(chosen, key=lambda field: field.name):
                others = list(field.related_model._default_manager.all()[:3]) if field.is_relation else []
                change(model, pk, {field.name: draw(data, field, others)})
        for shape, of in SHAPES:
            if of is model:
                assert by_the_reader(shape, model) == in_its_own_words(shape, model)
        transaction.set_rollback(True)


def change(model: type[models.Model], pk: Any, values: dict[str, Any]) -> None:
    """Past all services: here the row matters, not how it came to be; what the database refuses stays as it was."""
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=pk).update(**values)
    except IntegrityError:
        return
