"""Raw records: everything is shown, what the engine writes cannot be edited."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client

from modules_app.models import AuditEvent, Operation, PbxSetting
from tests.pages import menu_item, module, operation, upload

READ_ONLY = {
    "auditevent",
    "hookresult",
    "keptdata",
    "menuitem",
    "module",
    "operation",
    "storedpackage",
    "firewallrule",
    "moduleaccount",
    "modulegrant",
    "networkfilter",
    "customfile",
    "upload",
}


def ours() -> list[str]:
    names = [m._meta.model_name for m in admin.site._registry if m._meta.app_label == "modules_app"]
    assert len(names) >= 8
    return [str(name) for name in names]


def test_the_index_links_the_records_of_loaded_modules(admin_page: Client) -> None:
    module("ModuleOn", wanted="on")
    module("ModuleOff")
    html = admin_page.get("/admin/").content.decode()
    assert "PBX Admin: raw records" in html
    assert 'href="/m/ModuleOn/admin/"' in html
    assert "/m/ModuleOff/admin/" not in html


@pytest.mark.parametrize("name", ours())
def test_lists_open_and_engine_records_are_read_only(admin_page: Client, name: str) -> None:
    menu_item(module())
    operation()
    upload("ModuleNew")
    assert admin_page.get(f"/admin/modules_app/{name}/").status_code == 200
    added = admin_page.get(f"/admin/modules_app/{name}/add/").status_code
    assert added == (403 if name in READ_ONLY else 200)


def test_an_operation_shows_its_steps(admin_page: Client) -> None:
    shown = operation()
    html = admin_page.get(f"/admin/modules_app/operation/{shown.pk}/change/").content.decode()
    assert "set-up" in html and 'name="_save"' not in html


def test_actions_ask_the_services(admin_page: Client) -> None:
    module("ModuleOne")
    module("ModuleTwo", wanted="on")
    form = {"action": "enable", "_selected_action": ["ModuleOne", "ModuleTwo"]}
    html = admin_page.post("/admin/modules_app/module/", form, follow=True).content.decode()
    assert [o.module_id for o in Operation.objects.all()] == ["ModuleOne"]
    assert "cannot be asked to enable" in html


def test_a_setting_changed_here_is_audited(admin_page: Client) -> None:
    form = {"key": "ModuleTestFlag", "value": "1"}
    assert admin_page.post("/admin/modules_app/pbxsetting/add/", form).status_code == 302
    event = AuditEvent.objects.exclude(action="login").get()
    told = (event.actor, event.action, event.target)
    assert told == ("root", "settings-change", "ModuleTestFlag")


def test_settings_deleted_together_are_audited_one_by_one(admin_page: Client) -> None:
    PbxSetting.objects.bulk_create([PbxSetting(key="One", value="1"), PbxSetting(key="Two")])
    form = {"action": "delete_selected", "_selected_action": ["One", "Two"], "post": "yes"}
    assert admin_page.post("/admin/modules_app/pbxsetting/", form).status_code == 302
    assert not PbxSetting.objects.exists()
    changes = AuditEvent.objects.filter(action="settings-change")
    assert {event.target for event in changes} == {"One", "Two"}
