"""Routes of branches, items and stock."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.inventory.api import views
from apps.inventory.api.views.counts import CountViewSet
from apps.inventory.api.views.imports import ImportView, ItemExportView, LevelExportView
from apps.inventory.api.views.labels import LabelBatchView, LabelView
from apps.inventory.api.views.photos import ItemPhotoViewSet
from apps.inventory.api.views.purchasing import PurchaseNeedsView, PurchaseOrderViewSet
from apps.inventory.api.views.reordering import ReorderPointViewSet, ReorderProposalsView
from apps.inventory.api.views.suppliers import SupplierItemViewSet, SupplierViewSet
from apps.inventory.api.views.transfers import InTransitView, TransferViewSet

router = ContractRouter()
router.register("inventory/branches", views.BranchViewSet, basename="branch")
router.register("inventory/categories", views.CategoryViewSet, basename="category")
router.register("inventory/items", views.ItemViewSet, basename="item")
router.register("inventory/movements", views.MovementViewSet, basename="movement")
router.register("inventory/serials", views.SerialViewSet, basename="serial")
router.register("inventory/reservations", views.ReservationViewSet, basename="reservation")
router.register("inventory/transfers", TransferViewSet, basename="transfer")
router.register("inventory/stock-counts", CountViewSet, basename="stock-count")
router.register("inventory/suppliers", SupplierViewSet, basename="supplier")
router.register("inventory/supplier-items", SupplierItemViewSet, basename="supplier-item")
router.register("inventory/purchase-orders", PurchaseOrderViewSet, basename="purchase-order")
router.register("inventory/reorder-points", ReorderPointViewSet, basename="reorder-point")

urlpatterns = [
    *router.urls,
    path("inventory/stock-levels/branch/<uuid:branch_id>", views.BranchLevelsView.as_view()),
    path("inventory/stock-levels/low-stock", views.LowStockView.as_view()),
    path("inventory/stock-levels/items/<uuid:item_id>", views.ItemLevelsView.as_view()),
    path("inventory/stock-levels/<uuid:pk>/explain", views.ExplainView.as_view()),
    path("inventory/transfers/<uuid:pk>/send", TransferViewSet.as_view({"post": "send"})),
    path("inventory/transfers/<uuid:pk>/receive", TransferViewSet.as_view({"post": "receive"})),
    path("inventory/transfers/<uuid:pk>/cancel", TransferViewSet.as_view({"post": "cancel"})),
    path("inventory/stock-counts/<uuid:pk>/lines", CountViewSet.as_view({"get": "lines"})),
    path("inventory/stock-counts/<uuid:pk>/entries", CountViewSet.as_view({"post": "enter"})),
    path("inventory/stock-counts/<uuid:pk>/lines/<uuid:line_id>/recount", CountViewSet.as_view({"post": "recount"})),
    path("inventory/stock-counts/<uuid:pk>/post", CountViewSet.as_view({"post": "post_differences"})),
    path("inventory/stock-counts/<uuid:pk>/cancel", CountViewSet.as_view({"post": "cancel"})),
    path("inventory/purchase-orders/needs", PurchaseNeedsView.as_view()),
    path("inventory/purchase-orders/<uuid:pk>/order", PurchaseOrderViewSet.as_view({"post": "order"})),
    path("inventory/purchase-orders/<uuid:pk>/receive", PurchaseOrderViewSet.as_view({"post": "receive"})),
    path("inventory/purchase-orders/<uuid:pk>/cancel", PurchaseOrderViewSet.as_view({"post": "cancel"})),
    path("inventory/purchase-orders/<uuid:pk>/receipts", PurchaseOrderViewSet.as_view({"get": "receipts"})),
    path(
        "inventory/purchase-orders/<uuid:pk>/receipts/<uuid:receipt_id>/reverse",
        PurchaseOrderViewSet.as_view({"post": "reverse"}),
    ),
    path("inventory/reorder-proposals", ReorderProposalsView.as_view()),
    path("inventory/in-transit", InTransitView.as_view()),
    path("inventory/stock-value", views.StockValueView.as_view()),
    path("inventory/scan/<path:code>", views.ScanView.as_view()),
    path(
        "inventory/items/<uuid:pk>/photo",
        ItemPhotoViewSet.as_view({"get": "retrieve", "post": "replace", "delete": "remove"}),
    ),
    path("inventory/items/<uuid:pk>/label", LabelView.as_view()),
    path("inventory/labels", LabelBatchView.as_view()),
    path("inventory/items/export", ItemExportView.as_view({"get": "export"})),
    path("inventory/stock-levels/export", LevelExportView.as_view()),
    path("inventory/imports", ImportView.as_view()),
]
