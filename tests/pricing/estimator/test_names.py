"""What the name of a model says."""

import pytest

from apps.pricing.estimator.names import ModelName, close_to, parse_name


@pytest.mark.parametrize(
    ("brand", "name", "meant"),
    [
        ("Apple", "iPhone 13 Pro Max", ModelName("apple|iphone", 13.0, frozenset({"pro", "max"}), None, None)),
        ("Apple", "Apple iphone13promax", ModelName("apple|iphone", 13.0, frozenset({"pro", "max"}), None, None)),
        ("Apple", "iPhone X", ModelName("apple|iphone", 10.0, frozenset(), None, None)),
        ("Apple", "iPhone XS Max", ModelName("apple|iphone", 10.0, frozenset({"s", "max"}), None, None)),
        ("Apple", "iPhone SE (2020)", ModelName("apple|iphone", None, frozenset({"se"}), 2020, None)),
        ("Apple", "iPad Pro 12.9", ModelName("apple|ipad", None, frozenset({"pro"}), None, 12.9)),
        ("Samsung", "Galaxy S21+ 5G", ModelName("samsung|s", 21.0, frozenset({"plus", "5g"}), None, None)),
        ("Samsung", "s21plus 5g", ModelName("samsung|s", 21.0, frozenset({"plus", "5g"}), None, None)),
        ("Samsung", "A52s", ModelName("samsung|a", 52.0, frozenset({"s"}), None, None)),
        ("Samsung", "Galaxy A32 A325F", ModelName("samsung|a", 32.0, frozenset(), None, None)),
        ("Samsung", "Z Fold5", ModelName("samsung|z", 5.0, frozenset({"fold"}), None, None)),
        ("Xiaomi", "Redmi Note 11 Pro", ModelName("xiaomi|redminote", 11.0, frozenset({"pro"}), None, None)),
        ("Motorola", "Moto G6 XT1925-4", ModelName("motorola|g", 6.0, frozenset(), None, None)),
        ("Motorola", "Edge 20 Lite", ModelName("motorola|edge", 20.0, frozenset({"lite"}), None, None)),
        ("Sony", "Xperia 1 III", ModelName("sony|", 1.0, frozenset({"iii"}), None, None)),
        ("OnePlus", "Ace II", ModelName("oneplus|ace", 2.0, frozenset(), None, None)),
        ("Huawei", "Y9 2019", ModelName("huawei|y", 9.0, frozenset(), 2019, None)),
        ("Alcatel", "5056", ModelName("alcatel|", 5056.0, frozenset(), None, None)),
        ("", "", ModelName("|", None, frozenset(), None, None)),
        ("Acme", "📱", ModelName("acme|", None, frozenset(), None, None)),
    ],
)
def test_name_is_taken_apart(brand: str, name: str, meant: ModelName) -> None:
    assert parse_name(brand, name) == meant


def test_watch_size_is_read_in_inches() -> None:
    found = parse_name("Apple", "Apple Watch Series 7 41mm")

    assert (found.series, found.number) == ("apple|watch", 7.0)
    assert found.size == pytest.approx(1.614, abs=0.001)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("iphnoe", "iphone"),
        ("iphon", "iphone"),
        ("iphonee", "iphone"),
        ("iphome", "iphone"),
        ("ipad", None),
        ("iphomme", None),
    ],
)
def test_one_typing_error_is_seen_through(word: str, meant: str | None) -> None:
    assert close_to(word, ["galaxy", "iphone"]) == meant


def test_short_words_are_never_corrected() -> None:
    assert close_to("note", ["nota"]) is None
