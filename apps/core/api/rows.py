"""Reads declared serializer shapes straight from tuples: a constant number of queries and no model instances.

Building instances, not JSON, is what a list costs; so the declaration that gives the schema is compiled once into a
column list and one function that builds the answer from a row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field, ManyToOneRel, Model, QuerySet
from rest_framework import serializers

from apps.core.api import row_statements
from apps.core.api.row_forms import Form, answer_of, kind_of
from apps.core.api.row_statements import ById
from apps.core.api.serializers import FromRow, MoneyField, RelatedIds


@dataclass
class _Plan:
    """What a shape needs of its rows, and of the rows that hang on them."""

    model: type[Model]
    form: Form
    columns: list[str] = field(default_factory=list)
    helpers: dict[str, Any] = field(default_factory=dict)
    children: list["_Child"] = field(default_factory=list)

    def value(self, path: str) -> str:
        """Source text of the value in a column; the key of the row comes before all columns."""
        if path not in self.columns:
            self.columns.append(path)
        return f"r[{self.columns.index(path) + 1}]"

    def field(self, path: str) -> "Field[Any, Any]":
        """The model field at the end of a path of relations."""
        model: Any = self.model
        *relations, last = path.split("__")
        for name in relations:
            model = model._meta.get_field(name).related_model
        return model._meta.pk if last == "pk" else model._meta.get_field(last)  # type: ignore[no-any-return]

    def helper(self, function: Callable[..., Any]) -> str:
        name = f"h{len(self.helpers)}"
        self.helpers[name] = function
        return name


@dataclass
class _Child:
    """Rows of a to-many relation, and what is made of each."""

    statement: ById
    build: Callable[[tuple[Any, ...]], Any]

    def by_parent(self, parent_ids: list[Any]) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        build = self.build
        for row in self.statement.rows(parent_ids):
            found[row[0]].append(build(row))
        return found


class RowReader:
    """Reads one shape of one model as plain dicts."""

    def __init__(self, shape: serializers.BaseSerializer, model: type[Model], form: Form, key: str = "pk") -> None:
        plan = _Plan(model, form)
        source = _shape_source(shape, plan, prefix="")
        self.children = plan.children
        self._statement = ById(model, key, plan.columns)
        self.columns = plan.columns
        # The source is made of the declared field names and column numbers alone.
        self.build: Callable[..., dict[str, Any]] = eval(  # noqa: S307
            f"lambda r, c=(): {source}", {**form.scope, **plan.helpers}
        )

    def read(self, queryset: QuerySet[Any]) -> list[dict[str, Any]]:
        """All rows of ``queryset`` in this shape, in its order."""
        return self.read_ids(queryset.values_list("pk", flat=True))

    def read_ids(self, ids: Iterable[Any]) -> list[dict[str, Any]]:
        """The rows with these ids, in the order of ``ids``; the rows are looked up before they are joined."""
        wanted = list(ids)
        if not wanted:
            return []
        rows = {str(row[0]): row for row in self._statement.rows(wanted)}
        children = [child.by_parent(wanted) for child in self.children]
        build = self.build
        return [build(rows[key], children) for key in map(str, wanted) if key in rows]


def _shape_source(shape: Any, plan: _Plan, prefix: str) -> str:
    pairs = []
    for name, declared in shape.fields.items():
        if not declared.write_only:
            pairs.append(f"{name!r}: {_field_source(declared, plan, prefix)}")
    return "{" + ", ".join(pairs) + "}"


def _field_source(declared: Any, plan: _Plan, prefix: str) -> str:
    path = prefix + declared.source.replace(".", "__")
    if isinstance(declared, FromRow):
        return _computed_source(declared, plan, prefix)
    if isinstance(declared, serializers.ListSerializer | RelatedIds):
        if prefix:
            raise TypeError(f"{path}: to-many relations are read at the top of a shape only.")
        return _many_source(declared, plan)
    if isinstance(declared, serializers.BaseSerializer):
        inner = _shape_source(declared, plan, f"{path}__")
        return f"(None if {plan.value(path)} is None else {inner})"
    if isinstance(declared, MoneyField):
        currency = prefix + declared.currency_source.replace(".", "__")
        return plan.form.answers["money"].format(plan.value(path), plan.value(currency))
    return answer_of(plan.form, declared, plan.field(path), plan.value(path))


def _computed_source(declared: FromRow, plan: _Plan, prefix: str) -> str:
    paths = [prefix + source.replace(".", "__") for source in declared.sources]
    arguments = [plan.form.arguments.get(kind_of(plan.field(path)), "{}").format(plan.value(path)) for path in paths]
    return f"{plan.helper(declared.compute)}({', '.join(arguments)})"


def _many_source(declared: Any, plan: _Plan) -> str:
    child = _ids(declared, plan) if isinstance(declared, RelatedIds) else _records(declared, plan)
    plan.children.append(child)
    return f"c[{len(plan.children) - 1}].get(r[0], [])"


def _records(declared: Any, plan: _Plan) -> _Child:
    relation = plan.model._meta.get_field(declared.source)
    if not isinstance(relation, ManyToOneRel):
        raise TypeError(f"{declared.source} of {plan.model.__name__} is not a to-many relation.")
    related: Any = relation.related_model
    reader = RowReader(declared.child, related, plan.form, key=relation.field.name)
    if reader.children:
        raise TypeError(f"{declared.source} of {plan.model.__name__} has to-many relations of its own.")
    ordering = getattr(declared.child.Meta, "ordering", ()) or related._meta.ordering or ("pk",)
    statement = ById(related, relation.field.name, reader.columns, ordering)
    return _Child(statement, reader.build)


def _ids(declared: Any, plan: _Plan) -> _Child:
    relation: Any = plan.model._meta.get_field(declared.source)
    through: Any = relation.remote_field.through
    parent, other = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    other_column = through._meta.get_field(other).attname
    return _Child(ById(through, parent, [other_column], [other_column]), lambda row: str(row[1]))


_readers: dict[tuple[type[serializers.BaseSerializer], type[Model], int], RowReader] = {}


def reader_for(shape: type[serializers.BaseSerializer], model: type[Model]) -> RowReader:
    """The reader of a declared shape over ``model``; compiled at its first use."""
    form = row_statements.form()
    found = _readers.get((shape, model, id(form)))
    if found is None:
        found = _readers[shape, model, id(form)] = RowReader(shape(), model, form)
    return found
