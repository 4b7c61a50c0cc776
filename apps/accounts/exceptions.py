"""Why somebody does not get in."""

from apps.core.exceptions import DomainError, Unavailable


class InvalidCredentials(DomainError):
    """Unknown identifier or wrong password: the answer is the same."""

    code = "INVALID_CREDENTIALS"


class AccountInactive(DomainError):
    """The password was right, but the account has been deactivated."""

    code = "ACCOUNT_INACTIVE"


class AccountUnverified(DomainError):
    """The password was right, but nobody has confirmed yet that this person works here."""

    code = "ACCOUNT_UNVERIFIED"


class Unauthorized(DomainError):
    """No token, or one that is not ours."""

    code = "UNAUTHORIZED"


class TokenExpired(DomainError):
    """The token was ours and its time is over."""

    code = "TOKEN_EXPIRED"


class TokenRevoked(DomainError):
    """The session of the token has ended."""

    code = "TOKEN_REVOKED"


class MfaRequired(DomainError):
    """A second factor is needed here: set up, or given again."""

    code = "MFA_REQUIRED"


class TooManyTries(DomainError):
    """Nothing is heard from there for ``retry_after`` seconds, right or wrong."""

    code = "RATE_LIMITED"
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many tries. Wait {retry_after} seconds and try again.")
        self.retry_after = retry_after


class TooBusy(Unavailable):
    """So many passwords are being compared that one more would take the last thread that answers requests."""

    retry_after = 2

    def __init__(self) -> None:
        super().__init__("Too many people are logging in at this moment; try again in a few seconds.")
