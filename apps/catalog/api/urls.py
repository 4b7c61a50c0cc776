"""Routes of the catalogue."""

from apps.catalog.api import views
from apps.core.api.routers import ContractRouter

router = ContractRouter()
router.register("catalog/brands", views.BrandViewSet, basename="brand")
router.register("catalog/device-models", views.DeviceModelViewSet, basename="device-model")
router.register("catalog/repair-types", views.RepairTypeViewSet, basename="repair-type")
router.register("catalog/part-types", views.PartTypeViewSet, basename="part-type")

urlpatterns = router.urls
