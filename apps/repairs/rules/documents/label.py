"""What is stuck onto a device, so that it is never taken for another."""

from apps.repairs.rules.documents.facts import LabelFacts
from apps.repairs.rules.documents.words import words_for


def label_texts(facts: LabelFacts) -> list[str]:
    """The lines beside the code, the most important first."""
    words = words_for(facts.locale, facts.zone)
    promised = words.day_of(facts.promised) if facts.promised else ""
    return [line for line in (facts.number, facts.model, facts.customer, promised) if line]
