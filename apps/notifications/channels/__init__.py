"""The only code that talks to those who carry messages: one class for each way, behind one small interface."""

from collections.abc import Mapping

from apps.notifications.channels.base import MessageChannel, Outgoing, Result
from apps.notifications.channels.email import EmailChannel
from apps.notifications.channels.sms import SmsChannel
from apps.notifications.enums import Channel

CHANNELS: Mapping[Channel, MessageChannel] = {Channel.EMAIL: EmailChannel(), Channel.SMS: SmsChannel()}


def channel_of(name: str) -> MessageChannel:
    """The channel of this name."""
    return CHANNELS[Channel(name)]


__all__ = ["CHANNELS", "MessageChannel", "Outgoing", "Result", "channel_of"]
