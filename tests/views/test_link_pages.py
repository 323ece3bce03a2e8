"""Links to sounds and scripts of modules on the pages of generated configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.models import Module
from modules_app.operator import surfaces
from tests.surfaces.rows import answering

TARGET = "ModuleA/1-0a1b2c3d/code/agi-bin/talk.sh"


@pytest.fixture
def linked(db: None, tmp_path: Path, settings: Settings) -> None:
    """A module with a script that is linked, then a second one that waits for its turn."""
    settings.PBX_DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    for module_id, name in (("ModuleA", "talk.sh"), ("ModuleB", "walk.sh")):
        script = tmp_path / "store" / module_id / "1-0a1b2c3d" / "code" / "agi-bin" / name
        script.parent.mkdir(parents=True)
        script.write_bytes(b"\0\xff not for a page")
        answering(module_id)
        facts = {"agi-bin": [f"agi-bin/{name}"]}
        Module.objects.filter(pk=module_id).update(generation="1-0a1b2c3d", facts=facts)
        if module_id == "ModuleA":
            surfaces.refresh(None, ["agi-bin"])  # type: ignore[arg-type]


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("linked")
def test_the_list_folds_links_and_shows_those_that_wait(admin_page: Client) -> None:
    text = text_of(admin_page, "/configuration/")
    assert "1 link<" in text
    assert TARGET in text
    assert "+ agi-bin/walk.sh -&gt; ModuleB/" in text
    assert "No Asterisk reads" in text
    assert "No module in use brings any" in text


@pytest.mark.usefixtures("linked")
def test_a_link_shows_module_and_target_and_takes_no_text(admin_page: Client) -> None:
    text = text_of(admin_page, "/configuration/file/agi-bin/talk.sh/")
    assert TARGET in text
    assert 'href="/configuration/module/ModuleA/"' in text
    assert "Your own text" not in text
    values = {"mode": "override", "text": "id"}
    answer = admin_page.post("/configuration/custom/agi-bin/talk.sh/", values)
    assert answer.status_code == 422


@pytest.mark.usefixtures("linked")
def test_a_module_has_its_links_on_its_page(admin_page: Client) -> None:
    text = text_of(admin_page, "/configuration/module/ModuleA/")
    assert TARGET in text and "wrote nothing" not in text
    waiting = text_of(admin_page, "/configuration/module/ModuleB/")
    assert "Links that would change now" in waiting and "+ agi-bin/walk.sh" in waiting
