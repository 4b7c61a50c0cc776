"""What holds for any list and any question: order, bounds, finiteness, round trip of bytes."""

from functools import lru_cache
from math import isfinite

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.pricing.estimator import LADDER, DeviceFacts, Estimated, Estimator, Job, KnownPrice
from tests.pricing.estimator.shop import job, known, phone, price_list

NAMES = st.one_of(
    st.sampled_from(
        ["Star 9 Pro", "star 9pro", "", "📱💥", "iPhone X", "Galaxy S21+ 5G", "x" * 120, "9" * 120, "Ⅷ ½ ٣", "\x00"]
    ),
    st.text(max_size=30),
)
DEVICES = st.builds(
    DeviceFacts,
    key=st.sampled_from(["a", "b", "c", "Acme Star 9"]),
    brand=st.one_of(st.sampled_from(["Acme", "acme", "", "Apple"]), st.text(max_size=10)),
    name=NAMES,
    device_type=st.sampled_from(["phone", "tablet", "", "laptop"]),
    release_year=st.sampled_from([None, 1970, 2015, 2024, 2100, -1, 10**9]),
    screen_size=st.sampled_from([None, 0.0, 6.1, 999.0, -1.0, float("nan"), float("inf")]),
    launch_price=st.sampled_from([None, 0.0, 799.0, 1e7, -5.0, float("nan"), float("inf")]),
    tier=st.sampled_from([None, 1, 2, 3, 0, 99]),
)
QUALITIES = st.sampled_from([*LADDER, "", "gold"])
JOBS = st.builds(
    Job,
    device=DEVICES,
    repair=st.sampled_from(["screen", "battery"]),
    repair_name=st.just(""),
    part=st.sampled_from(["", "oled", "lcd"]),
    part_name=st.sampled_from(["", "OLED"]),
    quality=QUALITIES,
)
PRICES = st.one_of(
    st.floats(0.01, 1e11), st.sampled_from([0.01, 1e11, 99.0, 100.0, 149.99, 0.0, -1.0, float("nan"), float("inf")])
)
KNOWN = st.builds(
    KnownPrice,
    id=st.uuids().map(str),
    job=JOBS,
    price=PRICES,
    weight=st.sampled_from([1.0, 0.3, 1e-9, 0.0]),
    day=st.sampled_from([None, 1, 738000, 739500]),
)
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEVELS = st.sampled_from([0.0, 0.5, 0.8, 0.99, 1.0])


@lru_cache
def shop() -> Estimator:
    return Estimator.fit(price_list(range(6, 11), without=(9, "Pro")))


def check(answer: Estimated, digits: int) -> None:
    """An answer that may be shown to a customer, or none with its reason."""
    if answer.price is None:
        assert (answer.low, answer.high, answer.method) == (None, None, "none")
        assert answer.reason
        return
    assert answer.low is not None
    assert answer.high is not None
    assert 0 < answer.low <= answer.price <= answer.high
    assert isfinite(answer.high)
    for price in (answer.low, answer.price, answer.high):
        assert round(price, digits) == price
    assert 0 <= answer.confidence <= 1
    assert all(0 <= comparable.similarity <= 1 for comparable in answer.comparables)


def in_order(answers: list[Estimated]) -> None:
    """None of price, low and high falls from the worst quality to the best."""
    for name in ("low", "price", "high"):
        values = [getattr(answer, name) for answer in answers]
        assert values == sorted(values), name


@pytest.mark.exhaustive
@QUICK
@given(prices=st.lists(KNOWN, max_size=8), asked=JOBS, level=LEVELS, digits=st.sampled_from([0, 2, 3]))
def test_no_list_and_no_question_brings_an_absurd_answer(
    prices: list[KnownPrice], asked: Job, level: float, digits: int
) -> None:
    answer = Estimator.fit(prices, digits=digits).estimate(asked, level=level)

    check(answer, digits)
    if answer.price is not None and answer.low is not None and answer.high is not None:
        of_repair = [
            one.price for one in prices if one.job.repair == asked.repair and one.price > 0 and isfinite(one.price)
        ]
        assert answer.high <= 3.001 * max(of_repair) + 1
        assert answer.low >= min(of_repair) / 3.001 - 1


@pytest.mark.exhaustive
@settings(QUICK, max_examples=60)
@given(asked=JOBS, level=LEVELS)
def test_no_question_to_a_sound_list_brings_an_absurd_answer(asked: Job, level: float) -> None:
    check(shop().estimate(asked, level=level), 2)


@pytest.mark.exhaustive
@QUICK
@given(prices=st.lists(KNOWN, min_size=1, max_size=8), asked=JOBS)
def test_better_quality_is_never_cheaper(prices: list[KnownPrice], asked: Job) -> None:
    found = Estimator.fit(prices)

    answers = [found.estimate(Job(asked.device, asked.repair, "", asked.part, asked.part_name, q)) for q in LADDER]

    if answers[0].price is not None:
        in_order(answers)


@pytest.mark.exhaustive
@settings(QUICK, max_examples=60)
@given(device=DEVICES, level=LEVELS)
def test_better_quality_is_never_cheaper_in_a_sound_list(device: DeviceFacts, level: float) -> None:
    answers = [shop().estimate(job(device, quality=quality), level=level) for quality in LADDER]

    if answers[0].price is not None:
        in_order(answers)


def test_qualities_priced_upside_down_are_estimated_in_order() -> None:
    """A list that asks more for the worse part everywhere."""
    prices = [
        known(phone(number), price * number, quality=quality)
        for number in range(5, 12)
        for quality, price in (("aftermarket_economy", 30.0), ("original", 20.0))
    ]
    found = Estimator.fit(prices)

    for number in (4, 8, 13):
        answers = [found.estimate(job(phone(number, "Pro", brand="Acme"), quality=quality)) for quality in LADDER]
        in_order(answers)


@pytest.mark.exhaustive
@QUICK
@given(prices=st.lists(KNOWN, max_size=6), more=st.lists(KNOWN, min_size=1, max_size=6), asked=JOBS)
def test_more_prices_never_break_the_bounds(prices: list[KnownPrice], more: list[KnownPrice], asked: Job) -> None:
    for learned in (prices, [*prices, *more], [*prices, *more, *more]):
        answer = Estimator.fit(learned, digits=2).estimate(asked)

        if answer.price is not None and answer.low is not None and answer.high is not None:
            assert 0 < answer.low <= answer.price <= answer.high < 1e12


@pytest.mark.parametrize("price", [0.01, 99.0, 1e11])
def test_one_price_a_thousand_times(price: float) -> None:
    prices = [known(phone(number % 20, brand=f"Brand {number % 5}"), price) for number in range(1000)]

    answer = Estimator.fit(prices).estimate(job(phone(7, "Pro", brand="New")))

    assert (answer.low, answer.price, answer.high) == pytest.approx((price, price, price), rel=0.03)


@pytest.mark.exhaustive
@QUICK
@given(prices=st.lists(KNOWN, max_size=8), asked=JOBS)
def test_bytes_bring_back_the_same_answers(prices: list[KnownPrice], asked: Job) -> None:
    found = Estimator.fit(prices)

    again = Estimator.from_bytes(found.to_bytes())

    assert again.estimate(asked) == found.estimate(asked)
    assert again.suspicious == found.suspicious
    assert again.known_prices == found.known_prices
    assert again.to_bytes() == found.to_bytes()


@pytest.mark.exhaustive
@settings(QUICK, max_examples=30)
@given(at=st.floats(0, 0.99), junk=st.binary(max_size=20))
def test_what_is_no_estimator_is_refused(at: float, junk: bytes) -> None:
    blob = shop().to_bytes()
    cut = int(at * (len(blob) - 1))

    for broken in {junk, blob[:cut], blob[:cut] + junk}:
        if broken == blob:
            continue
        with pytest.raises(ValueError, match="This is no stored estimator"):
            Estimator.from_bytes(broken)


@pytest.mark.parametrize("flipped", [1, 128, 255])
def test_a_blob_with_any_broken_byte_is_refused(flipped: int) -> None:
    blob = shop().to_bytes()

    for at in range(len(blob)):
        broken = blob[:at] + bytes([blob[at] ^ flipped]) + blob[at + 1 :]
        with pytest.raises(ValueError, match="This is no stored estimator"):
            Estimator.from_bytes(broken)
    for behind in (b"\0", blob):
        with pytest.raises(ValueError, match="This is no stored estimator"):
            Estimator.from_bytes(blob + behind)
    assert Estimator.from_bytes(blob).to_bytes() == blob


def test_a_name_that_cannot_be_encoded_is_learned_from() -> None:
    phone = DeviceFacts("odd", "Odd", "\ud800 12")

    found = Estimator.fit([KnownPrice("1", Job(phone, "screen", "Screen"), 80.0)])

    assert found.estimate(Job(phone, "screen", "Screen")).price == 80.0
