"""Proposals whose price is no longer what they were made for are closed, in the transaction that changes the price."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from apps.audit import services as audit
from apps.core import writing
from apps.core.actor import Actor
from apps.core.imports import chunks
from apps.pricing.enums import ProposalStatus
from apps.pricing.models import PriceProposal

CHUNK = 500
_COLUMNS = ("status", "decided_at", "decided_by", "updated_at")


def supersede_proposals(price_ids: Iterable[UUID], *, actor: Actor, reason: str = "") -> None:
    """Close what is open on these prices: somebody has decided about them otherwise."""
    for chunk in chunks(iter(sorted(set(price_ids))), CHUNK):
        waiting = PriceProposal.objects.select_for_update(of=("self",)).order_by("pk")
        decide(
            list(waiting.filter(price__in=chunk, status=ProposalStatus.OPEN)),
            ProposalStatus.SUPERSEDED,
            actor=actor,
            reason=reason,
        )


def decide(proposals: Sequence[PriceProposal], status: ProposalStatus, *, actor: Actor, reason: str = "") -> None:
    """Close open proposals, each with an event. Runs in the transaction that holds them."""
    if not proposals:
        return
    now, told = timezone.now(), []
    for proposal in proposals:
        before = audit.columns(proposal)
        proposal.status, proposal.decided_at, proposal.decided_by = status, now, actor.label[:200]
        proposal.updated_at = now
        told.append((proposal, before, audit.columns(proposal)))
    writing.update(proposals, _COLUMNS)
    audit.record_all_saved(told, actor=actor, reason=reason)
