"""Routes of the catalogue."""

from django.urls import path

from apps.catalog.api import views
from apps.core.api.routers import ContractRouter

router = ContractRouter()
router.register("catalog/brands", views.BrandViewSet, basename="brand")
router.register("catalog/device-models", views.DeviceModelViewSet, basename="device-model")
router.register("catalog/repair-types", views.RepairTypeViewSet, basename="repair-type")
router.register("catalog/part-types", views.PartTypeViewSet, basename="part-type")
router.register("catalog/notices", views.NoticeViewSet, basename="notice")

urlpatterns = [
    *router.urls,
    path("catalog/device-models/<uuid:pk>/merge", views.DeviceModelViewSet.as_view({"post": "merge"})),
    path("catalog/imei/<str:imei>", views.ImeiView.as_view()),
]
