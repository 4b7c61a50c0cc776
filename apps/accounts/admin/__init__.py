"""People in the back office."""

from apps.accounts.admin.customers import CustomerAdmin
from apps.accounts.admin.entry import require_second_factor
from apps.accounts.admin.users import SessionAdmin, UserAdmin

__all__ = ["CustomerAdmin", "SessionAdmin", "UserAdmin", "require_second_factor"]
