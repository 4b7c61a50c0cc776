"""Routes of prices."""

from typing import Any

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api.views import estimates, prices, pricing_rules

router = ContractRouter()
# The first of these would take the others' paths for ids.
router.register("pricing/branch-rules", pricing_rules.BranchRuleViewSet, basename="branch-price-rule")
router.register("pricing/margin-rules", pricing_rules.MarginRuleViewSet, basename="margin-rule")
router.register("pricing/estimates", estimates.EstimateRecordViewSet, basename="estimate")
router.register("pricing", prices.PriceViewSet, basename="price")

_HISTORY: dict[str, Any] = {"get": "history"}

urlpatterns = [
    path("pricing/estimate", estimates.EstimateView.as_view()),
    path("pricing/estimates/report", estimates.EstimateReportView.as_view()),
    path("pricing/effective", prices.EffectiveView.as_view()),
    path("pricing/branch-rules/<uuid:pk>/history", pricing_rules.BranchRuleViewSet.as_view(_HISTORY)),
    path("pricing/margin-rules/<uuid:pk>/history", pricing_rules.MarginRuleViewSet.as_view(_HISTORY)),
    path("pricing/<uuid:pk>/history", prices.PriceViewSet.as_view(_HISTORY)),
    path("pricing/<uuid:pk>/replace", prices.PriceViewSet.as_view({"post": "replace"})),
    *router.urls,
]
