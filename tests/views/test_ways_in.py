"""No way leads to a page that is not there: "Open", raw records, scopes of REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from modules_app.domain.pages import has_page
from modules_app.domain.states import Wanted
from modules_app.models import HookResult, Module
from modules_app.permissions import Right
from modules_app.selectors.api_keys import offered_scopes
from tests.builders import zip_of
from tests.lifecycle import Life
from tests.pages import module

PACK = {"language": "declarative", "contract": "mikopbx", "works": [], "menu": [], "tables": []}


def with_facts(module_id: str, written_in: str = "python", /, **facts: Any) -> Module:
    row = module(module_id, wanted=Wanted.ON, language=written_in)
    row.facts = facts
    row.save()
    return row


def test_a_language_pack_offers_no_page(admin_page: Client) -> None:
    with_facts("ModuleGerman", "declarative", **PACK)
    with_facts("ModuleBook", works=[{"slug": "works-pages"}])
    for path in ("/modules/", "/modules/ModuleGerman/", "/modules/ModuleBook/"):
        html = admin_page.get(path).content.decode()
        assert 'href="/m/ModuleGerman/"' not in html, path
    assert 'href="/m/ModuleBook/"' in admin_page.get("/modules/").content.decode()
    assert 'href="/m/ModuleBook/"' in admin_page.get("/modules/ModuleBook/").content.decode()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        (PACK, False),
        ({**PACK, "tables": [{"name": "m_x"}]}, True),
        ({**PACK, "menu": [{"hidden": False}]}, True),
        ({**PACK, "menu": [{"hidden": True}]}, False),
        ({**PACK, "language": "php"}, True),
        ({**PACK, "contract": "freepbx"}, True),
        ({**PACK, "language": "python", "models": [{"name": "Call"}]}, True),
        ({**PACK, "language": "python", "works": [{"slug": "works-hooks"}]}, False),
    ],
)
def test_what_there_is_to_see_follows_from_the_report(
    facts: dict[str, Any], expected: bool
) -> None:
    assert has_page(facts) is expected


def test_the_column_follows_the_facts_through_a_real_installation(life: Life) -> None:
    manifest = b'{"moduleUniqueID": "ModuleGerman", "version": "1", "module_type": "languagepack",'
    manifest += b' "language_code": "de", "min_pbx_version": "2024.1.1", "developer": "x"}'
    pack = zip_of({"module.json": manifest, "messages/de.json": b'{"Hello": "Hallo"}'})
    life.install(pack)
    row = Module.objects.get(pk="ModuleGerman")
    assert row.has_page is False
    row.facts = {}
    row.save(update_fields=["facts"])
    assert Module.objects.get(pk="ModuleGerman").has_page is True


def test_raw_records_lead_only_to_modules_with_models(admin_page: Client) -> None:
    with_facts("ModuleGerman", "declarative", **PACK)
    with_facts("ModulePlain", models=[])
    with_facts("ModuleCalls", models=[{"name": "Call", "table": "m_calls"}])
    html = admin_page.get("/admin/").content.decode()
    assert "/m/ModuleCalls/admin/" in html
    assert "/m/ModuleGerman/admin/" not in html and "/m/ModulePlain/admin/" not in html


@pytest.mark.django_db
def test_keys_are_offered_the_rest_of_modules_that_have_some() -> None:
    for module_id in ("ModuleRoutes", "ModuleEmpty"):
        with_facts(module_id)
    with_facts("ModuleCallback", hooks=["module_rest_api_callback"])
    with_facts("ModuleGerman", "declarative", **PACK)
    route = {"method": "GET", "path": "calls", "public": False, "action": "list", "docs": ""}
    for module_id, routes in (("ModuleRoutes", [route]), ("ModuleEmpty", [])):
        HookResult.objects.create(
            module_id=module_id,
            id_fold=module_id.casefold(),
            hook="get_pbxcore_rest_additional_routes",
            at=timezone.now(),
            ok=True,
            answer={"routes": routes, "resources": []},
        )
    offered = [one for one in offered_scopes(frozenset(Right)) if one.startswith("modules:")]
    assert sorted(offered) == ["modules:ModuleCallback", "modules:ModuleRoutes"]
