"""A migrated SQLite file that every process of the suite copies, instead of going through all migrations itself."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).parents[1]
CODE = ("apps", "config", "tests/probe")  # a migration may use all of it
BESIDE = ("-wal", "-shm")


def fingerprint() -> str:
    """Another one as soon as anything is changed that a migration could depend on."""
    digest = hashlib.sha256(f"{sys.version} {django.VERSION} {sqlite3.sqlite_version}".encode())
    for path in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def migrated(folder: Path) -> Path:
    """The file for the code as it is now; made if there is none, once however many processes ask at a time."""
    path = folder / f"{fingerprint()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            subprocess.run([sys.executable, "-m", "tests.prepared", str(path)], cwd=ROOT, check=True)
    return path


def place(source: Path, target: Path) -> None:
    remove(target)
    shutil.copyfile(source, target)


def remove(database: Path) -> None:
    for end in ("", *BESIDE):
        database.with_name(database.name + end).unlink(missing_ok=True)


def main(path: Path) -> None:
    unfinished = path.with_name(f"{path.name}-new")
    django.setup()
    connection.settings_dict["NAME"] = str(unfinished)
    call_command("migrate", verbosity=0)
    connection.close()
    unfinished.replace(path)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    main(Path(sys.argv[1]))
