"""W05: a module that calls the installer gets nowhere: docs/explanation/security.md, "Module code".

The core database is open read-only for it and our services write nowhere else. A module that opens
files by their paths is another matter (B13): the host has no user of its own yet.
"""

from __future__ import annotations

import pytest

from modules_app.models import Operation, PbxSetting, Upload
from tests.lifecycle import Life
from tests.web.hostile import module_that_meddles
from tests.web.site import HOSTILE, Site

REFUSED = ("OperationalError", "ProgrammingError", "DatabaseError")


@pytest.mark.server
def test_w05_a_page_of_a_module_cannot_install_enable_or_write(site: Site) -> None:
    queries = (
        "SELECT COUNT(*), MAX(id) FROM modules_app_operation",
        "SELECT * FROM modules_app_pbxsetting",
        "SELECT id, username, is_superuser FROM auth_user",
        "SELECT * FROM modules_app_upload",
        "SELECT COUNT(*) FROM modules_app_auditevent",
        "SELECT id, wanted, phase FROM modules_app_module",
    )
    before = [site.rows(query) for query in queries]
    lines = site.client.get(f"/m/{HOSTILE}/meddles/").text.splitlines()
    assert len(lines) == 7
    assert [line for line in lines if not line.endswith(REFUSED)] == []
    assert [site.rows(query) for query in queries] == before
    assert list((site.data_dir / "uploads").iterdir()) == []
    assert site.client.get("/").status == 200


@pytest.mark.django_db
def test_w05_an_installer_cannot_either(life: Life) -> None:
    done = life.install(module_that_meddles())
    said = [message["context"]["said"] for message in done.messages if "said" in message["context"]]
    assert done.outcome == "done", done.error
    assert len(said) == 7
    assert [line for line in said if not line.endswith(REFUSED)] == []
    assert list(Operation.objects.values_list("module_id", "verb")) == [
        ("ModuleMeddles", "install")
    ]
    assert not PbxSetting.objects.filter(value="stolen").exists()
    assert not Upload.objects.exists()
