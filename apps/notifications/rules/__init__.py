"""When, how often and how a message is sent, and what it may say."""

from apps.notifications.rules.callbacks import BLOCKED_CODES, Said, said_by_sendgrid, said_by_twilio
from apps.notifications.rules.consents import REFUSABLE, granted_by, is_number, read_unsubscribe_token, unsubscribe_path
from apps.notifications.rules.kinds import (
    CUSTOMER_CHANNELS,
    FIRST,
    OF_STATUS,
    USUAL,
    WORDED,
    is_replaced_by_newer,
    priority_of,
    purpose_of,
    variables_of,
    waits_for_morning,
)
from apps.notifications.rules.progress import SENT_AGAIN_UNASKED, goes_to
from apps.notifications.rules.sms import MOST_SEGMENTS, Segments, segments
from apps.notifications.rules.timing import (
    ATTEMPTS,
    LEASE,
    PER_HOUR,
    WINDOW,
    quiet_until,
    wait_after,
    worth_until,
)
from apps.notifications.rules.wording import one_line, problems, rendered

__all__ = [
    "ATTEMPTS", "BLOCKED_CODES", "CUSTOMER_CHANNELS", "FIRST", "LEASE", "MOST_SEGMENTS", "OF_STATUS", "PER_HOUR",
    "REFUSABLE", "SENT_AGAIN_UNASKED", "Said", "Segments", "USUAL", "WINDOW", "WORDED", "goes_to", "granted_by",
    "is_number", "is_replaced_by_newer", "one_line", "priority_of", "problems", "purpose_of", "quiet_until",
    "read_unsubscribe_token", "rendered", "said_by_sendgrid", "said_by_twilio", "segments", "unsubscribe_path",
    "variables_of", "wait_after", "waits_for_morning", "worth_until",
]  # fmt: skip
