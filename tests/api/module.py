"""The module that the tests of REST talk to; the guide's samples are cut from its files."""

from __future__ import annotations

from pathlib import Path

from tests.builders import python_module

ID = "ModulePhoneBook"
ROOT = f"/api/m/{ID}/"
FOLDER = Path(__file__).parent / "phone_book"


def files() -> dict[str, str]:
    """Return the module's files by name."""
    names = ("models.py", "rest.py", "conf.py")
    return {name: (FOLDER / name).read_text() for name in names}


def package(**manifest: object) -> bytes:
    """Return it packed; its manifest asks for public routes."""
    return python_module(ID, files=files(), **{"grants": ["public-routes"], **manifest})
