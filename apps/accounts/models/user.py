"""The account of a person: staff, or a customer who registered."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from apps.accounts.enums import STAFF, Role
from apps.accounts.rules import GRANTS, Reach, Right
from apps.core.models import Record
from apps.core.text import searchable

DEMO_DOMAIN = "demo.example"
# Never of the form of an e-mail address or a phone number: one identifier must not name two people.
USERNAME = r"^[A-Za-z][A-Za-z0-9._-]{2,59}$"
_RIGHTS = frozenset(Right)


def awaiting_approval() -> Q:
    """Staff whom nobody has confirmed: customers may come in at once, staff may not."""
    return Q(role__in=STAFF) & (Q(is_verified=False) | Q(is_approved=False))


def with_identifier(identifier: str) -> Q:
    """Whose e-mail, username or phone number this is."""
    text = identifier.strip()
    return Q(email=text.lower()) | Q(username=text.lower()) | Q(phone_number=text)


class UserManager(BaseUserManager["User"]):
    """Django's way to make a user from the command line."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "role": Role.ADMIN, "is_verified": True})


class User(Record, AbstractBaseUser):
    """A person who can log in. What they may do follows from the role alone (``accounts.rules``)."""

    # An address belongs to whoever has verified it; until then any number of accounts may claim it.
    email = models.EmailField(max_length=254, db_index=True)
    username = models.CharField(
        max_length=60,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(USERNAME)],
    )
    phone_number = models.CharField(max_length=20, db_index=True, null=True, blank=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role, default=Role.CUSTOMER)
    is_active = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=False)
    # Staff who registered themselves have no rights until an admin says so.
    is_approved = models.BooleanField(default=True)
    # When the person was taken out: the row stays for what refers to it, and nobody reads it any more.
    erased_at = models.DateTimeField(null=True, editable=False)
    # Raised to end every access token at once: each carries the version it was made under.
    auth_version = models.PositiveIntegerField(default=1, editable=False)
    search_text = models.CharField(max_length=600, editable=False, default="")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(is_verified=True), name="accounts_one_verified_user_per_email"
            ),
            models.UniqueConstraint(
                fields=["phone_number"], condition=Q(is_verified=True), name="accounts_one_verified_user_per_phone"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        self.username = self.username.lower() if self.username else None
        self.phone_number = self.phone_number or None
        self.search_text = searchable(self.first_name, self.last_name, self.email, self.username, self.phone_number)[
            :600
        ]
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def is_demo(self) -> bool:
        return self.email.endswith(f"@{DEMO_DOMAIN}")

    @property
    def awaits_approval(self) -> bool:
        """Whether this is staff whom nobody has confirmed: customers may come in at once, staff may not."""
        return self.role in STAFF and not (self.is_verified and self.is_approved)

    def get_session_auth_hash(self) -> str:
        # What ends every token ends the sessions of the pages too, not only a new password.
        return f"{super().get_session_auth_hash()}.{self.auth_version}"

    # Django's admin asks these; the admin classes then ask the role table for each model.
    @property
    def is_staff(self) -> bool:
        return self.role in {Role.ADMIN, Role.MANAGER}

    @property
    def is_superuser(self) -> bool:
        return self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the role table gives this user a right at all; Django's own names of permissions are an admin's."""
        if not self.is_active:
            return False
        return GRANTS[Right(perm)][Role(self.role)] > Reach.NONE if perm in _RIGHTS else self.role == Role.ADMIN

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff
