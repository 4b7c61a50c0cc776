"""What happens to the files of an order."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class AttachmentAdded(OrderEvent):
    event_type: ClassVar[str] = "repairs.attachment_added"
    attachment_id: UUID
    kind: str
    media: str
    for_customer: bool


@dataclass(frozen=True, kw_only=True)
class AttachmentChanged(OrderEvent):
    """A file is for other eyes, or of another kind, than before; ``changed`` names the fields."""

    event_type: ClassVar[str] = "repairs.attachment_changed"
    attachment_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ThumbnailMade(OrderEvent):
    event_type: ClassVar[str] = "repairs.thumbnail_made"
    attachment_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttachmentRemoved(OrderEvent):
    event_type: ClassVar[str] = "repairs.attachment_removed"
    attachment_id: UUID
