"""The style and script of the pages, as production serves them, and the pages that must need nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client

FILES = ("dashboard/app.css", "dashboard/app.js", "dashboard/icon.svg")


@pytest.mark.exhaustive
def test_static_files_get_hashed_names(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    for name in FILES:
        stem, _, ending = name.rpartition(".")
        assert len(list(tmp_path.glob(f"{stem}.{'[0-9a-f]' * 12}.{ending}"))) == 1
    page = render_to_string("500.html")
    assert re.search(r'href="/static/dashboard/app\.[0-9a-f]{12}\.css"', page)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_neither_request_nor_database(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert page.count("<h1>") == 1
    assert 'href="/dashboard/"' in page
    assert "{{" not in page


def test_nothing_comes_from_elsewhere() -> None:
    sources = [*Path(settings.BASE_DIR, "templates").rglob("*.html"), *Path(settings.BASE_DIR, "static").rglob("*.*")]

    for source in sources:
        found = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", source.read_text())
        assert [url for url in found if "www.w3.org" not in url] == [], source


def test_the_icon_is_found_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, "/static/dashboard/icon.svg")


def test_the_script_stays_small() -> None:
    assert len(Path(settings.BASE_DIR, "static/dashboard/app.js").read_text().splitlines()) < 100
