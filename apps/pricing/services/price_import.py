"""Imports of prices: every row is judged first, and only when each is good is any of them written, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.catalog.enums import PartQuality
from apps.catalog.models import PartType, RepairType
from apps.core import money
from apps.core.actor import Actor
from apps.core.file_rows import Change, FileRow, Outcome, file_rows, outcome_of
from apps.core.imports import chunks
from apps.core.spreadsheets import read_rows
from apps.inventory.models import Branch
from apps.inventory.selectors.vocabulary import model_names, part_types_by_name
from apps.pricing.enums import PriceSource
from apps.pricing.models import Price
from apps.pricing.rules.price_rows import ALSO_CALLED, MOST_ROWS, PRICE_COLUMNS, Merged, Period, merged
from apps.pricing.selectors import today_for
from apps.pricing.selectors.names import ModelBook, Unnamed, branches_by_code, meant, repair_types_by_name
from apps.pricing.services.bulk_writing import CHUNK, PriceBatch, hold_models, write_prices


class Key(NamedTuple):
    """What the periods of prices must not overlap for."""

    device_model_id: UUID
    repair_type_id: UUID
    part_type_id: UUID | None
    part_quality: str
    branch_id: UUID | None


@dataclass
class _Judged:
    """What becomes of the list by the rows of a file: by key, with the prices that there are."""

    prices: dict[UUID, Price]
    by_key: dict[Key, Merged] = field(default_factory=dict)

    @property
    def created(self) -> int:
        return sum(len(one.made) for one in self.by_key.values())

    @property
    def changed(self) -> int:
        """Rows that change a price; prices that only end because another one begins are none."""
        return sum(after.line is not None for one in self.by_key.values() for _, after in one.changed)


def read_prices(content: bytes) -> list[FileRow]:
    """The rows of a file, each with what is wrong with it in itself. Raises ``ValidationFailed`` on ``file``."""
    return file_rows(read_rows(content, MOST_ROWS), PRICE_COLUMNS, ALSO_CALLED)


def import_prices(rows: Sequence[FileRow], *, name: str, dry_run: bool, actor: Actor) -> Outcome:
    """Put the rows into the price list, as ``rules.price_rows.merged`` says; ``name`` is that of their file.

    Nothing is written on a dry run, nor when any row has a problem. Each price that is made or changed is an event with
    the name of the file as its reason, and says from then on that it was imported. Raises ``Forbidden``.
    """
    require(actor, Right.PRICES_WRITE)
    with nullcontext() if dry_run else transaction.atomic():
        fresh = [row.fresh() for row in rows]
        judged = _judged(fresh, actor, lock=not dry_run)
        changes = [] if any(row.problems for row in fresh) else _changes(judged)
        outcome = outcome_of(fresh, created=judged.created, changed=judged.changed, dry_run=dry_run, changes=changes)
        if outcome.applied:
            write_prices(_batch(judged), actor=actor, reason=f"import {name}".strip())
    return outcome


# --- judging --------------------------------------------------------------------------------------------------------


def _judged(rows: Sequence[FileRow], actor: Actor, *, lock: bool) -> _Judged:
    by_key = _by_key(rows, actor)
    models = {key.device_model_id for key in by_key}
    if lock:
        hold_models(models)
    listed = _listed(models, by_key)
    judged = _Judged({price.pk: price for prices in listed.values() for price in prices})
    currencies = dict(Branch.objects.values_list("pk", "currency"))
    day = today_for(actor)
    for key, group in by_key.items():
        usual = currencies.get(key.branch_id, settings.CURRENCY) if key.branch_id else settings.CURRENCY
        found = merged(group, [_period(price) for price in listed.get(key, ())], day, usual)
        _check_money(group, found, usual if key.branch_id else None)
        if not any(row.problems for row in group):
            judged.by_key[key] = found
    return judged


def _by_key(rows: Sequence[FileRow], actor: Actor) -> dict[Key, list[FileRow]]:
    """The rows that can be understood, by what they are the price of."""
    vocabulary, found = _Vocabulary(actor), defaultdict(list)
    for row in rows:
        try:
            key = vocabulary.key(row.values)
        except Unnamed as unnamed:
            if not any(problem.column == unnamed.column for problem in row.problems):
                row.refuse(unnamed.column, unnamed.code, unnamed.message)
            continue
        if not row.problems:
            found[key].append(row)
    return found


class _Vocabulary:
    """Knows what names stand for."""

    def __init__(self, actor: Actor) -> None:
        self.models = ModelBook()
        self.repairs, self.branches, self.parts = repair_types_by_name(), branches_by_code(actor), part_types_by_name()
        self.qualities = dict(PartType.objects.values_list("pk", "quality"))

    def key(self, values: dict[str, Any]) -> Key:
        part, branch = values.get("partType"), values.get("branch")
        model = self.models.model(values)
        repair = meant(self.repairs, "repairType", values.get("repairType", ""), "repair type")
        part_id = self._part(part, values.get("partQuality")) if part else None
        branch_id = meant(self.branches, "branch", branch, "branch of yours with the code") if branch else None
        usual = self.qualities[part_id] if part_id else PartQuality.ORIGINAL.value
        return Key(model, repair, part_id, values.get("partQuality", usual), branch_id)

    def _part(self, name: str, quality: str | None) -> UUID:
        """The quality decides between several parts of one name."""
        if quality is not None:
            try:
                return meant(self.parts, "partType", f"{name} ({PartQuality(quality).label})", "part type")
            except Unnamed:
                pass
        return meant(self.parts, "partType", name, "part type")


def _listed(models: set[UUID], keys: Iterable[Key]) -> dict[Key, list[Price]]:
    wanted, found = set(keys), defaultdict(list)
    for chunk in chunks(iter(sorted(models)), CHUNK):
        for price in Price.objects.filter(device_model__in=chunk).order_by("valid_from"):
            key = _key_of(price)
            if key in wanted:
                found[key].append(price)
    return found


def _key_of(price: Price) -> Key:
    return Key(price.device_model_id, price.repair_type_id, price.part_type_id, price.part_quality, price.branch_id)


def _period(price: Price) -> Period:
    return Period(
        price.price, price.cost, price.currency, price.valid_from, price.valid_until, price.notes, id=price.pk
    )


def _check_money(rows: Sequence[FileRow], found: Merged, only: str | None) -> None:
    """Amounts are amounts of their currency, which for a branch's own price is ``only`` the branch's."""
    by_line = {row.line: row for row in rows}
    for _, period in [*found.changed, *found.made]:
        row = by_line.get(period.line or 0)
        if row is not None and only is not None and period.currency != only:
            row.refuse("currency", "invalid", f"The branch takes {only}.")
        for column, amount in (("price", period.price), ("cost", period.cost)):
            if row is not None and amount is not None and not money.fits(amount, period.currency):
                blamed = column if column in row.values else "currency"
                row.refuse(blamed, "invalid", f"{amount} is not an amount of {period.currency}.")


# --- telling and writing --------------------------------------------------------------------------------------------


def _changes(judged: _Judged) -> list[Change]:
    models, repairs = model_names(), dict(RepairType.objects.values_list("pk", "name"))
    found = []
    for key, one in judged.by_key.items():
        label = f"{models[key.device_model_id]} · {repairs[key.repair_type_id]}"
        found += [_change("changed", label, before, after) for before, after in one.changed if after.line is not None]
        found += [_change("created", label, before, after) for before, after in one.made]
    return sorted(found, key=lambda change: change.line)


def _change(action: str, label: str, before: Period | None, after: Period) -> Change:
    old = None if before is None else f"{money.text(before.price, before.currency)} {before.currency}"
    return Change(after.line or 0, action, label, old, money.text(after.price, after.currency), after.currency)


def _batch(judged: _Judged) -> PriceBatch:
    batch = PriceBatch()
    for key, one in judged.by_key.items():
        for before, after in one.changed:
            assert before.id is not None
            price = judged.prices[before.id]
            was = audit.columns(price)
            _take_over(price, after, amount=before.says()[:3] != after.says()[:3])
            batch.changed.append((price, was))
        for _, after in one.made:
            price = Price(**key._asdict())
            _take_over(price, after, amount=True)
            batch.made.append(price)
    return batch


def _take_over(price: Price, period: Period, *, amount: bool) -> None:
    price.price, price.cost, price.currency = period.price, period.cost, period.currency
    price.valid_from, price.valid_until, price.notes = period.valid_from, period.valid_until, period.notes
    if amount:  # a person's amount from now on, whatever it was before
        price.source, price.is_estimated, price.confidence_score = PriceSource.IMPORT, False, None
