"""Reads declared serializer shapes straight from tuples: a constant number of queries and no model instances.

Building instances, not JSON, is what a list costs; so the declaration that gives the schema is compiled once into a
column list and one function that builds the answer from a row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Manager, ManyToOneRel, Model, QuerySet
from rest_framework import serializers

from apps.core import money
from apps.core.api.renderers import iso
from apps.core.api.serializers import FromRow, MoneyField, OptionalText, RelatedIds


@dataclass
class _Plan:
    """What one level of a shape needs: columns of the row, and other rows that hang on it."""

    columns: list[str] = field(default_factory=list)
    helpers: dict[str, Any] = field(default_factory=dict)
    children: list["_Child"] = field(default_factory=list)

    def column(self, path: str) -> int:
        if path not in self.columns:
            self.columns.append(path)
        return self.columns.index(path)

    def helper(self, function: Callable[..., Any]) -> str:
        name = f"h{len(self.helpers)}"
        self.helpers[name] = function
        return name


@dataclass
class _Child:
    """Rows of a to-many relation, keyed by the id of their parent."""

    manager: Manager[Any]
    parent_column: str
    ordering: tuple[str, ...]
    reader: "RowReader | None"
    value_column: str = ""

    def by_parent(self, parent_ids: list[Any]) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        rows = self.manager.filter(**{f"{self.parent_column}__in": parent_ids}).order_by(*self.ordering)
        if self.reader is None:
            for parent, value in rows.values_list(self.parent_column, self.value_column):
                found[parent].append(str(value))
            return found
        for parent, shape in self.reader.keyed(rows, self.parent_column):
            found[parent].append(shape)
        return found


def _money_text(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else money.text(amount, currency)


def _decimal_text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _real(number: Any) -> float | None:
    return None if number is None else float(number)


def _id_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _iso(moment: Any) -> str | None:
    return None if moment is None else iso(moment)


class RowReader:
    """Reads one shape. ``read`` answers a list of plain dicts, in the order of the queryset."""

    def __init__(self, shape: serializers.BaseSerializer, model: type[Model]) -> None:
        plan = _Plan()
        source = _shape_source(shape, model, plan, prefix="")
        self._columns, self._children = plan.columns, plan.children
        scope = {
            "money": _money_text,
            "number": _decimal_text,
            "real": _real,
            "uid": _id_text,
            "iso": _iso,
            **plan.helpers,
        }
        # The source is made of the declared field names and column numbers alone.
        self._build: Callable[..., dict[str, Any]] = eval(f"lambda r, k, c: {source}", scope)  # noqa: S307

    def read(self, queryset: QuerySet[Any]) -> list[dict[str, Any]]:
        """All rows of ``queryset`` in this shape."""
        return [shape for _, shape in self.keyed(queryset, "pk")]

    def read_in_order(self, queryset: QuerySet[Any], ids: Iterable[Any]) -> list[dict[str, Any]]:
        """The rows with these ids, in the order of ``ids``; the rows are looked up before they are joined."""
        wanted = list(ids)
        if not wanted:
            return []
        found = dict(self.keyed(queryset.filter(pk__in=wanted).order_by(), "pk"))
        return [found[pk] for pk in wanted if pk in found]

    def keyed(self, queryset: QuerySet[Any], key: str) -> list[tuple[Any, dict[str, Any]]]:
        """Pairs of the value of column ``key`` and the shape of the row."""
        rows = list(queryset.values_list("pk", key, *self._columns))
        if not rows:
            return []
        ids = [row[0] for row in rows] if self._children else []
        children = [child.by_parent(ids) for child in self._children]
        build = self._build
        return [(row[1], build(row[2:], row[0], children)) for row in rows]


def _shape_source(shape: Any, model: type[Model], plan: _Plan, prefix: str) -> str:
    pairs = []
    for name, declared in shape.fields.items():
        if not declared.write_only:
            pairs.append(f"{name!r}: {_field_source(declared, model, plan, prefix)}")
    return "{" + ", ".join(pairs) + "}"


def _field_source(declared: Any, model: type[Model], plan: _Plan, prefix: str) -> str:
    path = prefix + declared.source.replace(".", "__")
    if isinstance(declared, FromRow):
        numbers = [plan.column(prefix + source.replace(".", "__")) for source in declared.sources]
        arguments = ", ".join(f"r[{number}]" for number in numbers)
        return f"{plan.helper(declared.compute)}({arguments})"
    if prefix and isinstance(declared, serializers.ListSerializer | RelatedIds):
        raise TypeError(f"{path}: to-many relations are read at the top of a shape only.")
    if isinstance(declared, serializers.ListSerializer):
        return _children_source(declared, model, plan)
    if isinstance(declared, RelatedIds):
        return _ids_source(declared, model, plan)
    if isinstance(declared, serializers.BaseSerializer):
        return _nested_source(declared, model, plan, path)
    if isinstance(declared, MoneyField):
        return f"money(r[{plan.column(path)}], r[{plan.column(prefix + declared.currency_source.replace('.', '__'))}])"
    return _scalar_source(declared, plan.column(path))


def _scalar_source(declared: Any, column: int) -> str:
    if isinstance(declared, serializers.UUIDField | serializers.PrimaryKeyRelatedField):
        return f"uid(r[{column}])"
    if isinstance(declared, OptionalText):
        return f"(r[{column}] or None)"
    if isinstance(declared, serializers.DateTimeField):
        return f"iso(r[{column}])"
    if isinstance(declared, serializers.DecimalField):
        return f"number(r[{column}])"
    if isinstance(declared, serializers.FloatField):
        return f"real(r[{column}])"
    return f"r[{column}]"


def _nested_source(declared: Any, model: type[Model], plan: _Plan, path: str) -> str:
    related: Any = model._meta.get_field(declared.source).related_model
    inner = _shape_source(declared, related, plan, f"{path}__")
    return f"(None if r[{plan.column(path)}] is None else {inner})"


def _children_source(declared: Any, model: type[Model], plan: _Plan) -> str:
    relation = model._meta.get_field(declared.source)
    if not isinstance(relation, ManyToOneRel):
        raise TypeError(f"{declared.source} of {model.__name__} is not a to-many relation.")
    related: Any = relation.related_model
    ordering = tuple(related._meta.ordering) or ("pk",)
    reader = RowReader(declared.child, related)
    plan.children.append(_Child(related._default_manager, relation.field.attname, ordering, reader))
    return f"c[{len(plan.children) - 1}].get(k, [])"


def _ids_source(declared: Any, model: type[Model], plan: _Plan) -> str:
    relation: Any = model._meta.get_field(declared.source)
    through = relation.remote_field.through
    parent, value = relation.m2m_column_name(), relation.m2m_reverse_name()
    plan.children.append(_Child(through._default_manager, parent, (value,), None, value))
    return f"c[{len(plan.children) - 1}].get(k, [])"


_readers: dict[tuple[type[serializers.BaseSerializer], type[Model]], RowReader] = {}


def reader_for(shape: type[serializers.BaseSerializer], model: type[Model]) -> RowReader:
    """The reader of a declared shape over ``model``; compiled at its first use."""
    found = _readers.get((shape, model))
    if found is None:
        found = _readers[shape, model] = RowReader(shape(), model)
    return found
