"""In which order a message comes to its states, whatever order a provider tells of them."""

from apps.notifications.enums import Channel, Status

_RANK = {
    Status.PENDING: 0,
    Status.SENDING: 1,
    Status.UNCERTAIN: 1,
    Status.SENT: 2,
    Status.DELIVERED: 3,
    Status.FAILED: 3,
}
# A second code replaces the first, and a second mail says the same as the first: a lost one would be worse. Of an SMS the
# provider is asked (`channels.sms`), so that it does not cost twice.
SENT_AGAIN_UNASKED = frozenset({Channel.EMAIL})


def goes_to(now: Status, told: Status) -> bool:
    """Whether a provider's word ``told`` changes a message that is ``now``: forward only, and the first end stays."""
    return now in _RANK and told in _RANK and _RANK[told] > _RANK[now]
