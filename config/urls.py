"""The URL map: the only place that knows every door."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.core import views

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

api = [
    path("", include("apps.accounts.api.urls")),
    path("", include("apps.catalog.api.urls")),
    path("", include("apps.inventory.api.urls")),
    path("", include("apps.pricing.api.urls")),
    path("", include("apps.repairs.api.urls")),
]

urlpatterns = [
    path("", views.root),
    path("health", views.health_report),
    path("health/live", views.live),
    path("health/ready", views.ready),
    path("api/v1/", include(api)),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api(?:/.*)?$", views.no_such_route),
    path("admin/", admin.site.urls),
]
