"""An e-mail address has one form, whatever was typed."""

from __future__ import annotations

import pytest

from apps.core.emails import normalised
from apps.core.identifiers import as_identifier

IN_ONE_FORM = [
    ("Ada@Mail.Example", "ada@mail.example"),
    ("miKe@mail.example", "mike@mail.example"),
    ("ſam@mail.example", "sam@mail.example"),
    ("ａｄａ@ｍａｉｌ.example", "ada@mail.example"),
    ("ada＠mail.example", "ada@mail.example"),
    ("ada@mail。example", "ada@mail.example"),
    ("ada@MÜLLER.example", "ada@müller.example"),
    ("ada@mu\u0308ller.example", "ada@müller.example"),
    ("ada@xn--mller-kva.example", "ada@müller.example"),
    ("ada@straße.example", "ada@strasse.example"),
    ("ada@xn--strae-oqa.example", "ada@xn--strae-oqa.example"),
    ("ada@[127.0.0.1]", "ada@[127.0.0.1]"),
    # What only looks alike is somebody else's.
    ("mike@gıthub.example", "mike@gıthub.example"),
    ("mıke@mail.example", "mıke@mail.example"),
    ("", ""),
    ("Ada", "ada"),
]


@pytest.mark.parametrize(("typed", "kept"), IN_ONE_FORM)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalised(typed) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize("typed", ["ada@" + "ü" * 60 + ".example", "ada@" + "a" * 64 + ".example", "ada@a..example"])
def test_a_domain_to_which_nothing_can_be_sent_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match="label"):
        normalised(typed)


def test_what_is_too_long_is_left_to_the_field() -> None:
    assert normalised("A@" + "ü" * 100_000) == "a@" + "ü" * 100_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" Ada@Müller.Example ", "ada@müller.example"),
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("(+44) 7700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("ada@a..b", "ada@a..b"),
        ("007", "007"),
        ("Ada.L", "Ada.L"),
    ],
)
def test_an_identifier_is_looked_up_in_the_form_in_which_it_is_kept(typed: str, meant: str) -> None:
    assert as_identifier(typed) == meant
