"""The keys of an embedded installation: made once, complete, and nobody else's business."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.secrets import local_secrets


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first = local_secrets(tmp_path / "data")

    assert set(first) == {"secret_key", "token_key", "field_key"}
    assert (len(first["secret_key"]) >= 50, len(first["token_key"]) >= 32) == (True, True)
    assert Fernet(first["field_key"])
    assert local_secrets(tmp_path / "data") == first
    assert local_secrets(tmp_path / "other") != first


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    local_secrets(tmp_path)

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_folder_that_is_made_for_them_is_for_its_owner_only(tmp_path: Path) -> None:
    local_secrets(tmp_path / "data")

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_processes_that_start_together_share_one_set_of_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(local_secrets, [tmp_path / "data"] * 8))

    assert len({kept["secret_key"] for kept in found}) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secret_key": "x"}'])
def test_damaged_file_is_named_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)

    with pytest.raises(ImproperlyConfigured, match=r"secrets\.json"):
        local_secrets(tmp_path)

    assert path.read_text() == content
