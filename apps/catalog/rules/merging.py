"""What becomes of the facts of two models when one goes into the other."""

from collections.abc import Mapping
from typing import Any

from apps.catalog.rules.device_rows import MOST_ALIASES
from apps.catalog.rules.spelling import squeezed

FACTS = ("model_number", "device_type", "release_year", "screen_size", "tier_level", "launch_price")


class TooManyAliases(ValueError):
    """Not all names of the source fit into the aliases of the target."""


def facts_after_merging(source: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, Any]:
    """What of the target changes: facts that it lacks, and as aliases the names of the source that it is not known by.

    Raises ``TooManyAliases``.
    """
    changed = {name: source[name] for name in FACTS if target[name] in {None, ""} and source[name] not in {None, ""}}
    known = {squeezed(name) for name in (target["name"], changed.get("model_number", target["model_number"]))}
    known |= {squeezed(alias) for alias in target["aliases"]}
    aliases = list(target["aliases"])
    for name in (source["name"], source["model_number"], *source["aliases"]):
        if name and squeezed(name) not in known:
            known.add(squeezed(name))
            aliases.append(name)
    if len(aliases) > MOST_ALIASES:
        raise TooManyAliases(f"Together they have {len(aliases)} aliases; a model takes {MOST_ALIASES}.")
    if aliases != list(target["aliases"]):
        changed["aliases"] = aliases
    return changed
