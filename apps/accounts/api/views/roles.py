"""Doors that each role has for itself: the own profile and the way out."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import user_shapes
from apps.accounts.api.serializers import LogoutSerializer, UserSerializer
from apps.accounts.api.views.login import LogoutView
from apps.accounts.api.views.users import UserRecords
from apps.accounts.enums import Role
from apps.accounts.rules import Right, require_role
from apps.core.api.endpoints import Endpoint
from apps.core.api.views import Work


class ProfileViewSet(UserRecords):
    """The caller's own account, for callers of one role."""

    role = Role.ADMIN
    endpoints = {
        "retrieve": Endpoint(Right.SIGNED_IN, answer=UserSerializer),
        "update": Endpoint(Right.SIGNED_IN, user_shapes.ProfileSerializer, UserSerializer),
    }

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_role(self.actor, self.role)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().retrieve(request, pk=self.actor.id)

    def update(self, request: Request, pk: UUID) -> Response:
        return self.save_profile(pk)

    def _write(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        return super()._write(handler, request, pk=self.actor.id)


class RoleLogoutView(LogoutView):
    """``auth/logout`` for callers of one role."""

    role = Role.ADMIN
    endpoints = {"post": Endpoint(Right.SIGNED_IN, LogoutSerializer, status=204)}

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_role(self.actor, self.role)
