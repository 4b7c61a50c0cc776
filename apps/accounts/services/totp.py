"""Authenticator apps: time-based one-time passwords (RFC 6238 with its defaults: SHA-1, 30 seconds; six digits)."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

import pyotp
import segno
from django.db import transaction
from django.utils import timezone
from pyotp.exceptions import OTPVerificationError

from apps.accounts.models import TotpDevice, User
from apps.accounts.services.recovery_codes import make_recovery_codes
from apps.accounts.services.second_factor import factor_added, require_recent_second_factor
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed

ISSUER = "Mendery"
DRIFT = 1  # steps that a phone's clock may be before or behind ours


@dataclass(frozen=True)
class TotpSetup:
    """What an app needs: the secret in base32, the same as an ``otpauth:`` address, and that as an SVG image."""

    secret: str
    otpauth_url: str
    qr_svg: str


@transaction.atomic
def begin_totp(user: User, *, actor: Actor) -> TotpSetup:
    """A new secret, which counts once ``confirm_totp`` has seen a code of it; a confirmed one goes on until then.

    Raises ``MfaRequired`` for who has a second factor and has not given it just now.
    """
    require_recent_second_factor(actor)
    User.objects.select_for_update().get(pk=user.pk)
    secret = pyotp.random_base32()
    TotpDevice.objects.filter(user=user, confirmed_at__isnull=True).delete()
    TotpDevice.objects.create(user=user, secret=secret)
    url = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    # A light ground of its own: a scanner cannot read it on a dark page.
    return TotpSetup(secret, url, _as_svg(url))


def _as_svg(text: str) -> str:
    """A QR code that is an image by itself as well as a part of a page."""
    image = BytesIO()
    segno.make(text, error="m").save(image, kind="svg", xmldecl=False, nl=False, scale=4, light="white")
    return image.getvalue().decode()


@transaction.atomic
def confirm_totp(user: User, code: str, *, actor: Actor) -> list[str]:
    """The app counts from now on, in place of an older one; the answer is ten new recovery codes.

    This session has its second factor, every other one of the user ends. Raises ``ValidationFailed`` on ``code``,
    ``Conflict`` when nothing waits for a code, ``MfaRequired`` as ``begin_totp``.
    """
    require_recent_second_factor(actor)
    User.objects.select_for_update().get(pk=user.pk)
    device = TotpDevice.objects.filter(user=user, confirmed_at__isnull=True).first()
    if device is None:
        raise Conflict("Set up an authenticator app first.")
    now = timezone.now()
    step = matching_step(device.secret, code, now)
    if step is None:
        raise ValidationFailed.on("code", "invalid", "This is not the code that the app shows now.")
    TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).delete()
    device.confirmed_at, device.last_step = now, step
    device.save(update_fields=["confirmed_at", "last_step"])
    factor_added(user, "totp_added", actor=actor)
    return make_recovery_codes(user)


def use_totp(user_id: UUID, code: str, now: datetime) -> bool:
    """Spend a code of the user's app: neither it nor one before it is good again. Whether it was good."""
    device = TotpDevice.objects.filter(user_id=user_id, confirmed_at__isnull=False).first()
    step = matching_step(device.secret, code, now) if device else None
    if device is None or step is None:
        return False
    # One conditional statement: of many uses at once one succeeds.
    return TotpDevice.objects.filter(pk=device.pk, last_step__lt=step).update(last_step=step) == 1


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step (seconds since 1970 by 30) whose code this is, at most one before or after that of ``at``."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=at, valid_window=DRIFT)
    except OTPVerificationError:
        return None
