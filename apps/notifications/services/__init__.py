"""Making messages and sending them."""

from apps.notifications.services.callbacks import (
    hear,
)
from apps.notifications.services.consents import (
    decide_by_link,
    decide_by_sms,
)
from apps.notifications.services.forgetting import (
    forget_customer,
)
from apps.notifications.services.messages import (
    tell_by_email,
    tell_customer,
)
from apps.notifications.services.muting import (
    mute,
    unmute,
)
from apps.notifications.services.planning import (
    Planned,
    plan,
    plan_status,
)
from apps.notifications.services.purging import (
    purge,
)
from apps.notifications.services.retrying import (
    RETRIED,
    retry,
)
from apps.notifications.services.sending import (
    send,
    sweep,
)
from apps.notifications.services.templates import (
    Preview,
    check_template,
    preview_template,
    reword,
)

__all__ = [
    "Planned", "Preview", "RETRIED", "check_template", "decide_by_link", "decide_by_sms", "forget_customer", "hear",
    "mute", "plan", "plan_status", "preview_template", "purge", "retry", "reword", "send", "sweep", "tell_by_email",
    "tell_customer", "unmute",
]  # fmt: skip
