"""Keys of an embedded installation: made once, kept in its data folder, readable by its owner only."""

import json
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

_NAMES = {"secret_key", "token_key", "field_key"}


def local_secrets(data_dir: Path) -> dict[str, str]:
    """The keys kept in ``data_dir/secrets.json``; made on the first call, by whichever process comes first.

    Raises ``ImproperlyConfigured`` for a file that is there but damaged.
    """
    path = data_dir / "secrets.json"
    if not path.exists():
        # Everything that customers entrust to the shop will lie in here.
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, _fresh_secrets())
    return _read(path)


def _read(path: Path) -> dict[str, str]:
    try:
        kept: dict[str, str] = json.loads(path.read_text())
    except ValueError:
        kept = {}
    if not isinstance(kept, dict) or not kept.keys() >= _NAMES:
        # Never replaced by fresh ones: what is encrypted with the old keys would be lost for good.
        raise ImproperlyConfigured(f"the keys in {path} cannot be read; bring that file back from a backup")
    return kept


def _fresh_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(50),
        "token_key": secrets.token_urlsafe(48),
        "field_key": Fernet.generate_key().decode(),
    }


def _write_once(path: Path, content: dict[str, str]) -> None:
    # A complete file is linked into place: a second process finds either nothing or all of it, never half.
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as stream:
            json.dump(content, stream)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()
