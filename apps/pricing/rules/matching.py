"""Which of several pricing rules applies: the most exact one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID


@dataclass(frozen=True)
class Scope:
    """What a rule is for, or what is being priced; for a rule, what is empty is not asked about."""

    part_type_id: UUID | None = None
    repair_type_id: UUID | None = None
    brand_id: UUID | None = None
    device_type: str = ""
    part_quality: str = ""

    def named(self) -> tuple[bool, ...]:
        """Which of its parts are said, in the order in which they count."""
        return tuple(bool(value) for value in self.parts())

    def covers(self, priced: "Scope") -> bool:
        """Whether everything that this one names is so of ``priced``."""
        return all(not mine or mine == its for mine, its in zip(self.parts(), priced.parts(), strict=True))

    def parts(self) -> tuple[Any, ...]:
        return self.part_type_id, self.repair_type_id, self.brand_id, self.device_type, self.part_quality


class Scoped(Protocol):
    """A rule with a scope and a place in the order of their making."""

    @property
    def id(self) -> UUID: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def created_at(self) -> datetime: ...


R = TypeVar("R", bound=Scoped)


def most_exact(rules: Iterable[R], priced: Scope) -> R | None:
    """The rule that counts for ``priced``: of those that cover it, the one that names the most.

    Of two that name as many, the one that names the part type goes before, then the repair type, the brand, the device
    type, the quality; of two that name the same, the one that was made last.
    """
    fitting = [rule for rule in rules if rule.scope.covers(priced)]
    return max(fitting, key=_exactness, default=None)


def _exactness(rule: Scoped) -> tuple[Any, ...]:
    named = rule.scope.named()
    return sum(named), named, rule.created_at, rule.id
