"""The evaluation and its command: folds, baselines, tables, and what a broken file brings."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.pricing.estimator import Estimated, baselines
from apps.pricing.estimator.evaluation import (
    Score,
    Trial,
    comparison,
    fold_of,
    mean_error,
    scores,
    summaries,
    within_10,
)
from tests.factories import BrandFactory, DeviceModelFactory
from tests.pricing.estimator.shop import job, known, phone, price_list, rule

HEADER = (
    "source,currency,brand,model,device_key,device_type,repair_type,part_quality,quality_label,price,price_kind,date\n"
)
REAL = Path(__file__).parents[4] / "shared" / "data"


def line(number: int, price: float, **fields: str) -> str:
    row = {
        "source": "Shop", "currency": "EUR", "brand": "Acme", "model": f"Star {number}", "device_key": "",
        "device_type": "phone", "repair_type": "screen", "part_quality": "original", "quality_label": "",
        "price": str(price), "price_kind": "fixed", "date": "2024-01-01",
    }  # fmt: skip
    return ",".join((row | fields).values()) + "\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def file(content: str) -> Path:
        path = tmp_path / "prices.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return file


def run(path: Path, **options: Any) -> Any:
    out = io.StringIO()
    call_command("evaluate_estimator", str(path), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_folds_are_fixed_for_ever() -> None:
    assert [fold_of(f"acme|star{number}", 10) for number in range(6)] == [1, 6, 6, 2, 1, 5]


@pytest.mark.exhaustive
def test_whole_devices_are_held_out_once() -> None:
    prices = price_list(range(5, 9))
    seen: list[set[str]] = []

    def spy(learned: Any, jobs: Any) -> list[float | None]:
        seen.append({one.device.key for one in jobs})
        assert seen[-1].isdisjoint(price.job.device.key for price in learned)
        assert len(learned) + len(jobs) == len(prices)
        return [None] * len(jobs)

    found = [score for part in scores(Trial("Shop", 2, 4, None, {}), prices, {"spy": spy}) for score in part]

    assert len(found) == len(prices)
    assert sum(len(devices) for devices in seen) == len({price.job.device.key for price in prices})


def test_spellings_of_one_model_are_held_out_together() -> None:
    prices = [known(phone(number), rule(number)) for number in range(5, 15)]
    together = {price.job.device.key: "one and the same" for price in prices}

    assert [part for part in scores(Trial("Shop", 2, 4, None, together), prices, {}) if part] == []


@pytest.mark.exhaustive
def test_so_many_prices_are_learned_from_as_said() -> None:
    sizes = []

    def spy(learned: Any, jobs: Any) -> list[float | None]:
        sizes.append(len(learned))
        return [None] * len(jobs)

    list(scores(Trial("Shop", 2, 3, 7, {}), price_list(range(5, 9)), {"spy": spy}))

    assert sizes == [7] * len(sizes) != []


def test_summary_measures_what_was_answered() -> None:
    def score(price: float, answer: float | None) -> Score:
        low, high = (answer - 10, answer + 10) if answer else (None, None)
        estimated = Estimated(answer, low, high, 0.5, "similar_prices" if answer else "none")
        return Score("Shop", "screen", None, price, estimated, {})

    (row,) = summaries(
        [score(100, 100), score(100, 105), score(100, 130), score(100, None), score(80, 80)], lambda _: "x"
    )

    assert row == {
        "group": "x", "prices": 5, "answered": 4, "error": 2.5, "mean": 8.8, "within_10": 75.0,
        "coverage": 75.0, "width": 19.5,
    }  # fmt: skip


def test_all_methods_are_compared_on_the_same_prices() -> None:
    def score(answer: float | None, other: float | None) -> Score:
        return Score(
            "Shop", "screen", None, 100.0, Estimated(answer, answer, answer, 0.5, "similar_prices"), {"other": other}
        )

    found = [score(100, 120), score(130, 105), score(None, 100), score(90, None)]

    assert comparison(found, lambda _: "x", mean_error) == [{"group": "x", "estimator": 13.3, "other": 12.5}]
    assert comparison(found, lambda _: "x", within_10) == [{"group": "x", "estimator": 66.7, "other": 50.0}]


def test_baselines_take_medians() -> None:
    listed = [known(phone(number), price) for number, price in ((5, 100.0), (6, 110.0), (12, 300.0))]
    cheap = [known(phone(6, brand="Other"), 50.0), known(phone(5, brand="Other"), 40.0, quality="aftermarket_standard")]
    asked = [job(phone(7)), job(phone(7, brand="Third")), job(phone(7), "battery")]

    assert baselines.by_repair([*listed, *cheap], asked) == [100.0, 100.0, None]
    assert baselines.by_brand_and_quality([*listed, *cheap], asked) == [110.0, 105.0, None]


def test_nearest_models_are_those_of_about_the_year() -> None:
    far = [known(phone(30 + number), 900.0) for number in range(9)]
    near = [known(phone(5 + number), 100.0) for number in range(5)]

    assert baselines.by_nearest_models([*far, *near], [job(phone(7, "Pro"))]) == [100.0]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_command_measures_a_list(write: Callable[[str], Path]) -> None:
    rows = "".join(line(number, rule(number)) for number in range(3, 23))

    found = run(write(HEADER + rows), folds=4)

    (shop, whole) = found["tables"]["By source"]
    assert (shop["group"], shop["prices"], shop["answered"]) == ("Shop (EUR)", 20, 20)
    assert shop | {"group": "all together"} == whole
    (errors, _) = found["tables"]["Median error, by source"]
    assert errors["estimator"] == shop["error"] < errors["repair"]
    assert [row["group"] for row in found["tables"]["By number of known prices"]] == ["5", "10", "all"]
    assert [row["group"] for row in found["tables"]["By repair type"]] == ["screen"]
    assert found["counts"] == {"taken by name alone": 20}


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_command_prints_tables(write: Callable[[str], Path]) -> None:
    out = io.StringIO()
    rows = "".join(line(number, rule(number)) for number in range(5, 11))

    call_command("evaluate_estimator", str(write(HEADER + rows)), folds=2, stdout=out)

    text = out.getvalue()
    assert "By source\n" in text
    assert "Shop (EUR)" in text
    assert "By number of known prices" in text


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_command_says_which_rows_it_passed_over(write: Callable[[str], Path]) -> None:
    rows = (
        line(5, 100)
        + line(6, 0)
        + line(7, 90, currency="XXQ")
        + line(8, 90, part_quality="wooden")
        + line(5, 120, date="2025-01-01")
    )

    found = run(write(HEADER + rows))

    assert found["refused"] == [
        [3, "Star 6", "price “0” is no price"],
        [4, "Star 7", "currency “XXQ” is not known"],
        [5, "Star 8", "part_quality “wooden” is not known"],
    ]
    assert found["counts"] == {
        "refused": 3,
        "superseded by a later price": 1,
        "taken by name alone": 1,
    }
    assert found["tables"]["By source"] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no column brand, currency, model, price, repair_type, source"),
        ("source,currency,brand,model,price\n", "has no column repair_type"),
        (HEADER, "holds no price that could be taken"),
        (HEADER + line(5, 0), "line 2 .Star 5.: price “0” is no price\n.*holds no price that could be taken"),
    ],
)
@pytest.mark.django_db
def test_command_refuses_a_file_without_prices(write: Callable[[str], Path], content: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(write(content))


@pytest.mark.exhaustive
@pytest.mark.parametrize("folds", ["1", "0", "101", "many"])
def test_command_refuses_senseless_folds(write: Callable[[str], Path], folds: str) -> None:
    with pytest.raises(CommandError, match="must be from 2 to 100"):
        call_command("evaluate_estimator", str(write(HEADER)), "--folds", folds)


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_facts_come_from_the_catalogue(write: Callable[[str], Path]) -> None:
    brand = BrandFactory(name="Acme")
    DeviceModelFactory(brand=brand, name="Star Five", import_key="acme|5")
    DeviceModelFactory(brand=brand, name="star6", import_key=None)
    DeviceModelFactory(brand=brand, name="Other", aliases=["STAR 7"], import_key=None)

    found = run(write(HEADER + line(5, 100, device_key="acme|5") + "".join(line(number, 90) for number in (6, 7, 8))))

    assert found["counts"] == {"taken": 3, "taken by name alone": 1}


@pytest.mark.exhaustive
def test_facts_come_from_a_list_of_devices(write: Callable[[str], Path], tmp_path: Path) -> None:
    devices = tmp_path / "devices.csv"
    devices.write_text(
        "device_key,brand,model,release_year\na|5,Acme,Star 5,2013\na|6,Acme,Star 6,1492\n", encoding="utf-8"
    )

    found = run(write(HEADER + line(5, 100) + line(6, 110)), devices=devices)

    assert found["counts"] == {"taken": 1, "taken by name alone": 1}


@pytest.mark.skipif(not REAL.is_dir(), reason="the public price lists are not at ../shared/data")
def test_real_lists_are_estimated_better_than_by_their_medians(tmp_path: Path) -> None:
    """The smallest of the real shops, for time's sake; docs/estimator.md has the figures of all."""
    prices, devices = tmp_path / "prices.csv", tmp_path / "devices.csv"
    for path, source, wanted in ((prices, "repair_prices", ",US,USD,"), (devices, "devices", ",Apple,")):
        header, *rows = (REAL / f"{source}.csv").read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *(row for row in rows if wanted in row)]), encoding="utf-8")

    found = run(prices, devices=devices, folds=5)

    (shop, _) = found["tables"]["By source"]
    assert shop["answered"] > 100
    (errors, _) = found["tables"]["Mean error, by source"]
    assert errors["estimator"] < 0.7 * errors["brand, quality"]
    assert 70 <= shop["coverage"] <= 95
