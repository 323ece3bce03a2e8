"""Where a link that the applier makes may lead, whoever asks: to files of the store, no further."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import client
from modules_app.applier.verbs import answer_to
from modules_app.exceptions import Refused

PATH = "agi-bin/talk.sh"
CODE = "ModuleX/7-0a1b2c3d/code"
TARGET = f"{CODE}/agi-bin/talk.sh"


@pytest.fixture
def site(tmp_path: Path, settings: Settings) -> Path:
    settings.PBX_DATA_DIR = tmp_path
    settings.PBX_ETC_DIR = str(tmp_path / "etc")
    file = tmp_path / "store" / TARGET
    file.parent.mkdir(parents=True)
    file.write_text("here")
    (tmp_path / "secret").write_text("secret")
    return tmp_path


def install(links: dict[str, Any], surface: str = "agi-bin", **more: Any) -> dict[str, Any]:
    request = {"verb": "install-files", "surface": surface, "files": {}, "links": links}
    return answer_to({**request, **more})


def refusal(*args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        install(*args, **more)
    return caught.value.slug


def test_a_link_to_a_file_of_a_module_is_made(site: Path) -> None:
    install({PATH: TARGET})
    assert (site / "etc" / PATH).read_text() == "here"
    assert answer_to({"verb": "list-files", "surface": "agi-bin"})["files"].keys() == {PATH}


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd",
        "../secret",
        f"{CODE}/../../../../secret",
        f"{CODE}/./agi-bin/talk.sh",
        f"{CODE}//agi-bin/talk.sh",
        f"{CODE}/",
        CODE,
        f"/{TARGET}",
        "ModuleX/7-0a1b2c3d/record.json",
        "ModuleX/../code/agi-bin/talk.sh",
        "..x/7-0a1b2c3d/code/a",
        f"{CODE}/agi-bin/talk.sh\0",
        f"{CODE}/" + "a/" * 600 + "b",
        f"{CODE}/agi-bin",
        f"{CODE}/agi-bin/none.sh",
        None,
        5,
        "",
    ],
)
def test_a_target_elsewhere_is_refused(site: Path, target: object) -> None:
    assert refusal({PATH: target}) == "applier-target-wrong"
    assert not (site / "etc" / "agi-bin").exists()


@pytest.mark.parametrize("part", ["talk.sh", "agi-bin", "code", "7-0a1b2c3d", "ModuleX"])
def test_no_link_on_the_way_to_the_target_is_followed(site: Path, part: str) -> None:
    path = site / "store" / TARGET
    victim = next(one for one in (path, *path.parents) if one.name == part)
    victim.rename(site / "elsewhere")
    victim.symlink_to(site / "elsewhere")
    assert path.read_text() == "here"
    assert refusal({PATH: TARGET}) == "applier-target-wrong"


@pytest.mark.parametrize(
    ("surface", "path"),
    [
        ("cron", "cron/pbxadmin"),
        ("nginx", "nginx/modules_locations/ModuleX.conf"),
        ("agi-bin", "sounds/en/a.wav"),
        ("agi-bin", "agi-bin/../../a"),
        ("agi-bin", "agi-bin/.hidden"),
        ("sounds", "sounds/en/a b.wav"),
    ],
)
def test_only_surfaces_of_links_have_them_below_their_own_folder(
    site: Path, surface: str, path: str
) -> None:
    assert refusal({path: TARGET}, surface) == "applier-path-wrong"


def test_a_surface_of_links_takes_no_text(site: Path) -> None:
    assert refusal({}, files={PATH: "0" * 64}) == "applier-files-wrong"
    assert refusal([PATH]) == "applier-files-wrong"


def test_a_check_says_which_links_lead_nowhere_and_changes_nothing(site: Path) -> None:
    report = client.check_links("agi-bin", {PATH: TARGET, "agi-bin/b": f"{CODE}/agi-bin/b"})
    assert (report.ok, report.output) == (False, "lost agi-bin/b")
    assert not (site / "etc").exists()
