"""Low layers never import high ones, and module code is loaded in one place only (design 5)."""

from __future__ import annotations

import pytest

from tests.meta.source import Import, imports, imports_of, python_files

RANKS = {
    "exceptions": 0,
    "domain": 1,
    "ami": 1.5,
    "manifests": 2,
    "packages": 2,
    "hooks": 2,
    "tables": 2,
    "sqlscript": 2.5,
    "processes": 3,
    "inspection": 3,
    "scaffold": 3,
    "bridge": 4,
    "applier": 4,
    "models": 4,
    "permissions": 5,
    "audit": 6,
    "selectors": 6,
    "services": 7,
    "proxy": 7,
    "surfaces": 7.5,
    "operator": 8,
    "workers": 8,
    "templatetags": 8,
    "forms": 8,
    "cli": 9,
    "views": 9,
    "admin": 9,
    "management": 10,
    "api": 10,
    "urls": 11,
    "apps": 10,
}
"""Where each part stands. A part may import what stands lower, and itself."""

SIDE = {
    "sdk": {"exceptions", "domain", "hooks", "tables", "ami"},
    "host": {
        "exceptions",
        "domain",
        "ami",
        "hooks",
        "tables",
        "packages",
        "processes",
        "bridge",
        "models",
        "sdk",
    },  # fmt: skip
}
"""What the two parts beside the layers may import."""

STARTED = {"modules_app.host.parent": "management"}
"""The one part of host that others see: it loads no module code, its command starts it."""

ALL = [found for file in python_files("modules_app") for found in imports(file)]


def part(path: str) -> str:
    return path.replace("/", ".").removesuffix(".py").split(".")[1]


def inner(found: Import) -> str:
    """Return the part of ours that is imported, "" for anything else."""
    names = found.name.split(".")
    return names[1] if names[0] == "modules_app" and len(names) > 1 else ""


def starts_it(found: Import) -> bool:
    """Tell whether this is the command that starts a process of host."""
    return any(
        found.name.startswith(f"{module}.") and part(found.file) == who
        for module, who in STARTED.items()
    )


def against_the_order(found: Import) -> bool:
    """Tell whether an import breaks the order of the layers."""
    who, what = part(found.file), inner(found)
    if not what or what == who or who == "__init__":
        return False
    if who in SIDE:
        return what not in SIDE[who]
    if what == "host":
        return not starts_it(found)
    if what == "sdk":
        return True
    return RANKS[what] >= RANKS[who]


def test_every_part_has_its_place() -> None:
    parts = {part(found.file) for found in ALL} | {inner(found) for found in ALL}
    assert parts - {"", "__init__"} <= set(RANKS) | set(SIDE)


def test_low_layers_do_not_import_high_ones() -> None:
    assert [found.where for found in ALL if against_the_order(found)] == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("modules_app/domain/x.py", "from modules_app.models import Module"),
        ("modules_app/domain/x.py", "def f():\n    from ..services.users import setup_code"),
        ("modules_app/domain/x.py", "from .. import views"),
        ("modules_app/selectors/x.py", "import modules_app.services.users"),
        ("modules_app/views/x.py", "from modules_app.host.loader import load"),
        ("modules_app/views/x.py", "import_module('modules_app.host.child')"),
        ("modules_app/operator/x.py", "from modules_app.host import loader"),
        ("modules_app/sdk/x.py", "from modules_app.models import Module"),
        ("modules_app/host/x.py", "from modules_app.services import users"),
        ("modules_app/sdk/__init__.py", "from ..services import users"),
    ],
)
def test_an_import_against_the_order_would_be_noticed(file: str, text: str) -> None:
    assert any(against_the_order(found) for found in imports_of(text, file))


def test_domain_knows_neither_django_nor_the_disk() -> None:
    forbidden = {"django", "pathlib", "os", "shutil", "sqlite3", "tempfile", "io"}
    found = [
        one.where
        for one in ALL
        if part(one.file) in ("domain", "exceptions") and one.name.split(".")[0] in forbidden
    ]
    assert found == []


@pytest.mark.parametrize(
    "name", ["manifests", "packages", "hooks", "tables", "sqlscript", "inspection"]
)
def test_readers_know_no_database_models(name: str) -> None:
    found = [
        one.where
        for one in ALL
        if part(one.file) == name and one.name.startswith(("django.db.models", "django.contrib"))
    ]
    assert found == []


def test_only_the_host_reaches_for_module_code() -> None:
    found = [
        file
        for file in python_files()
        if any(one.name.split(".")[0] == "pbx_modules" for one in imports(file))
    ]
    assert found == []
    loads = {one.file for one in ALL if one.name in ("importlib.import_module", "importlib.util")}
    assert {part(file) for file in loads} <= {"host", "processes", "sdk"}


def test_code_reads_values_from_the_settings_of_django() -> None:
    assert [one.where for one in ALL if one.name.startswith("pbxadmin")] == []


def test_settings_hold_values_and_import_nothing_of_the_application() -> None:
    found = [
        one.where
        for file in python_files("pbxadmin")
        for one in imports(file)
        if one.name.startswith("modules_app") and file.name not in ("urls.py", "wsgi.py")
    ]
    assert found == []


def test_web_pages_write_through_services_only() -> None:
    """Views and forms name models to read their values, never to save them."""
    calls = (".save(", ".create(", ".update_or_create(", ".bulk_create(", ".delete(")
    found = [
        f"{file.name}: {call}"
        for folder in ("modules_app/views", "modules_app/selectors")
        for file in python_files(folder)
        for call in calls
        if f".objects{call}" in file.read_text()
    ]
    assert found == []
