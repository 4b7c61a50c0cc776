"""Text as it is searched, and as it is kept when people paste it."""

import pytest

from apps.core.text import plain, searchable


@pytest.mark.parametrize(
    ("parts", "found_as"),
    [
        (("Jürgen", "MÜLLER"), "jurgen muller"),
        (("  Kim \t  Carter ",), "kim carter"),
        (("Straße",), "strasse"),
        (("Ångström",), "angstrom"),
        (("ليلى", "حداد"), "ليلى حداد"),
        (("ΣΊΣΥΦΟΣ",), "σισυφοσ"),
        (("ﬁxed １２",), "fixed 12"),
        ((None, "", "x"), "x"),
        ((), ""),
    ],
)
def test_searchable_folds_case_accents_width_and_spaces(parts: tuple[str | None, ...], found_as: str) -> None:
    assert searchable(*parts) == found_as


def test_searchable_is_the_same_when_done_again() -> None:
    once = searchable("Jürgen O’BRIEN ﷺ İstanbul")

    assert searchable(once) == once


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<p>cracked</p><p>screen</p>", "cracked\nscreen"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("AT&amp;T &amp;lt;3", "AT&T <3"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("one\\r\\ntwo\\nthree", "one\ntwo\nthree"),
        ("a\r\n\r\n\r\n\r\nb", "a\n\nb"),
        ("nul\0 bell\x07 zero\u200bwidth", "nul bell zerowidth"),
        ("  wide \t gaps  ", "wide gaps"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("", ""),
    ],
)
def test_plain_keeps_the_words_and_the_line_breaks(pasted: str, kept: str) -> None:
    assert plain(pasted) == kept
