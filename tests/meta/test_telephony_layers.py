"""The telephone part has layers of its own and stands on the module manager, never below it."""

from __future__ import annotations

import pytest

from tests.meta.source import Import, imports, imports_of, python_files
from tests.meta.test_layers import RANKS as BELOW

RANKS = {
    "domain": 1,
    "generators": 2,
    "ami": 3,
    "models": 4,
    "selectors": 6,
    "services": 7,
    "surface": 8,
    "live": 8,
    "forms": 8,
    "templatetags": 8,
    "cli": 9,
    "views": 9,
    "admin": 9,
    "api": 10,
    "management": 10,
    "urls": 11,
    "plugs": 12,
    "apps": 13,
}
"""Where each part stands, on the scale of the module manager's parts."""

VALUES = ("modules_app.surfaces.base", "modules_app.surfaces.names", "modules_app.hooks")
"""Values of the module manager that every part may use."""

ALL = [found for file in python_files("telephony_app") for found in imports(file)]


def part(path: str) -> str:
    return path.removesuffix(".py").split("/")[1]


def against_the_order(found: Import) -> bool:
    """Tell whether an import breaks the order of the layers."""
    who, names = part(found.file), found.name.split(".")
    if who == "__init__" or len(names) < 2:
        return False
    if names[0] == "telephony_app":
        return names[1] != who and RANKS[names[1]] >= RANKS[who]
    if names[0] != "modules_app" or found.name.startswith(VALUES):
        return False
    return names[1] in ("host", "sdk") or BELOW[names[1]] > RANKS[who]


def test_every_part_has_its_place() -> None:
    assert {part(found.file) for found in ALL} - {"__init__"} <= set(RANKS)


def test_low_layers_do_not_import_high_ones() -> None:
    assert [found.where for found in ALL if against_the_order(found)] == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("telephony_app/domain/x.py", "from telephony_app.models import Extension"),
        ("telephony_app/generators/x.py", "from telephony_app.selectors import snapshot"),
        ("telephony_app/selectors/x.py", "from telephony_app.services import extensions"),
        ("telephony_app/services/x.py", "from telephony_app.views import extensions"),
        ("telephony_app/domain/x.py", "from modules_app.models import NetworkFilter"),
        ("telephony_app/services/x.py", "from modules_app.views.http import page"),
        ("telephony_app/views/x.py", "from modules_app.host.loader import load"),
        ("telephony_app/views/x.py", "from modules_app.sdk import pages"),
    ],
)
def test_an_import_against_the_order_would_be_noticed(file: str, text: str) -> None:
    assert any(against_the_order(found) for found in imports_of(text, file))


def test_the_module_manager_never_imports_the_telephone_part() -> None:
    found = [
        one.where
        for file in python_files("modules_app")
        for one in imports(file)
        if one.name.split(".")[0] == "telephony_app"
    ]
    assert found == []


def test_domain_and_generators_know_neither_django_nor_the_disk() -> None:
    forbidden = {"django", "pathlib", "os", "shutil", "sqlite3", "tempfile"}
    found = [
        one.where
        for one in ALL
        if part(one.file) in ("domain", "generators") and one.name.split(".")[0] in forbidden
    ]
    assert found == []


def test_pages_write_through_services_only() -> None:
    calls = (".save(", ".create(", ".update_or_create(", ".bulk_create(", ".delete(")
    found = [
        f"{file.name}: {call}"
        for folder in ("views", "forms", "api", "selectors")
        for file in python_files(f"telephony_app/{folder}")
        for call in calls
        if f".objects{call}" in file.read_text()
    ]
    assert found == []
