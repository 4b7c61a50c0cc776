"""The sizes that keep the house readable."""

import ast

import pytest

from tests.architecture.house import functions, modules, name, tree

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def test_modules_stay_short() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in modules("apps", "config", "tests")}

    too_long = {path: length for path, length in lengths.items() if length > LONGEST_MODULE}

    assert len(lengths) > 100
    assert too_long == {}


@pytest.mark.exhaustive
def test_functions_stay_short() -> None:
    lengths = {
        f"{name(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in modules("apps", "config", "tests")
        for function in functions(path)
    }

    too_long = {place: length for place, length in lengths.items() if length > LONGEST_FUNCTION}

    assert len(lengths) > 500
    assert too_long == {}


@pytest.mark.exhaustive
def test_imports_stand_at_the_top_but_in_app_ready() -> None:
    local = [
        f"{name(path)}:{node.lineno} in {function.name}"
        for path in modules("apps", "config")
        for function in functions(path)
        if not (path.name == "apps.py" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert local == []


@pytest.mark.exhaustive
def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in modules("apps", "config", "tests")
        if path.read_text().strip() and ast.get_docstring(tree(path)) is None
    ]

    assert silent == []
