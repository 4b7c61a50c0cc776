"""Everything that changes users, sessions and customers."""

from apps.accounts.services.challenges import (
    Judge,
    begin_challenge,
    open_challenge,
    pass_challenge,
    purge_challenges,
)
from apps.accounts.services.claims import purge_claims
from apps.accounts.services.codes import LIFETIME as CODE_LIFETIME
from apps.accounts.services.codes import make_code, purge_codes
from apps.accounts.services.customers import create_customer, erase_customer, merge_customers, update_customer
from apps.accounts.services.lockout import purge_failures
from apps.accounts.services.login import change_own_password, log_in, require_own_password
from apps.accounts.services.page_sessions import (
    end_page_session,
    live_page_session,
    open_page_session,
    purge_page_sessions,
)
from apps.accounts.services.password_reset import request_reset, reset_password
from apps.accounts.services.proofs import (
    SecondFactorNeeded,
    ask_second_factor,
    by_code,
    finish_log_in,
    remove_totp,
    step_up,
)
from apps.accounts.services.recovery_codes import make_recovery_codes_if_none
from apps.accounts.services.registration import NewAccount, claim_account, register
from apps.accounts.services.removal import delete_user
from apps.accounts.services.second_factor import (
    factor_added,
    factor_removed,
    renew_recovery_codes,
    require_factor_of_role,
    require_recent_second_factor,
    reset_second_factor,
)
from apps.accounts.services.sessions import (
    Device,
    TokenPair,
    authenticate,
    end_all_sessions,
    end_other_sessions,
    end_session,
    purge_sessions,
    refresh,
    require_confirmed,
)
from apps.accounts.services.status import StatusRequest, change_role, change_status, set_active
from apps.accounts.services.totp import TotpSetup, begin_totp, confirm_totp
from apps.accounts.services.users import create_user, give_password, set_password, update_user
from apps.accounts.services.verification import resend_code, verify

__all__ = [
    "CODE_LIFETIME", "Device", "Judge", "NewAccount", "SecondFactorNeeded", "StatusRequest", "TokenPair", "TotpSetup",
    "ask_second_factor", "authenticate", "begin_challenge", "begin_totp", "by_code", "change_own_password",
    "change_role", "change_status", "claim_account", "confirm_totp", "create_customer", "create_user", "delete_user",
    "end_all_sessions", "end_other_sessions", "end_page_session", "end_session", "erase_customer", "factor_added",
    "factor_removed", "finish_log_in", "give_password", "live_page_session", "log_in", "make_code",
    "make_recovery_codes_if_none", "merge_customers", "open_challenge", "open_page_session", "pass_challenge",
    "purge_challenges", "purge_claims", "purge_codes", "purge_failures", "purge_page_sessions", "purge_sessions",
    "refresh", "register", "remove_totp", "renew_recovery_codes", "request_reset", "require_confirmed",
    "require_factor_of_role", "require_own_password", "require_recent_second_factor", "resend_code", "reset_password",
    "reset_second_factor", "set_active", "set_password", "step_up", "update_customer", "update_user", "verify",
]  # fmt: skip
