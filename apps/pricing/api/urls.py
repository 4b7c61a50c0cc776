"""Routes of prices."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api.views import prices

router = ContractRouter()
router.register("pricing", prices.PriceViewSet, basename="price")

urlpatterns = [
    path("pricing/estimate", prices.EstimateView.as_view()),
    path("pricing/<uuid:pk>/history", prices.PriceViewSet.as_view({"get": "history"})),
    *router.urls,
]
