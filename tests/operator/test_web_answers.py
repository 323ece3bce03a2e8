"""Answers that become rows: entries of the sidebar for each person, rights with permissions."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from modules_app.domain.operations import Outcome
from modules_app.models import MenuItem, Module, ModuleRight
from modules_app.permissions import Actor, Right
from modules_app.selectors.languages import packs_in_use
from modules_app.selectors.menu import MenuGroup, MenuLink, first_entry, sidebar
from modules_app.services.menu import place_menu_item
from modules_app.templatetags.module_ui import current_link
from tests.lifecycle import Life
from tests.pages import administrator, person
from tests.web_module import CONF, FILES, ID, front, german

ACTOR = Actor.system()
REPORTS = f"modules_app.{ID}:reports"


def rows() -> dict[str, MenuItem]:
    return {item.caption: item for item in MenuItem.objects.filter(module_id=ID)}


def captions(user: object = None) -> list[str]:
    shown = {link.caption for group in sidebar("en", user) for link in group.items}
    return sorted(name for name in shown if name.startswith("Front"))


@pytest.fixture
def enabled(life: Life) -> Life:
    life.install(front())
    done = life.enable(ID)
    assert done.outcome == Outcome.DONE, done.error
    return life


def test_entries_are_rows_with_the_right_that_their_page_needs(enabled: Life) -> None:
    found = rows()
    assert {name: (item.right, item.missing) for name, item in found.items()} == {
        f"Breadcrumb{ID}": ("", False),
        "Front reports": (REPORTS, False),
        "Front nowhere": ("", True),
        "Front installers": ("modules_app.install_module", False),
    }


def test_each_person_sees_what_they_may_open(enabled: Life) -> None:
    viewer, reader, nobody = person(Right.VIEW, name="v"), person(name="r"), person(name="n")
    reader.user_permissions.add(Permission.objects.get(codename=f"{ID}:reports"))
    assert first_entry(reader) == f"/m/{ID}/reports/" and first_entry(nobody) == ""
    assert captions(viewer) == ["Front"]
    assert captions(reader) == ["Front reports"]
    assert captions(nobody) == []
    assert captions(administrator()) == ["Front", "Front installers", "Front reports"]


def test_a_placement_stays_over_an_upgrade_and_what_is_named_no_more_goes(enabled: Life) -> None:
    item = rows()["Front reports"]
    place_menu_item(
        actor=ACTOR, module_id=ID, key=item.key, shown=True, group="server", caption="Mine", order=3
    )
    readers = Group.objects.create(name="Readers")
    readers.permissions.add(Permission.objects.get(codename=f"{ID}:reports"))
    conf = CONF.replace('        menu.add("Front nowhere", href="nowhere/")\n', "")
    done = enabled.install(front("1.1.0", **{"conf.py": conf}))
    assert done.outcome == Outcome.DONE, done.error
    found = rows()
    assert "Front nowhere" not in found
    placed = found["Front reports"]
    assert (placed.placed_group, placed.placed_caption) == ("server", "Mine")
    assert placed.placed_order == 3
    assert readers.permissions.filter(codename=f"{ID}:reports").exists()

    conf = conf.replace('acl.add_right("reports"', 'acl.add_right("others"')
    enabled.install(front("1.2.0", **{"conf.py": conf}))
    assert [right.name for right in ModuleRight.objects.all()] == ["others"]
    assert not readers.permissions.exists()


def test_an_answer_that_fails_changes_no_rights(enabled: Life) -> None:
    conf = CONF.replace("acl.add_right(", "raise ValueError('no')\n        acl.add_right(")
    enabled.install(front("1.1.0", **{"conf.py": conf}))
    assert [right.name for right in ModuleRight.objects.all()] == ["reports"]


def test_the_installers_entry_without_a_page_is_hidden_but_the_module_runs(life: Life) -> None:
    installer = """
from modules_app.sdk import PbxExtensionSetupBase
class PbxExtensionSetup(PbxExtensionSetupBase):
    def add_to_sidebar(self):
        return self.place_in_sidebar(href="/m/ModuleFront/gone/")
"""
    life.install(front(**{"installer.py": installer}))
    assert life.enable(ID).outcome == Outcome.DONE
    assert rows()[f"Breadcrumb{ID}"].missing
    assert captions() == ["Front installers", "Front reports"]
    life.install(front("1.1.0"))
    assert not rows()[f"Breadcrumb{ID}"].missing


def test_rights_go_with_the_module_but_not_when_it_is_disabled(enabled: Life) -> None:
    enabled.disable(ID, force=True)
    assert Permission.objects.filter(codename=f"{ID}:reports").exists()
    enabled.remove(ID)
    assert not Permission.objects.filter(codename__startswith=ID).exists()


def test_one_pack_for_a_language(life: Life) -> None:
    for name in ("ModuleGerman", "ModuleGermanToo"):
        life.install(german(name))
    assert packs_in_use() == {}
    assert life.enable("ModuleGerman").outcome == Outcome.DONE
    refused = life.enable("ModuleGermanToo")
    assert (refused.outcome, refused.error["slug"]) == (Outcome.REFUSED, "language-taken")
    assert refused.error["context"]["owner"] == "ModuleGerman"
    code = life.data_dir.store / "ModuleGerman" / Module.objects.get(pk="ModuleGerman").generation
    assert packs_in_use() == {"de": code / "code"}
    life.disable("ModuleGerman")
    assert life.enable("ModuleGermanToo").outcome == Outcome.DONE


def test_foreign_keys_are_named_before_the_installation(life: Life) -> None:
    upload = life.upload(front())
    warnings = {one["slug"]: one["context"] for one in upload.report["warnings"]}
    assert warnings["foreign-text-keys"] == {"keys": "ext_Mine"}
    assert "messages/en.json" in FILES


def test_a_caption_that_is_a_key_of_messages_is_read_in_each_language(life: Life) -> None:
    texts = {
        "conf.py": CONF.replace('"Front reports"', '"front_Reports"'),
        "messages/en.json": '{"front_Reports": "Front figures"}',
        "messages/ru.json": '{"front_Reports": "Отчёты"}',
    }
    life.install(front(**texts))
    assert life.enable(ID).outcome == Outcome.DONE
    assert rows()["front_Reports"].captions == {"en": "Front figures", "ru": "Отчёты"}
    assert captions() == ["Front figures", "Front installers"]


def test_one_entry_of_a_module_leads_to_a_page() -> None:
    own, reports = f"/m/{ID}/", f"/m/{ID}/reports/"
    links = (MenuLink("All", "", own, ID, ""), MenuLink("Reports", "", reports, ID, ""))
    groups = [MenuGroup("modules", "Modules", "", links[:1]), MenuGroup("x", "X", "", links[1:])]
    assert current_link(groups, ID, f"{reports}3/") == reports
    assert current_link(groups, ID, f"{own}notes/") == own
    assert current_link(groups[1:], ID, f"{own}notes/") == reports
    assert current_link(groups, "", "/modules/") == ""


def test_rights_are_called_by_each_readers_language(enabled: Life, client: Client) -> None:
    conf = CONF.replace('"Read the reports"', '"fr_Read"')
    texts = {"en": "Read reports", "ru": "Читать отчёты"}
    messages = {f"messages/{name}.json": json.dumps({"fr_Read": t}) for name, t in texts.items()}
    done = enabled.install(front("1.1.0", **{"conf.py": conf, **messages}))
    assert done.outcome == Outcome.DONE, done.error
    right = ModuleRight.objects.get()
    assert (right.caption, right.captions) == ("Read reports", texts)
    client.force_login(administrator(), backend="django.contrib.auth.backends.ModelBackend")
    for name, text in texts.items():
        page = client.get(f"/modules/{ID}/", headers={"accept-language": name})
        assert f"<dt>{text}</dt>" in page.content.decode()
