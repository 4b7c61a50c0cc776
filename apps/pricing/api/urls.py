"""Routes of prices."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api.views import prices
from apps.pricing.api.views.imports import PriceExportView, PriceImportView

router = ContractRouter()
router.register("pricing", prices.PriceViewSet, basename="price")

urlpatterns = [
    path("pricing/import", PriceImportView.as_view()),
    path("pricing/export", PriceExportView.as_view({"get": "export"})),
    path("pricing/estimate", prices.EstimateView.as_view()),
    path("pricing/<uuid:pk>/history", prices.PriceViewSet.as_view({"get": "history"})),
    *router.urls,
]
