"""Users, their sessions, and customers."""

from apps.accounts.models.customer import Customer
from apps.accounts.models.session import Session
from apps.accounts.models.user import User

__all__ = ["Customer", "Session", "User"]
