"""Routes of sessions and customers."""

from django.urls import path

from apps.accounts.api.views import customers, login
from apps.core.api.routers import ContractRouter

router = ContractRouter()
router.register("customers", customers.CustomerViewSet, basename="customer")

urlpatterns = [
    path("auth/login", login.LoginView.as_view()),
    path("auth/refresh-token", login.RefreshView.as_view()),
    path("auth/refresh", login.RefreshView.as_view()),
    path("auth/logout", login.LogoutView.as_view()),
    path("auth/logout-all", login.LogoutAllView.as_view()),
    path("auth/me", login.MeView.as_view()),
    path("customers/<uuid:pk>/merge", customers.CustomerViewSet.as_view({"post": "merge"})),
    *router.urls,
]
