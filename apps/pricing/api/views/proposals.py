"""Doors to proposals."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api import preconditions
from apps.core.api.endpoints import Endpoint
from apps.core.api.views import ContractView, ResourceViewSet
from apps.pricing.api.proposal_filters import ProposalFilter
from apps.pricing.api.serializers import proposals as shapes
from apps.pricing.models import PriceProposal
from apps.pricing.selectors.proposals import proposals_visible_to
from apps.pricing.services.proposals import Decision, accept_proposal, accept_proposals, dismiss_proposal


class ProposalViewSet(ResourceViewSet):
    """Prices that the margin rule would make of a part's new cost. Nothing changes until somebody accepts one."""

    model = PriceProposal
    filterset_class = ProposalFilter
    ordering = {"createdAt": "created_at", "status": "status", "proposedPrice": "proposed_price"}
    endpoints = {
        "list": Endpoint(Right.COSTS_READ, answer=shapes.ProposalSerializer, paged=True),
        "retrieve": Endpoint(Right.COSTS_READ, answer=shapes.ProposalSerializer),
        "accept": Endpoint(Right.PRICES_WRITE, shapes.AcceptSerializer, shapes.AcceptedProposalSerializer),
        "dismiss": Endpoint(Right.PRICES_WRITE, shapes.DismissSerializer, shapes.ProposalSerializer),
    }

    def records(self) -> QuerySet[PriceProposal]:
        return proposals_visible_to(self.actor)

    def accept(self, request: Request, pk: UUID) -> Response:
        """Let it become the price. One that has begun before ends, and another one takes its place."""
        price_id = accept_proposal(pk, Decision(**self.validated()), actor=self.actor)
        return preconditions.with_tag(request, Response(self._read(pk) | {"newPriceId": str(price_id)}))

    def dismiss(self, request: Request, pk: UUID) -> Response:
        """Leave the price as it is."""
        dismiss_proposal(pk, actor=self.actor, **self.validated())
        return self.answer(pk)


class AcceptProposalsView(ContractView):
    """Accept many proposals at once, from today on; those that cannot be are named, and the others accepted."""

    endpoints = {"post": Endpoint(Right.PRICES_WRITE, shapes.AcceptManySerializer, shapes.AcceptedManyShape)}

    @extend_schema(operation_id="pricing_proposals_accept_many")
    def post(self, request: Request) -> Response:
        given = self.validated()
        outcome = accept_proposals(given["ids"], actor=self.actor, reason=given.get("reason", ""))
        accepted = [{"id": pk, "price_id": price_id} for pk, price_id in outcome.price_ids.items()]
        return Response(shapes.AcceptedManyShape({"accepted": accepted, "refused": outcome.refused}).data)
