"""Routes of accounts, and those that each role has for itself."""

from typing import Any

from django.urls import path

from apps.accounts.api.views.roles import ProfileViewSet, RoleLogoutView
from apps.accounts.api.views.users import AdminUserViewSet, UserViewSet
from apps.accounts.enums import Role


def _users(**actions: Any) -> Any:
    return UserViewSet.as_view(actions)


def _of_role(role: Role) -> list[Any]:
    own = ProfileViewSet.as_view({"get": "retrieve", "put": "update"}, role=role)
    return [
        path(f"{role}/auth/profile", own),
        path(f"{role}/auth/logout", RoleLogoutView.as_view(role=role)),
    ]


urlpatterns = [
    path("users", _users(get="list")),
    path("users/search", _users(get="list")),
    path("users/<uuid:pk>", _users(get="retrieve", delete="destroy")),
    path("users/<uuid:pk>/profile", _users(put="change_profile")),
    path("users/<uuid:pk>/status", _users(put="change_status")),
    path("users/<uuid:pk>/activity", _users(get="activity")),
    path("admin/auth/users", AdminUserViewSet.as_view({"get": "list"})),
    path("admin/auth/users/<uuid:pk>", AdminUserViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("admin/auth/users/<uuid:pk>/status", AdminUserViewSet.as_view({"put": "change_status"})),
    *(route for role in Role for route in _of_role(role)),
]
