"""A large shop for measuring: reference data through the models, orders by the million through plain SQL."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection

from apps.accounts.models import Customer, User
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.inventory.models import Branch, BranchMembership
from apps.repairs.models import OrderCounter, RepairOrder

BRANDS, MODELS, CUSTOMERS, TECHNICIANS = 20, 1_000, 20_000, 12

# A UUIDv7 (RFC 9562) of a moment, its last bits from a number: %(…)s are SQL expressions.
_ID = (
    "(lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex({kind}), 3, '0')"
    " || '8' || lpad(to_hex({number}), 15, '0'))::uuid"
)
_MOMENT = "(timestamptz '2026-01-01 08:00+00' + n * interval '9 seconds')"
_STATUS = (
    "(ARRAY['pending','awaiting_approval','in_progress','waiting_parts','completed','ready_pickup','cancelled',"
    "'delivered','delivered','delivered'])[1 + n %% 10]"
)
_ORDERS = f"""
INSERT INTO repairs_repairorder (
    id, created_at, updated_at, order_number, device_imei, device_serial, priority, status, issue_description,
    cosmetic_condition, accessories, currency, subtotal, discount_total, total, deposit_paid, paid, unrepaired,
    prices_include_tax, tax_total, outcome, diagnosis_fee, return_fee, credited, activation_lock, status_since,
    tracking_number, tracking_closed, search_text, branch_id, customer_id, device_model_id, technician_id
)
SELECT {_ID.format(moment=_MOMENT, kind=1, number="n")}, {_MOMENT}, {_MOMENT},
    'R-2026-' || lpad(n::text, greatest(6, length(n::text)), '0'), '', 'SN' || n, 'normal', {_STATUS},
    'Screen is cracked and the battery does not last a day; customer asks for a call before any other work.',
    'scratches on the back', '["case", "charger"]', 'USD', 180, 10, 170, 0, 0, n %% 10 = 6,
    true, 0, '', 0, 0, 0, 'unknown', {_MOMENT}, 1, false,
    lpad(n::text, greatest(6, length(n::text)), '0') || ' sn' || n,
    (%(branches)s::uuid[])[1 + n %% %(branch_count)s], (%(customers)s::uuid[])[1 + n %% %(customer_count)s],
    (%(models)s::uuid[])[1 + n %% %(model_count)s],
    CASE WHEN n %% 5 = 0 THEN NULL ELSE (%(technicians)s::uuid[])[1 + n %% %(technician_count)s] END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_LINES = f"""
INSERT INTO repairs_repairline (
    id, created_at, updated_at, position, quantity, unit_price, discount, total_price, state, warranty_months,
    tax_percent, tax_amount, order_id, repair_type_id, part_type_id
)
SELECT {_ID.format(moment=_MOMENT, kind="2 + p", number="n")}, {_MOMENT}, {_MOMENT}, p, 1, 90, 5, 85, 'planned', 6, 0, 0,
    {_ID.format(moment=_MOMENT, kind=1, number="n")}, (%(repair_types)s::uuid[])[1 + (n + p) %% 4],
    (%(part_types)s::uuid[])[1 + (n + p) %% 4]
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n, generate_series(1, 2) AS p
"""
_HISTORY = f"""
INSERT INTO repairs_statushistory (id, created_at, updated_at, actor_kind, actor_label, new_status, notes, order_id)
SELECT {_ID.format(moment=_MOMENT, kind=8, number="n")}, {_MOMENT}, {_MOMENT}, 'system', 'benchmark', 'pending', '',
    {_ID.format(moment=_MOMENT, kind=1, number="n")}
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""


def seed(orders: int) -> None:
    """Bring the database to so many orders of two lines each; what is there already stays."""
    reference = _reference()
    present = RepairOrder.objects.count()
    if present >= orders:
        return
    started = time.perf_counter()
    counter = OrderCounter.objects.filter(year=datetime.now(UTC).year).first()
    used = max(present, counter.last if counter else 0)
    numbers = {"first": used + 1, "last": used + orders - present}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in (_ORDERS, _LINES, _HISTORY):
            cursor.execute(statement, {**reference, **numbers})
        OrderCounter.objects.update_or_create(year=datetime.now(UTC).year, defaults={"last": numbers["last"]})
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")
    print(f"seeded {orders - present:,} orders in {time.perf_counter() - started:.1f} s")


def _reference() -> dict[str, object]:
    if not Branch.objects.exists():
        _make_reference()
    ids = {
        "branches": Branch, "models": DeviceModel, "customers": Customer, "repair_types": RepairType,
        "part_types": PartType,
    }  # fmt: skip
    found: dict[str, object] = {
        name: list(model.objects.order_by("pk").values_list("pk", flat=True)) for name, model in ids.items()
    }
    found["technicians"] = list(User.objects.filter(role="technician").order_by("pk").values_list("pk", flat=True))
    return found | {
        "branch_count": 2, "model_count": MODELS, "customer_count": CUSTOMERS, "technician_count": TECHNICIANS
    }  # fmt: skip


def _make_reference() -> None:
    branches = Branch.objects.bulk_create(
        Branch(name=name, code=code, timezone="Europe/London", currency="USD")
        for name, code in (("Harbour", "HAR"), ("Station", "STA"))
    )
    brands = Brand.objects.bulk_create(Brand(name=f"Brand {n}") for n in range(BRANDS))
    DeviceModel.objects.bulk_create(
        DeviceModel(name=f"Model {n}", brand=brands[n % BRANDS], device_type="phone", screen_size=Decimal("6.1"))
        for n in range(MODELS)
    )
    RepairType.objects.bulk_create(RepairType(name=f"Repair {n}") for n in range(4))
    PartType.objects.bulk_create(PartType(name=f"Part {n}", warranty_months=6) for n in range(4))
    Customer.objects.bulk_create(
        Customer(first_name="Kim", last_name=f"Carter {n}", phone=f"+44770{n:07d}", email=f"kim{n}@mail.example")
        for n in range(CUSTOMERS)
    )
    staff = User.objects.bulk_create(
        User(
            email=f"{role}{n}@bench.example",
            first_name="Robin",
            last_name=f"Miller {n}",
            role=role,
            password="!",
            is_verified=True,
        )
        for role, count in (("manager", 1), ("technician", TECHNICIANS))
        for n in range(count)
    )
    BranchMembership.objects.bulk_create(
        BranchMembership(user=user, branch=branch) for user in staff for branch in branches
    )
