"""Routes of prices."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api.views import estimates, prices

router = ContractRouter()
router.register("pricing/estimates", estimates.EstimateRecordViewSet, basename="estimate")
router.register("pricing", prices.PriceViewSet, basename="price")

urlpatterns = [
    path("pricing/estimate", estimates.EstimateView.as_view()),
    path("pricing/estimates/report", estimates.EstimateReportView.as_view()),
    path("pricing/<uuid:pk>/history", prices.PriceViewSet.as_view({"get": "history"})),
    *router.urls,
]
