"""A package never carries the placeholder for its version by accident."""

from __future__ import annotations

import io
import sys
import zipfile
from argparse import Namespace
from pathlib import Path

import pytest

from modules_app.cli.authors import pack
from modules_app.exceptions import Refused
from modules_app.scaffold.build import build_module


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "ModuleNice"
    for name, text in build_module("ModuleNice", ["page"]).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def packed(folder: Path, *, version: str = "", as_json: bool = False) -> str:
    """Pack the folder and return its manifest."""
    out = folder.parent / "out.zip"
    said = Namespace(folder=str(folder), output=str(out), version_text=version, json=as_json)
    assert pack(said) == 0
    with zipfile.ZipFile(out) as package:
        return package.read("module.json").decode()


def test_without_a_version_and_a_terminal_nothing_is_packed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1.0.0\n"))
    with pytest.raises(Refused) as refused:
        packed(folder)
    assert refused.value.slug == "version-not-said"
    assert not (folder.parent / "out.zip").exists()


def test_a_person_is_asked_and_a_script_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("1.4.2\nx"))
    assert '"version": "1.4.2"' in packed(folder)
    assert "Version of the package" in capsys.readouterr().err
    with pytest.raises(Refused):
        packed(folder, as_json=True)
    assert '"version": "2.0"' in packed(folder, version="2.0", as_json=True)


def test_a_manifest_with_its_own_version_is_packed_as_it_is(folder: Path) -> None:
    manifest = folder / "module.json"
    manifest.write_text(manifest.read_text().replace("%ModuleVersion%", "3.1"))
    assert '"version": "3.1"' in packed(folder)
