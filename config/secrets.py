"""Keys of an embedded installation: made once, kept in its data folder, readable by its owner only."""

import json
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet


def local_secrets(data_dir: Path) -> dict[str, str]:
    """The keys kept in ``data_dir/secrets.json``; made on the first call, by whichever process comes first."""
    path = data_dir / "secrets.json"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _write_once(path, _fresh_secrets())
    kept: dict[str, str] = json.loads(path.read_text())
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
