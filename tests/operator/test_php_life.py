"""A package in PHP through its whole life: what is declared works, what is code never runs."""

from __future__ import annotations

import json
import sqlite3

import pytest

from modules_app.domain.operations import Outcome
from modules_app.exceptions import Busy, NotFound, Refused
from modules_app.models import (
    AuditEvent,
    KeptData,
    MenuItem,
    Module,
    Operation,
    PbxSetting,
    StoredPackage,
)
from modules_app.selectors.menu import sidebar
from modules_app.selectors.modules import list_modules
from modules_app.services import lifecycle
from modules_app.services.menu import place_menu_item
from tests.builders import php_module
from tests.lifecycle import ACTOR, Life

ID = "ModuleTest"


def insert(life: Life, number: str) -> None:
    with sqlite3.connect(life.database(ID)) as connection:
        connection.execute("INSERT INTO m_Numbers(number) VALUES (?)", [number])


def numbers(life: Life) -> list[str]:
    with sqlite3.connect(life.database(ID)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM m_Numbers ORDER BY id")]


def test_installing_registers_the_module_disabled_with_table_menu_and_texts(life: Life) -> None:
    operation = life.install(php_module())
    assert operation.outcome == Outcome.DONE
    [row] = list_modules(language="ru")
    assert (row.id, row.title, row.enabled) == (ID, "Тестовый модуль", False)
    assert numbers(life) == []
    setting = json.loads(PbxSetting.objects.get(key=f"AdditionalMenuItem{ID}").value)
    assert setting["group"] == "modules" and setting["showAtSidebar"] is True
    assert sidebar() == []
    assert not list(life.data_dir.uploads.iterdir())


def test_enabling_shows_its_item_and_disabling_takes_it_away(life: Life) -> None:
    life.install(php_module(), enable=True)
    [group] = sidebar("en")
    assert [(item.caption, item.url) for item in group.items] == [("Test module", f"/m/{ID}/")]
    life.disable(ID)
    assert sidebar("en") == []
    module = Module.objects.get(pk=ID)
    assert (module.reason_code, module.reason_actor) == ("DisabledByUser", "tester")


def test_an_upgrade_keeps_rows_state_and_placement_and_adds_columns(life: Life) -> None:
    life.install(php_module("1.0.0"), enable=True)
    insert(life, "100")
    place_menu_item(
        actor=ACTOR, module_id=ID, key=ID, shown=True, group="routing", caption="Mine", order=5
    )
    old = Module.objects.get(pk=ID)
    operation = life.install(php_module("1.1.0", column="note"))
    new = Module.objects.get(pk=ID)
    assert operation.verb == "upgrade" and operation.outcome == Outcome.DONE
    assert (new.version, new.wanted) == ("1.1.0", "on")
    assert new.previous_generation == old.generation
    assert numbers(life) == ["100"]
    with sqlite3.connect(life.database(ID)) as connection:
        assert connection.execute("SELECT note FROM m_Numbers").fetchone() == (None,)
    [group] = sidebar("en")
    assert (group.key, group.items[0].caption) == ("routing", "Mine")


def test_a_column_that_vanished_is_kept_with_its_values(life: Life) -> None:
    life.install(php_module("1.0.0", column="note"))
    with sqlite3.connect(life.database(ID)) as connection:
        connection.execute("INSERT INTO m_Numbers(number, note) VALUES ('1', 'kept')")
    life.install(php_module("1.1.0"))
    with sqlite3.connect(life.database(ID)) as connection:
        assert connection.execute("SELECT note FROM m_Numbers").fetchone() == ("kept",)


def test_removing_keeps_the_data_and_a_later_install_takes_it_over(life: Life) -> None:
    life.install(php_module())
    insert(life, "200")
    place_menu_item(
        actor=ACTOR, module_id=ID, key=ID, shown=False, group="routing", caption="", order=0
    )
    life.remove(ID)
    assert not Module.objects.exists() and not MenuItem.objects.exists()
    assert not PbxSetting.objects.exists()
    assert KeptData.objects.get().module_id == ID
    assert not list(life.data_dir.store.iterdir())
    life.install(php_module("1.2.0"))
    assert numbers(life) == ["200"]
    assert not KeptData.objects.exists()
    item = MenuItem.objects.get()
    assert (item.placed_shown, item.placed_group) == (False, "routing")


def test_removing_with_its_data_leaves_nothing_but_history(life: Life) -> None:
    life.install(php_module(), enable=True)
    life.remove(ID, keep_data=False)
    assert life.residue() == []
    assert not Module.objects.exists() and not KeptData.objects.exists()
    assert not MenuItem.objects.exists() and not PbxSetting.objects.exists()
    assert StoredPackage.objects.count() == 1
    assert Operation.objects.count() == 3
    assert AuditEvent.objects.filter(action="module-remove", outcome="done").exists()


def test_kept_data_can_be_deleted_later(life: Life) -> None:
    life.install(php_module())
    life.remove(ID)
    with pytest.raises(NotFound):
        lifecycle.remove_module(actor=ACTOR, module_id=ID)
    life.remove(ID, keep_data=False)
    assert life.residue() == [] and not KeptData.objects.exists()


def test_a_lower_version_is_refused_unless_asked_for(life: Life) -> None:
    life.install(php_module("2.0.0"))
    with pytest.raises(Refused) as caught:
        life.install(php_module("1.0.0"))
    assert caught.value.slug == "version-lower"
    assert life.install(php_module("1.0.0"), allow_downgrade=True).outcome == Outcome.DONE


def test_the_same_version_with_other_content_is_a_new_generation(life: Life) -> None:
    life.install(php_module("1.0.0"))
    before = Module.objects.get(pk=ID)
    life.install(php_module("1.0.0", column="note"))
    after = Module.objects.get(pk=ID)
    assert before.generation != after.generation and before.digest != after.digest


def test_a_second_operation_on_a_busy_module_names_the_first(life: Life) -> None:
    life.install(php_module())
    first = lifecycle.enable_module(actor=ACTOR, module_id=ID)
    with pytest.raises(Busy) as caught:
        lifecycle.disable_module(actor=ACTOR, module_id=ID)
    assert caught.value.context["operation"] == first.pk


def test_a_double_click_is_one_operation(life: Life) -> None:
    life.install(php_module())
    first = lifecycle.enable_module(actor=ACTOR, module_id=ID, request_key="k1")
    second = lifecycle.enable_module(actor=ACTOR, module_id=ID, request_key="k1")
    assert first.pk == second.pk
    life.run(first)
    assert lifecycle.enable_module(actor=ACTOR, module_id=ID, request_key="k1").pk == first.pk


def test_a_commercial_module_needs_a_licence_key(life: Life) -> None:
    refused = life.install(php_module(lic_product_id=7))
    assert (refused.outcome, refused.error["slug"]) == (Outcome.REFUSED, "ext_EmptyLicenseKey")
    assert not Module.objects.exists()
    PbxSetting.objects.create(key="PBXLicense", value="MIKO-11111-22222-33333-44444")
    assert life.install(php_module(lic_product_id=7)).outcome == Outcome.DONE


def test_a_module_for_a_newer_system_is_refused(life: Life) -> None:
    operation = life.install(php_module(min_pbx_version="2099.1.1"))
    assert operation.error["slug"] == "ext_ModuleDependsHigherVersion"
    assert [name for name in life.residue() if not name.startswith("uploads")] == []


def test_a_development_suffix_of_the_system_does_not_count(life: Life) -> None:
    PbxSetting.objects.create(key="PBXVersion", value="2026.3.1-dev")
    operation = life.install(php_module(min_pbx_version="2026.3.1"))
    assert operation.outcome == Outcome.DONE


def test_damaged_files_are_not_enabled(life: Life) -> None:
    life.install(php_module())
    module = Module.objects.get(pk=ID)
    record = life.data_dir.generation(ID, module.generation) / "record.json"
    record.chmod(0o644)
    record.write_bytes(record.read_bytes().replace(b"a", b"b", 1))
    assert life.enable(ID).outcome == Outcome.FAILED
    assert Module.objects.get(pk=ID).wanted == "off"


def test_an_address_is_stored_and_drawn_only_below_the_modules_pages(life: Life) -> None:
    life.install(php_module(), enable=True)
    item = MenuItem.objects.get()
    for address, drawn in {
        f"/m/{ID}/list/": f"/m/{ID}/list/",
        "/admin-cabinet/module-test/index": f"/m/{ID}/",
        f"/m/{ID}/../Other/": f"/m/{ID}/",
        "https://example.org/": f"/m/{ID}/",
        "javascript:alert(1)": f"/m/{ID}/",
    }.items():
        MenuItem.objects.filter(pk=item.pk).update(href=address)
        [group] = sidebar("en")
        assert group.items[0].url == drawn


def test_the_report_says_beforehand_what_would_refuse_the_installation(life: Life) -> None:
    report = life.upload(php_module(lic_product_id=7, min_pbx_version="2099.1.1")).report
    slugs = {finding["slug"] for finding in report["warnings"]}
    assert {"ext_EmptyLicenseKey", "ext_ModuleDependsHigherVersion"} <= slugs
    PbxSetting.objects.create(key="PBXLicense", value="MIKO-11111-22222-33333-44444")
    report = life.upload(php_module(lic_product_id=7)).report
    assert "ext_LicenseNotVerified" in {finding["slug"] for finding in report["notes"]}
