"""Routes of prices."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.pricing.api import views

router = ContractRouter()
router.register("pricing", views.PriceViewSet, basename="price")

urlpatterns = [
    path("pricing/estimate", views.EstimateView.as_view()),
    path("pricing/<uuid:pk>/history", views.PriceViewSet.as_view({"get": "history"})),
    *router.urls,
]
