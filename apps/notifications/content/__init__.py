"""What is written to customers unless the shop words it otherwise: a module for each language."""

from collections.abc import Mapping

from apps.notifications.content import de, en, es, fr
from apps.notifications.content.wording import Wording
from apps.notifications.enums import MessageEvent

DEFAULT_LANGUAGE = "en"
WORDINGS: Mapping[str, Mapping[MessageEvent, Wording]] = {
    "en": en.WORDINGS,
    "de": de.WORDINGS,
    "es": es.WORDINGS,
    "fr": fr.WORDINGS,
}

__all__ = ["DEFAULT_LANGUAGE", "WORDINGS", "Wording"]
