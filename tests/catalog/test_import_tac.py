"""manage.py import_tac: types are linked to the one model that they fit, and never by a guess."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Event
from apps.catalog.models import DeviceModel, TypeAllocation
from apps.catalog.rules.tac_rows import names_of, parse_tac_row
from apps.catalog.selectors import ModelNames
from apps.catalog.services import link_allocations, merge_models
from apps.core.actor import Actor
from tests.factories import BrandFactory, DeviceModelFactory

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
HEADER = "tac,brand,model,aka,source,licence\n"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def file(content: str) -> Path:
        path = tmp_path / "tac.csv"
        path.write_text(HEADER + content, encoding="utf-8")
        return path

    return file


def run(path: Path, **options: Any) -> list[str]:
    out = io.StringIO()
    call_command("import_tac", str(path), stdout=out, **options)
    return re.sub(r"in \d+\.\d s", "in N s", out.getvalue()).splitlines()


def leads() -> dict[str, str | None]:
    rows = TypeAllocation.objects.select_related("device_model__brand").order_by("tac")
    return {one.tac: str(one.device_model) if one.device_model else None for one in rows}


@pytest.fixture
def models(db: None) -> None:
    apple, nokia = BrandFactory(name="Apple"), BrandFactory(name="Nokia")
    DeviceModelFactory(brand=apple, name="iPhone 7", model_number="A1660", aliases=["A1778", "iPhone9,1"])
    DeviceModelFactory(brand=apple, name="iPhone 7 Plus", model_number="A1661")
    DeviceModelFactory(brand=nokia, name="6300 4G")
    DeviceModelFactory(brand=nokia, name="N8", aliases=["N8-00"])
    DeviceModelFactory(brand=nokia, name="N98")


ROWS = (
    "01000001,Apple,iPhone 7,,x,y\n"
    '01000002,apple,iPhone 7 A1778 TD-LTE 32GB,"D10AP,iPhone 9,3",x,y\n'
    '01000003,Apple,Unheard of,"D10AP,iPhone 9,1",x,y\n'
    '01000004,Nokia,6300,"6300b,RM-217",x,y\n'
    '01000005,Nokia,N8,"N8-00,N98,RM-596",x,y\n'
    '01000006,Nokia,RM-1,"N8,N98",x,y\n'
    "01000007,Samsung,SM-G991B,SM-G991N|SM-G991U,x,y\n"
)
LINKED = {
    "01000001": "Apple iPhone 7", "01000002": "Apple iPhone 7", "01000003": "Apple iPhone 7", "01000004": None,
    "01000005": "Nokia N8", "01000006": None, "01000007": None,
}  # fmt: skip


def test_types_lead_to_the_one_model_that_they_fit(write: Any, models: None) -> None:
    lines = run(write(ROWS))

    assert lines == ["7 rows in N s: 7 created", "4 of 7 codes lead to a model of the catalogue"]
    assert leads() == LINKED
    assert TypeAllocation.objects.get(tac="01000002").also_known_as == "D10AP|iPhone9,3"
    assert TypeAllocation.objects.get(tac="01000007").also_known_as == "SM-G991N|SM-G991U"
    assert Event.objects.filter(type="catalog.typeallocation.created").count() == 7


def test_import_run_again_changes_nothing(write: Any, models: None) -> None:
    path = write(ROWS)
    run(path)
    before = list(TypeAllocation.objects.order_by("pk").values()), Event.objects.count()

    lines = run(path)

    assert lines[0] == "7 rows in N s: 7 unchanged"
    assert (list(TypeAllocation.objects.order_by("pk").values()), Event.objects.count()) == before


@pytest.mark.parametrize("size", [1, 2, 100])
def test_dry_run_tells_what_would_happen_and_changes_nothing(
    write: Any, models: None, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("apps.catalog.management.commands.import_tac.CHUNK", size)
    TypeAllocation.objects.create(tac="01000001", brand="Apple", name="Other")
    again = ROWS + "01000007,Samsung,SM-G991B,SM-G991N|SM-G991U,x,y\n"
    before = list(TypeAllocation.objects.values()), Event.objects.count()

    lines = run(write(again), dry_run=True)

    assert lines == ["dry run, nothing changed: 8 rows in N s: 6 created, 1 unchanged, 1 updated"]
    assert (list(TypeAllocation.objects.values()), Event.objects.count()) == before
    assert run(write(again))[0] == "8 rows in N s: 6 created, 1 unchanged, 1 updated"


def test_rows_that_cannot_be_taken_are_named(write: Any) -> None:
    bad = "123,Apple,X,,x,y\n0100000a,Apple,X,,x,y\n01000001,,X,,x,y\n01000002,Apple,,,x,y\n01000003,Apple,X,,x,y\n"

    lines = run(write(bad))

    assert lines[:4] == [
        "line 2 (123): tac is not eight digits",
        "line 3 (0100000a): tac is not eight digits",
        "line 4 (01000001): brand is empty",
        "line 5 (01000002): model is empty",
    ]
    assert lines[4] == "5 rows in N s: 1 created, 4 refused"


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(CommandError, match="has no column"):
        run(path)


def test_types_are_linked_when_their_model_comes_later(write: Any, tmp_path: Path) -> None:
    run(write(ROWS))
    devices = tmp_path / "devices.csv"
    devices.write_text(
        "device_key,brand,model,model_number\ns,Samsung,Galaxy S21 5G,SM-G991B\na,Apple,iPhone 7,A1660\n"
    )
    out = io.StringIO()

    call_command("import_devices", str(devices), stdout=out)

    assert out.getvalue().splitlines()[-1] == "2 IMEI types lead to a model now"
    found = leads()
    assert (found["01000007"], found["01000001"]) == ("Samsung Galaxy S21 5G", "Apple iPhone 7")
    told = Event.objects.filter(type="catalog.typeallocation.updated")
    assert [set(event.payload["changes"]) for event in told] == [{"device_model_id"}] * 2
    assert link_allocations(actor=ACTOR) == 0


def test_what_a_person_or_an_earlier_import_linked_stays(write: Any, models: None) -> None:
    run(write(ROWS))
    plus = DeviceModel.objects.get(name="iPhone 7 Plus")
    TypeAllocation.objects.filter(tac="01000001").update(device_model=plus)

    run(write(ROWS))

    assert leads() == LINKED | {"01000001": "Apple iPhone 7 Plus"}


def test_types_of_a_merged_model_lead_to_where_it_went(write: Any, models: None) -> None:
    run(write(ROWS))
    old, new = DeviceModel.objects.get(name="iPhone 7"), DeviceModel.objects.get(name="iPhone 7 Plus")

    merge_models(old.pk, new.pk, actor=ACTOR)
    TypeAllocation.objects.filter(tac="01000003").delete()
    run(write(ROWS))

    assert {leads()[tac] for tac in ("01000001", "01000002", "01000003")} == {"Apple iPhone 7 Plus"}


def test_names_are_read_from_either_kind_of_list() -> None:
    osmocom = parse_tac_row({"tac": "01000001", "brand": "LG", "model": "C1400", "aka": "1400, 4010,4100,,1400"})
    apple = parse_tac_row({"tac": "01000001", "brand": "Apple", "model": "X", "aka": "D10AP,iPhone 9,1,iPad 11,2"})
    samsung = parse_tac_row({"tac": "01000001", "brand": "Samsung", "model": "X", "aka": "SM-1|SM-2,B"})
    long = parse_tac_row(
        {"tac": "01000001", "brand": "B", "model": "X", "aka": ",".join(f"{n:0100}" for n in range(9))}
    )

    assert osmocom.also == ("1400", "4010", "4100")
    assert apple.also == ("D10AP", "iPhone9,1", "iPad11,2")
    assert samsung.also == ("SM-1", "SM-2,B")
    assert len(long.also_known_as) == 403
    assert names_of("iPhone 7 A1778 TD-LTE 32GB", "D10AP")[0] == ["iPhone 7 A1778 TD-LTE 32GB", "iPhone 7 A1778"]
    assert names_of("iPhone 7 A1778 TD-LTE 32GB", "D10AP")[1] == ["D10AP", "A1778"]


# The matcher that imports use.


def test_names_find_their_model_and_tell_unknown_from_ambiguous(models: None) -> None:
    twin = BrandFactory(name="Twin")
    first, second = (DeviceModelFactory(brand=twin, name=name, aliases=["Shared"]) for name in ("One", "Two"))
    nokia = DeviceModelFactory(brand=BrandFactory(name="Galaxia"), name="Galaxy S21 5G", model_number="SM-G991B")
    names = ModelNames()
    seven = DeviceModel.objects.get(name="iPhone 7").pk

    found = {text: names.find(brand, text).id for brand, text in (
        ("Apple", "iPhone 7"), ("APPLE", "iphone7"), ("", "Apple iPhone-7"), ("Apple", "Apple iPhone 7"),
        ("apple", "a1778"), ("Apple", "iPhone 7 (Refurbished)"),
    )}  # fmt: skip

    assert set(found.values()) == {seven}
    assert set(names.find("Twin", "shared").candidates) == {first.pk, second.pk}
    assert (names.find("Twin", "shared").id, names.find("Twin", "shared").is_ambiguous) == (None, True)
    assert (names.find("Apple", "iPhone 77").id, names.find("Apple", "iPhone 77").is_ambiguous) == (None, False)
    assert names.find("Nokia", "iPhone 7").id is None
    assert names.find("Galaxia", "S21").id == nokia.pk
    assert ModelNames(loose=False).find("Galaxia", "S21").id is None


def test_names_prefer_what_is_offered_and_named(db: None) -> None:
    brand = BrandFactory(name="Samsung")
    DeviceModelFactory(brand=brand, name="SM-G991B", model_number="SM-G991B")
    named = DeviceModelFactory(brand=brand, name="Galaxy S21", aliases=["SM-G991B"])
    gone = DeviceModelFactory(brand=brand, name="Galaxy S9", is_active=False)

    names = ModelNames()

    assert names.find("Samsung", "SM-G991B").id == named.pk
    assert names.find("Samsung", "s9").id == gone.pk
