"""Routes of prices."""

from typing import Any

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api.views import estimates, prices, pricing_rules
from apps.pricing.api.views.changes import ChangeViewSet
from apps.pricing.api.views.imports import PriceExportView, PriceImportView
from apps.pricing.api.views.proposals import AcceptProposalsView, ProposalViewSet

router = ContractRouter()
# The first of these would take the others' paths for ids.
router.register("pricing/branch-rules", pricing_rules.BranchRuleViewSet, basename="branch-price-rule")
router.register("pricing/margin-rules", pricing_rules.MarginRuleViewSet, basename="margin-rule")
router.register("pricing/estimates", estimates.EstimateRecordViewSet, basename="estimate")
router.register("pricing/changes", ChangeViewSet, basename="price-change")
router.register("pricing/proposals", ProposalViewSet, basename="price-proposal")
router.register("pricing", prices.PriceViewSet, basename="price")

_HISTORY: dict[str, Any] = {"get": "history"}

urlpatterns = [
    path("pricing/estimate", estimates.EstimateView.as_view()),
    path("pricing/estimates/report", estimates.EstimateReportView.as_view()),
    path("pricing/changes/<uuid:pk>/lines", ChangeViewSet.as_view({"get": "lines"})),
    path("pricing/changes/<uuid:pk>/apply", ChangeViewSet.as_view({"post": "apply"})),
    path("pricing/changes/<uuid:pk>/undo", ChangeViewSet.as_view({"post": "undo"})),
    path("pricing/proposals/accept", AcceptProposalsView.as_view()),
    path("pricing/proposals/<uuid:pk>/accept", ProposalViewSet.as_view({"post": "accept"})),
    path("pricing/proposals/<uuid:pk>/dismiss", ProposalViewSet.as_view({"post": "dismiss"})),
    path("pricing/import", PriceImportView.as_view()),
    path("pricing/export", PriceExportView.as_view({"get": "export"})),
    path("pricing/effective", prices.EffectiveView.as_view()),
    path("pricing/branch-rules/<uuid:pk>/history", pricing_rules.BranchRuleViewSet.as_view(_HISTORY)),
    path("pricing/margin-rules/<uuid:pk>/history", pricing_rules.MarginRuleViewSet.as_view(_HISTORY)),
    path("pricing/<uuid:pk>/history", prices.PriceViewSet.as_view(_HISTORY)),
    path("pricing/<uuid:pk>/replace", prices.PriceViewSet.as_view({"post": "replace"})),
    *router.urls,
]
