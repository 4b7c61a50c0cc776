"""A chain of shops after ten years: a million orders of people, phones and models as unevenly spread as in life."""

from __future__ import annotations

import random
import time
from typing import Any

from django.db import connection

from apps.accounts.models import Customer, User
from apps.accounts.models.customer import CUSTOMER_WORDS
from apps.catalog.models import Brand, DeviceModel
from apps.core.text import searchable
from apps.inventory.models import Branch, BranchMembership
from apps.repairs.models import OrderCounter, RepairOrder
from apps.repairs.models.orders import DEVICE_WORDS

YEARS = range(2017, 2027)
BRANCHES, TECHNICIANS_EACH, ORDERS_EACH = 8, 8, 3.3
CHUNK = 5_000
# Given and family names with their weight: the first of each script are what every tenth person there is called.
NAMES = {
    "latin": (["Thomas", "Anna", "Michael", "Julia", "Peter", "Sabine", "Jörg", "Søren", "Zoë", "François", "Łukasz"],
              ["Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schäfer", "Koch",
               "Großmann", "Nowak", "García", "Dubois", "Jensen", "O'Brien", "Lindström"], 60),
    "arabic": (["محمد", "أحمد", "فاطمة", "علي", "ليلى", "يوسف", "خديجة"],
               ["حداد", "الخطيب", "المصري", "النجار", "منصور", "العلي", "سليمان"], 15),
    "cyrillic": (["Иван", "Ольга", "Сергей", "Наталья", "Дмитрий", "Олена"],
                 ["Иванов", "Петрова", "Шевченко", "Коваленко", "Смирнов", "Кузнецова"], 15),
    "cjk": (["伟", "芳", "秀英", "太郎", "花子"], ["王", "李", "张", "山田", "佐藤"], 10),
}  # fmt: skip
# Endings that make some twenty thousand family names out of a few hundred syllables, as a telephone book has them.
SYLLABLES = ["ba", "ber", "dor", "el", "fen", "gar", "hol", "ing", "ka", "lem", "mar", "nau", "ol", "pe", "rich", "sta",
             "tor", "ul", "wen", "zi"]  # fmt: skip
MODELS = {
    "Apple": (["iPhone"], [*range(5, 17)], ["", "Plus", "Pro", "Pro Max", "mini", "SE"], 38),
    "Samsung": (["Galaxy S", "Galaxy A", "Galaxy Note", "Galaxy Tab A"], [*range(3, 25)], ["", "+", "Ultra", "5G"], 32),
    "Xiaomi": (["Redmi", "Redmi Note", "Mi", "Poco X"], [*range(4, 14)], ["", "Pro", "Lite"], 12),
    "Huawei": (["P", "Mate", "Nova"], [*range(8, 50, 3)], ["", "Pro", "lite"], 8),
    "Google": (["Pixel"], [*range(2, 10)], ["", "a", "Pro"], 6),
    "Fairphone": (["Fairphone"], [*range(1, 6)], [""], 1),
    "Sony": (["Xperia"], [*range(1, 20)], ["", "II", "III"], 3),
}  # fmt: skip

# Numbers of one order, all from its own number, in no pattern.
_HASH = "('x' || substr(md5(n::text), {place}, 8))::bit(32)::bigint"
_MOMENT = (
    "(make_timestamptz((2017 + (n - 1) / %(each_year)s)::int, 1, 2, 8, 0, 0, 'UTC')"
    " + (n - 1) %% %(each_year)s * (interval '360 days' / %(each_year)s))"
)
_NUMBER = "lpad((1 + (n - 1) %% %(each_year)s)::text, 6, '0')"
_YEAR = "(2017 + (n - 1) / %(each_year)s)"
_FIGURES = (
    f"lpad(({_HASH.format(place=1)} %% 10000000)::text, 7, '0') || "
    f"lpad(({_HASH.format(place=9)} %% 1000000)::text, 6, '0')"
)
_IMEI = f"CASE WHEN n %% 10 < 7 THEN '35' || {_FIGURES} ELSE '' END"
_SERIAL = (
    "CASE WHEN n %% 10 > 4 THEN (ARRAY['R58M','R5CT','F2LX','DNPX','C39V'])[1 + ascii(substr(md5(n::text), 30)) %% 5] || "
    "upper(substr(md5(n::text), 17, 7)) ELSE '' END"
)
_CUSTOMER, _MODEL = _HASH.format(place=17), _HASH.format(place=25)
_ORDERS = f"""
INSERT INTO repairs_repairorder (
    id, created_at, updated_at, order_number, device_imei, device_serial, priority, status, issue_description,
    cosmetic_condition, accessories, currency, subtotal, discount_total, total, prices_include_tax, tax_total,
    deposit_paid, paid, unrepaired, outcome, diagnosis_fee, return_fee, credited, activation_lock, status_since,
    tracking_number, tracking_closed, search_text, branch_id, customer_id, device_model_id, technician_id
)
SELECT id, moment, moment, 'R-' || year || '-' || number, imei, serial, 'normal', status,
    'Screen is cracked and the battery does not last a day; customer asks for a call before any other work.',
    'scratches on the back', '["case", "charger"]', 'EUR', 180, 10, 170, true, 27.14, 0, 170, false, '', 0, 0, 0,
    'unknown', moment, 1, false, lower(concat_ws(' ', number, nullif(imei, ''), nullif(serial, ''))),
    branch, customer, model, technician
FROM (
    SELECT
        (lpad(to_hex((extract(epoch FROM {_MOMENT}) * 1000)::bigint), 12, '0') || '7abc8' || lpad(to_hex(n), 15, '0'))::uuid
            AS id,
        {_MOMENT} AS moment, {_YEAR}::text AS year, {_NUMBER} AS number, {_IMEI} AS imei, {_SERIAL} AS serial,
        CASE WHEN n > %(orders)s - 2000 THEN 'in_progress' ELSE 'delivered' END AS status,
        (%(branches)s::uuid[])[1 + n %% {BRANCHES}] AS branch,
        (%(customers)s::uuid[])[1 + {_CUSTOMER} %% %(customer_count)s] AS customer,
        -- Twelve models of a year are most of its work; the others come in now and then.
        CASE WHEN n %% 3 < 2 THEN (%(usual)s::uuid[])[1 + ((n - 1) / %(each_year)s) * 12 + {_MODEL} %% 12]
             ELSE (%(models)s::uuid[])[1 + {_MODEL} %% %(model_count)s] END AS model,
        (%(technicians)s::uuid[])[1 + n %% {BRANCHES} + {BRANCHES} * ((n / {BRANCHES}) %% {TECHNICIANS_EACH})] AS technician
    FROM generate_series(1::bigint, %(orders)s::bigint) AS n
) made
"""


def fill(orders: int) -> None:
    """Make the shop, unless it is there."""
    present = RepairOrder.objects.count()
    if present == orders:
        return
    if present or Branch.objects.exists():
        raise SystemExit(f"This database holds another shop, of {present:,} orders; name an empty one.")
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '512MB'")
    for index in (CUSTOMER_WORDS, DEVICE_WORDS):
        index.remove(connection)
    reference = _reference(orders, random.Random(4711))
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, {**reference, "orders": orders, "each_year": -(-orders // len(YEARS))})
        OrderCounter.objects.bulk_create(OrderCounter(year=year, last=-(-orders // len(YEARS))) for year in YEARS)
        for index in (CUSTOMER_WORDS, DEVICE_WORDS):
            index.ensure(connection)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")
    print(f"filled with {orders:,} orders in {time.perf_counter() - started:.0f} s", flush=True)


def _reference(orders: int, chance: random.Random) -> dict[str, Any]:
    branches = Branch.objects.bulk_create(
        Branch(name=f"Shop {n}", code=f"S{n:02d}", timezone="Europe/Berlin", currency="EUR") for n in range(BRANCHES)
    )
    staff = User.objects.bulk_create(
        User(email=f"{role}{n}@bench.example", first_name="Robin", last_name=f"Miller {n}", role=role, password="!",
             is_verified=True)
        for role, count in (("manager", BRANCHES), ("admin", 1), ("technician", BRANCHES * TECHNICIANS_EACH))
        for n in range(count)
    )  # fmt: skip
    technicians = [user for user in staff if user.role == "technician"]
    BranchMembership.objects.bulk_create(
        BranchMembership(user=user, branch=branches[number % BRANCHES])
        for users in ([user for user in staff if user.role == "manager"], technicians)
        for number, user in enumerate(users)
    )
    models = _models()
    customers = _customers(int(orders / ORDERS_EACH), chance)
    chance.shuffle(models)
    # What a year's usual models are, follows from how their number grows.
    usual = sorted(models, key=lambda model: (model.release_year or 0, model.pk))
    step = max(1, len(usual) // (12 * len(YEARS)))
    return {
        "branches": [branch.pk for branch in branches], "technicians": [user.pk for user in technicians],
        "models": [model.pk for model in models], "model_count": len(models),
        "usual": [model.pk for model in usual[::step]][: 12 * len(YEARS)],
        "customers": customers, "customer_count": len(customers),
    }  # fmt: skip


def _models() -> list[DeviceModel]:
    found = []
    for name, (lines, numbers, forms, _) in MODELS.items():
        brand = Brand.objects.create(name=name)
        for line in lines:
            for place, number in enumerate(numbers):
                for form in forms:
                    year = 2012 + place * 14 // len(numbers)
                    model = DeviceModel(
                        brand=brand, name=f"{line}{'' if line[-1:].isupper() else ' '}{number} {form}".strip(),
                        device_type="phone", release_year=year,
                    )  # fmt: skip
                    model.save()
                    found.append(model)
    return found


def _customers(number: int, chance: random.Random) -> list[Any]:
    scripts, weights = [*NAMES], [names[2] for names in NAMES.values()]
    ids: list[Any] = []
    for start in range(0, number, CHUNK):
        made = []
        for place in range(start, min(start + CHUNK, number)):
            firsts, lasts, _ = NAMES[chance.choices(scripts, weights)[0]]
            first = chance.choice(firsts)
            last = chance.choice(lasts) if chance.random() < 0.25 else "".join(chance.choices(SYLLABLES, k=3)).title()
            phone = f"+49{chance.choice((151, 160, 170, 171, 176))}{chance.randrange(10**8):08d}"
            customer = Customer(first_name=first, last_name=last, phone=phone, email=f"c{place}@mail.example")
            customer.search_text = searchable(first, last, phone, customer.email)
            made.append(customer)
        ids += [customer.pk for customer in Customer.objects.bulk_create(made, batch_size=1000)]
    return ids
