"""Doors to accounts: the list, one of them, what has happened to it, and who is let in."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, services
from apps.accounts.api import filters, user_shapes
from apps.accounts.api.serializers import UserSerializer
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.views import ResourceViewSet


class UserRecords(ResourceViewSet):
    """The accounts that the caller may read."""

    model = User
    searchable = True
    filterset_class = filters.UserFilter
    ordering = {
        "createdAt": "created_at", "updatedAt": "updated_at", "lastName": "last_name", "firstName": "first_name",
        "email": "email", "role": "role", "lastLogin": "last_login",
    }  # fmt: skip

    def records(self) -> QuerySet[User]:
        return selectors.users_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.users_found_by(queryset, text)

    def change_status(self, request: Request, pk: UUID) -> Response:
        given = self.validated()
        role = Role(given["role"]) if "role" in given else None
        wanted = services.StatusRequest(given["is_active"], role, given["reason"])
        services.change_status(pk, wanted, actor=self.actor)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_user(pk, actor=self.actor)
        return Response(status=204)

    def save_profile(self, pk: UUID) -> Response:
        services.update_user(pk, self.validated(current=self.current(pk)), actor=self.actor)
        return self.answer(pk)


class AdminUserViewSet(UserRecords):
    """All accounts, for admins."""

    endpoints = {
        "list": Endpoint(Right.USERS_WRITE, answer=UserSerializer, paged=True),
        "retrieve": Endpoint(Right.USERS_WRITE, answer=UserSerializer),
        "change_status": Endpoint(Right.USERS_WRITE, user_shapes.AccountStatusSerializer, UserSerializer),
        "destroy": Endpoint(Right.USERS_WRITE, status=204),
    }


class UserViewSet(UserRecords):
    """Accounts, as far as the caller's role reaches."""

    endpoints = {
        "list": Endpoint(Right.USERS_READ, answer=UserSerializer, paged=True),
        "retrieve": Endpoint(Right.USERS_READ, answer=UserSerializer),
        "change_profile": Endpoint(Right.SIGNED_IN, user_shapes.ProfileSerializer, UserSerializer),
        "change_status": Endpoint(Right.USERS_ACTIVATE, user_shapes.ActivationSerializer, UserSerializer),
        "destroy": Endpoint(Right.USERS_REMOVE, status=204),
        "activity": Endpoint(Right.USERS_READ, answer=user_shapes.ActivityShape, paged=True),
    }

    def change_profile(self, request: Request, pk: UUID) -> Response:
        return self.save_profile(pk)

    def activity(self, request: Request, pk: UUID) -> Response:
        """Newest first. From where others did something is for admins, as their sessions are."""
        self.require_in_scope(pk)
        events = selectors.activity_of(pk, actor=self.actor)
        answer = self.page(events, user_shapes.ActivityShape, default_ordering=("-created_at",))
        for item in answer.data["items"]:
            if not selectors.sees_address(self.actor, by=item["actor"]["id"], about=item["userId"]):
                item["address"] = None
        return answer
