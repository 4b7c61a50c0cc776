"""Routes of branches, items and stock."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.inventory.api import views

router = ContractRouter()
router.register("inventory/branches", views.BranchViewSet, basename="branch")
router.register("inventory/categories", views.CategoryViewSet, basename="category")
router.register("inventory/items", views.ItemViewSet, basename="item")
router.register("inventory/movements", views.MovementViewSet, basename="movement")

urlpatterns = [
    *router.urls,
    path("inventory/stock-levels/branch/<uuid:branch_id>", views.BranchLevelsView.as_view()),
    path("inventory/stock-levels/low-stock", views.LowStockView.as_view()),
    path("inventory/stock-levels/items/<uuid:item_id>", views.ItemLevelsView.as_view()),
    path("inventory/stock-levels/<uuid:pk>/explain", views.ExplainView.as_view()),
    path("inventory/scan/<path:code>", views.ScanView.as_view()),
]
