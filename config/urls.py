"""The URL map: the only place that knows every door."""

from django.templatetags.static import static
from django.urls import include, path, re_path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from apps.core import views
from apps.core.admin_site import site as back_office
from apps.dashboard.views import booking, track, tracked_file, unsubscribe

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

# The busiest first: each pattern before the right one is tried with every request.
api = [
    path("", include("apps.repairs.api.urls")),
    path("", include("apps.inventory.api.urls")),
    path("", include("apps.accounts.api.urls")),
    path("", include("apps.catalog.api.urls")),
    path("", include("apps.pricing.api.urls")),
    path("", include("apps.reports.api.urls")),
    path("", include("apps.notifications.api.urls")),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("", views.root),
    # Found when it is asked for: the names of static files are made after this module is read.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("dashboard/icon.svg"))),
    path("health", views.health_report),
    path("health/live", views.live),
    path("health/ready", views.ready),
    path("api/schema", views.SchemaView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api(?:/.*)?$", views.no_such_route),
    path("admin/", back_office.urls),
    path("track/<str:token>/", track, name="track"),
    path("track/<str:token>/files/<uuid:pk>/", tracked_file, name="track-file"),
    path("track/<str:token>/files/<uuid:pk>/small/", tracked_file, {"thumbnail": True}, name="track-small"),
    path("booking/<str:token>/", booking, name="booking"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("dashboard/", include("apps.dashboard.urls")),
]
