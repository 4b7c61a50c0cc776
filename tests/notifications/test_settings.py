"""Where mail goes: to files in the embedded form, to a mail server wherever one is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project

SAY = """
import json
from django.conf import settings as s
print(json.dumps([s.EMAIL_BACKEND.split(".")[-2], s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL,
                  s.EMAIL_HOST_USER, s.DEFAULT_FROM_EMAIL, str(s.MAIL_DIR)]))
"""


def mail_settings(data: Path, **environment: str) -> list[object]:
    ended = subprocess.run(
        [sys.executable, "-c", SAY], cwd=project.BASE_DIR, capture_output=True, text=True, check=True, timeout=60,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.local", "DATA_DIR": str(data),
             **environment},
    )  # fmt: skip
    found: list[object] = json.loads(ended.stdout)
    return found


def test_the_embedded_form_writes_mail_into_its_data_folder(tmp_path: Path) -> None:
    found = mail_settings(tmp_path)

    assert (found[0], found[-2], found[-1]) == ("filebased", "mendery@localhost", str(tmp_path / "mail"))


@pytest.mark.parametrize(("security", "expected"), [("starttls", [True, False]), ("tls", [False, True]),
                                                    ("none", [False, False])])  # fmt: skip
def test_a_mail_server_that_is_named_is_used(tmp_path: Path, security: str, expected: list[bool]) -> None:
    sender = "Shop <shop@mail.example>"

    found = mail_settings(
        tmp_path, EMAIL_HOST="smtp.mail.example", EMAIL_PORT="2525", EMAIL_SECURITY=security, EMAIL_HOST_USER="shop",
        EMAIL_HOST_PASSWORD="x", DEFAULT_FROM_EMAIL=sender,
    )  # fmt: skip

    assert found == ["smtp", "smtp.mail.example", 2525, *expected, "shop", sender, "None"]
