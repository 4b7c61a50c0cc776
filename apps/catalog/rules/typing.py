"""Which word somebody meant who made a mistake in typing."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA

SHORTEST = 4  # letters: a shorter word has too many neighbours
_LONG = 8


def meant_by(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word of the vocabulary that is nearest, of several the most frequent; none where all are too far away.

    A letter too many, too few, wrong, or two in the wrong order; two such mistakes in a long word.
    """
    allowed = 2 if len(word) >= _LONG else 1
    near = [
        (OSA.distance(word, known, score_cutoff=allowed), -times, known)
        for known, times in vocabulary.items()
        if abs(len(known) - len(word)) <= allowed
    ]
    best = min((one for one in near if one[0] <= allowed), default=None)
    return best[2] if best else None
