"""The examples through their whole life, on a server started as script/server does it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.server.running import ROOT, Server

pytestmark = pytest.mark.server


def packed(name: str, folder: Path) -> Path:
    """Zip one of the examples."""
    source = ROOT / "examples" / name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(source.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(source).as_posix())
    path = folder / f"{name}.zip"
    path.write_bytes(buffer.getvalue())
    return path


def test_the_black_list_lives_and_keeps_its_numbers(server: Server, tmp_path: Path) -> None:
    package = str(packed("ModuleBlackList", tmp_path))
    page = "/m/ModuleBlackList/"
    web = server.client
    server.manage("module", "install", package, "--enable", "--yes")
    assert "0000000000" in web.get(page).text
    assert page in web.get("/").text
    assert web.post(page, {"number": "74952293042", "description": "Fraud"}).status == 302
    assert "Calls from 74952293042 are refused." in web.get(page).text
    logo = web.get(page).text.split('class="black-list-logo" src="')[1].split('"')[0]
    assert web.get(logo).headers["Content-Type"] == "image/svg+xml"
    assert "74952293042" in web.get(page + "admin/m_ModuleBlackList/blacklistnumbers/").text

    server.manage("module", "disable", "ModuleBlackList", "--yes")
    assert "74952293042" not in web.get(page).text
    assert page not in web.get("/").text

    server.manage("module", "remove", "ModuleBlackList", "--yes")
    server.manage("module", "install", package, "--enable", "--yes")
    assert "74952293042" in web.get(page).text
    server.manage("module", "disable", "ModuleBlackList", "--yes")
    server.manage("module", "remove", "ModuleBlackList", "--delete-data", "--yes")
    assert json.loads(server.manage("module", "list", "--json").stdout) == {"modules": []}
    assert not list((server.data_dir / "data").glob("ModuleBlackList/*"))


def test_hello_greets_in_its_declared_table(server: Server, tmp_path: Path) -> None:
    package = str(packed("hellopbx", tmp_path))
    server.manage("module", "install", package, "--enable", "--yes")
    web = server.client
    assert "world: 0" in web.get("/m/hellopbx/").text
    assert web.post("/m/hellopbx/", {"name": "Ann"}).status == 302
    assert "Ann: 1" in web.get("/m/hellopbx/").text
    assert "Hello PBX" in web.get("/").text
    web.post("/language/", {"language": "ru", "next": "/"})
    assert "Здравствуй, АТС" in web.get("/m/hellopbx/").text
    web.post("/language/", {"language": "en", "next": "/"})
