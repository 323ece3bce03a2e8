"""Small pieces: budgets for functions, files and templates, and their figures as a whole."""

from __future__ import annotations

from statistics import median

import pytest

from tests.meta.source import Function, functions, lines_of, python_files, shown, templates

FUNCTION_LINES = 60
VIEW_LINES = 20
HANDLE_LINES = 30
FILE_LINES = 400
TEMPLATE_LINES = 80

FUNCTIONS = [one for file in python_files() for one in functions(file)]
VIEWS = [
    one
    for file in python_files("modules_app/views", "telephony_app/views")
    for one in functions(file)
    if not one.name.startswith("_") and not one.is_method
]


def ninth(values: list[int]) -> int:
    """Return the value below which nine of ten lie."""
    return sorted(values)[len(values) * 9 // 10]


def too_long(found: list[Function], budget: int) -> list[str]:
    return [one.where for one in found if one.lines > budget]


def test_functions_are_short() -> None:
    assert too_long(FUNCTIONS, FUNCTION_LINES) == []


def test_views_are_short() -> None:
    assert len(VIEWS) > 20
    assert too_long(VIEWS, VIEW_LINES) == []


def test_commands_leave_the_work_to_others() -> None:
    handles = [
        one
        for file in python_files("modules_app/management", "telephony_app/management")
        for one in functions(file)
        if one.name == "handle"
    ]
    assert len(handles) >= 3
    assert too_long(handles, HANDLE_LINES) == []


def test_files_are_short() -> None:
    long = [f"{shown(file)}: {lines_of(file)}" for file in python_files()
            if lines_of(file) > FILE_LINES]  # fmt: skip
    assert long == []


@pytest.mark.parametrize("template", templates(), ids=shown)
def test_templates_are_short(template) -> None:
    assert lines_of(template) <= TEMPLATE_LINES


def test_the_usual_file_and_function_are_small() -> None:
    files = [lines_of(file) for file in python_files() if lines_of(file) > 1]
    lengths = [one.lines for one in FUNCTIONS]
    figures = {
        "median file": (median(files), 100),
        "nine of ten files": (ninth(files), 350),
        "median function": (median(lengths), 12),
        "nine of ten functions": (ninth(lengths), 28),
    }
    assert {name: value for name, (value, most) in figures.items() if value > most} == {}
