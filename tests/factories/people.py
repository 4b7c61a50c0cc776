"""Users and customers."""

from __future__ import annotations

import factory

from apps.accounts.models import Customer, User
from apps.core.actor import Actor
from apps.inventory.models import Branch, BranchMembership

PASSWORD = "Correct-Horse-9"
_hashes: dict[str, str] = {}


def _hashed(hasher: str) -> str:
    if hasher not in _hashes:
        user = User()
        user.set_password(PASSWORD)
        _hashes[hasher] = user.password
    return _hashes[hasher]


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@shop.example")
    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Miller {n}")
    role = "technician"
    is_verified = True
    password = factory.LazyFunction(lambda: _hashed("default"))


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    first_name = "Kim"
    last_name = factory.Sequence(lambda n: f"Carter {n}")
    phone = factory.Sequence(lambda n: f"+4477009{n:05d}")


def member(role: str, branch: Branch | None, **fields: object) -> User:
    """A user with a role who works at a branch."""
    user: User = UserFactory(role=role, **fields)
    if branch is not None:
        BranchMembership.objects.create(user=user, branch=branch)
    return user


def actor_for(user: User) -> Actor:
    return Actor.user(user)
