"""Routes of sessions and customers."""

from django.urls import path

from apps.accounts.api import views
from apps.core.api.routers import ContractRouter

router = ContractRouter()
router.register("customers", views.CustomerViewSet, basename="customer")

urlpatterns = [
    path("auth/login", views.LoginView.as_view()),
    path("auth/refresh-token", views.RefreshView.as_view()),
    path("auth/refresh", views.RefreshView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
    path("auth/logout-all", views.LogoutAllView.as_view()),
    path("auth/me", views.MeView.as_view()),
    path("customers/<uuid:pk>/merge", views.CustomerViewSet.as_view({"post": "merge"})),
    *router.urls,
]
