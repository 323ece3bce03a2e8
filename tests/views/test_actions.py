"""Asking for verbs from the pages: forms, double clicks, busy modules, errors of services."""

from __future__ import annotations

import pytest
from django.test import Client

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.models import MenuItem, Operation, PbxSetting
from tests.pages import kept_data, menu_item, module, operation, upload

HTMX = {"HX-Request": "true"}
VETO = {
    "slug": "module-vetoed",
    "message": "“{id}” does not agree to {verb}: {said}",
    "context": {"id": "ModuleBlackList", "verb": "disable", "said": "A call is on."},
    "hint": "",
}


def test_enabling_queues_one_operation_and_shows_it(admin_page: Client) -> None:
    module()
    response = admin_page.post("/modules/ModuleBlackList/enable/", {"request_key": "k"})
    queued = Operation.objects.get()
    assert (queued.verb, queued.actor, queued.channel) == (Verb.ENABLE, "root", "web")
    assert response["Location"] == f"/operations/{queued.pk}/"


def test_a_double_click_gives_the_same_operation(admin_page: Client) -> None:
    module()
    first = admin_page.post("/modules/ModuleBlackList/enable/", {"request_key": "k"})
    second = admin_page.post("/modules/ModuleBlackList/enable/", {"request_key": "k"})
    assert Operation.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_one_form_key_serves_several_modules(admin_page: Client) -> None:
    module("ModuleOne")
    module("ModuleTwo")
    admin_page.post("/modules/ModuleOne/enable/", {"request_key": "k"})
    admin_page.post("/modules/ModuleTwo/enable/", {"request_key": "k"})
    assert Operation.objects.count() == 2


def test_a_busy_module_answers_409_with_a_link_to_the_operation(admin_page: Client) -> None:
    module()
    running = operation(outcome=Outcome.RUNNING)
    response = admin_page.post("/modules/ModuleBlackList/enable/", {"request_key": "other"})
    assert response.status_code == 409
    assert f'href="/operations/{running.pk}/"' in response.content.decode()


def test_an_unknown_module_answers_404_with_a_hint(admin_page: Client) -> None:
    response = admin_page.get("/modules/Nobody/")
    assert response.status_code == 404
    assert "There is no module “Nobody” here." in response.content.decode()


def test_htmx_gets_the_row_that_asks_again_until_the_operation_ends(admin_page: Client) -> None:
    module()
    row = admin_page.post("/modules/ModuleBlackList/enable/", {}, headers=HTMX).content.decode()
    queued = Operation.objects.get()
    assert row.lstrip().startswith('<tr role="row" id="row-ModuleBlackList"')
    assert 'hx-trigger="every 1s"' in row and "Working" in row
    Operation.objects.update(outcome=Outcome.DONE)
    address = f"/modules/ModuleBlackList/row/?operation={queued.pk}"
    row = admin_page.get(address, headers=HTMX).content.decode()
    assert "every 1s" not in row
    assert 'hx-swap-oob="innerHTML:#sidebar"' in row


def test_a_failed_operation_is_told_at_the_row(admin_page: Client) -> None:
    module()
    error = {"slug": "x", "message": "“{id}” failed.", "context": {"id": "It"}, "hint": ""}
    failed = operation(outcome=Outcome.FAILED, error=error)
    address = f"/modules/ModuleBlackList/row/?operation={failed.pk}"
    row = admin_page.get(address, headers=HTMX).content.decode()
    assert "“It” failed." in row and f"/operations/{failed.pk}/" in row


def test_htmx_gets_errors_as_a_box_with_its_place(admin_page: Client) -> None:
    response = admin_page.post("/modules/Nobody/enable/", {}, headers=HTMX)
    assert response.status_code == 404
    assert response["HX-Retarget"] == "#problem"
    assert "<html" not in response.content.decode()


def test_removal_keeps_the_data_unless_the_name_is_typed(admin_page: Client) -> None:
    module()
    address = "/modules/ModuleBlackList/remove/"
    refused = admin_page.post(address, {"data": "delete", "typed": "ModuleBlack"})
    assert refused.status_code == 422
    assert not Operation.objects.exists()
    admin_page.post(address, {"data": "keep", "typed": ""})
    assert Operation.objects.get().options["keep_data"] is True


def test_removal_deletes_the_data_when_the_name_is_typed(admin_page: Client) -> None:
    module()
    typed = {"data": "delete", "typed": " ModuleBlackList "}
    admin_page.post("/modules/ModuleBlackList/remove/", typed)
    assert Operation.objects.get().options["keep_data"] is False


def test_focus_starts_on_cancel_and_keeping_is_chosen(admin_page: Client) -> None:
    module()
    html = admin_page.get("/modules/ModuleBlackList/remove/").content.decode()
    assert html.count("autofocus") == 1
    assert "data-close autofocus" in html
    assert 'value="keep" checked' in html


def test_a_vetoed_disabling_can_be_forced(admin_page: Client) -> None:
    module(wanted="on")
    refused = operation(verb=Verb.DISABLE, outcome=Outcome.REFUSED, error=VETO)
    html = admin_page.get(f"/operations/{refused.pk}/").content.decode()
    assert "Disable anyway" in html
    admin_page.post("/modules/ModuleBlackList/disable/", {"force": "1"})
    assert Operation.objects.filter(verb=Verb.DISABLE).first().options["force"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": Outcome.REFUSED, "error": {**VETO, "slug": "not-in-this-state"}},
        {"outcome": Outcome.FAILED, "error": VETO},
        {"outcome": Outcome.DONE},
        {"verb": Verb.ENABLE, "outcome": Outcome.REFUSED, "error": VETO},
    ],
)
def test_only_a_vetoed_disabling_is_offered_to_be_forced(
    admin_page: Client, fields: dict[str, object]
) -> None:
    module(wanted="on")
    ended = operation(**{"verb": Verb.DISABLE, **fields})  # type: ignore[arg-type]
    assert "Disable anyway" not in admin_page.get(f"/operations/{ended.pk}/").content.decode()


def test_a_module_that_is_off_meanwhile_need_not_be_forced(admin_page: Client) -> None:
    module()
    refused = operation(verb=Verb.DISABLE, outcome=Outcome.REFUSED, error=VETO)
    assert "Disable anyway" not in admin_page.get(f"/operations/{refused.pk}/").content.decode()


def test_a_vetoed_removal_leads_to_a_page_that_forces_it(admin_page: Client) -> None:
    module(wanted="on")
    refused = operation(verb=Verb.REMOVE, outcome=Outcome.REFUSED, error=VETO)
    html = admin_page.get(f"/operations/{refused.pk}/").content.decode()
    address = "/modules/ModuleBlackList/remove/?force=1"
    assert f'href="{address}"' in html
    assert 'name="force" value="1"' in admin_page.get(address).content.decode()
    admin_page.post("/modules/ModuleBlackList/remove/", {"data": "keep", "force": "1"})
    assert Operation.objects.latest("pk").options == {"keep_data": True, "force": True}


def test_a_waiting_operation_ends_at_once_also_without_an_operator(admin_page: Client) -> None:
    module()
    admin_page.post("/modules/ModuleBlackList/enable/")
    waiting = Operation.objects.get()
    admin_page.post(f"/operations/{waiting.pk}/cancel/")
    waiting.refresh_from_db()
    assert waiting.outcome == Outcome.CANCELLED and waiting.ended_at is not None
    admin_page.post("/modules/ModuleBlackList/enable/")
    assert Operation.objects.count() == 2


def test_a_running_operation_can_be_cancelled_until_it_commits(admin_page: Client) -> None:
    running = operation(outcome=Outcome.RUNNING)
    assert "Cancel" in admin_page.get(f"/operations/{running.pk}/").content.decode()
    admin_page.post(f"/operations/{running.pk}/cancel/")
    running.refresh_from_db()
    assert running.cancel_requested
    Operation.objects.update(committed=True, cancel_requested=False)
    assert admin_page.post(f"/operations/{running.pk}/cancel/").status_code == 422


def test_only_an_open_operation_is_asked_again(admin_page: Client) -> None:
    running = operation("ModuleOne", outcome=Outcome.RUNNING)
    ended = operation("ModuleTwo", outcome=Outcome.DONE)
    assert "every 1s" in admin_page.get(f"/operations/{running.pk}/").content.decode()
    assert "every 1s" not in admin_page.get(f"/operations/{ended.pk}/").content.decode()


def test_an_operation_without_news_says_so(admin_page: Client) -> None:
    fresh = operation("ModuleOne", outcome=Outcome.RUNNING)
    stale = operation("ModuleTwo", outcome=Outcome.RUNNING, quiet_for=60)
    assert "No news since" not in admin_page.get(f"/operations/{fresh.pk}/").content.decode()
    assert "No news since" in admin_page.get(f"/operations/{stale.pk}/").content.decode()


def test_an_entry_is_placed_moved_and_reset(admin_page: Client) -> None:
    item = menu_item(module(), order=3)
    address = "/modules/ModuleBlackList/place/"
    prefix = f"item{item.pk}"
    form = {
        "key": "main",
        f"{prefix}-group": "server",
        f"{prefix}-caption": "Blocked",
        f"{prefix}-order": "7",
    }
    assert admin_page.post(address, {**form, "action": "up"}).status_code == 302
    item.refresh_from_db()
    placed = (item.placed_group, item.placed_caption, item.placed_order, item.placed_shown)
    assert placed == ("server", "Blocked", 6, False)
    admin_page.post(address, {"key": "main", "action": "reset"})
    assert MenuItem.objects.get().placed_order is None


def test_a_wrong_placement_comes_back_with_its_fields_marked(admin_page: Client) -> None:
    item = menu_item(module())
    form = {"key": "main", f"item{item.pk}-group": "nowhere", f"item{item.pk}-order": "x"}
    response = admin_page.post("/modules/ModuleBlackList/place/", form)
    html = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in html
    field = f"id_item{item.pk}-order"
    assert f'aria-describedby="{field}_helptext {field}_error"' in html
    assert "error-summary" in html


def test_an_unknown_entry_is_not_found(admin_page: Client) -> None:
    module()
    response = admin_page.post("/modules/ModuleBlackList/place/", {"key": "nothing"})
    assert response.status_code == 404


def test_installing_a_waiting_package_asks_for_enabling_only_when_ticked(
    admin_page: Client,
) -> None:
    waiting = upload("ModuleNew")
    admin_page.post(f"/uploads/{waiting.pk}/install/", {"enable": "1"})
    queued = Operation.objects.get()
    assert (queued.verb, queued.options["enable"]) == (Verb.INSTALL, True)


@pytest.mark.parametrize(
    ("version", "words"),
    [("1.3.0", "An upgrade from 1.2.0"), ("1.2.0", "installed already"), ("1.1", "A downgrade")],
)
def test_the_report_says_what_installing_would_be(
    admin_page: Client, version: str, words: str
) -> None:
    module()
    waiting = upload(version=version)
    assert words in admin_page.get(f"/uploads/{waiting.pk}/").content.decode()


def test_a_lower_version_must_be_meant(admin_page: Client) -> None:
    module()
    waiting = upload(version="1.1")
    assert admin_page.post(f"/uploads/{waiting.pk}/install/").status_code == 422
    admin_page.post(f"/uploads/{waiting.pk}/install/", {"allow_downgrade": "1"})
    assert Operation.objects.get().verb == Verb.UPGRADE


def test_a_gone_upload_is_explained(admin_page: Client) -> None:
    address = "/uploads/00000000-0000-0000-0000-000000000000/"
    response = admin_page.get(address)
    assert response.status_code == 404
    assert "This upload is gone" in response.content.decode()


def test_settings_are_saved_and_wrong_ones_are_marked(admin_page: Client) -> None:
    form = admin_page.get("/settings/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value is not False}
    saved = admin_page.post("/settings/", {**values, "SIPPort": "5070"}, follow=True)
    assert "1 setting saved." in saved.content.decode()
    assert PbxSetting.objects.get(key="SIPPort").value == "5070"
    wrong = admin_page.post("/settings/", {**values, "SIPPort": "70000"})
    assert wrong.status_code == 422
    assert 'href="#id_SIPPort"' in wrong.content.decode()


def test_language_and_theme_are_remembered_and_lead_back(admin_page: Client) -> None:
    back = admin_page.post("/language/", {"language": "ru", "next": "/modules/"})
    assert (back["Location"], back.cookies["pbx_language"].value) == ("/modules/", "ru")
    back = admin_page.post("/theme/", {"theme": "dark", "next": "//evil.example/"})
    assert (back["Location"], back.cookies["pbx_theme"].value) == ("/", "dark")
    assert 'data-bs-theme="dark"' in admin_page.get("/").content.decode()


def test_unknown_languages_and_themes_are_not_remembered(admin_page: Client) -> None:
    assert "pbx_language" not in admin_page.post("/language/", {"language": "xx"}).cookies
    assert "pbx_theme" not in admin_page.post("/theme/", {"theme": "pink"}).cookies


def test_kept_data_is_deleted_only_by_its_typed_name(admin_page: Client) -> None:
    kept_data("ModuleOld")
    assert "ModuleOld" in admin_page.get("/").content.decode()
    assert admin_page.get("/kept/ModuleOld/delete/").status_code == 200
    assert admin_page.post("/kept/ModuleOld/delete/", {"typed": "Module"}).status_code == 422
    assert not Operation.objects.exists()
    admin_page.post("/kept/ModuleOld/delete/", {"typed": "ModuleOld"})
    queued = Operation.objects.get()
    assert (queued.verb, queued.options["keep_data"]) == (Verb.REMOVE, False)
    assert admin_page.get("/kept/Nothing/delete/").status_code == 404


def test_codes_inside_sentences_are_put_into_words(admin_page: Client) -> None:
    module(wanted="on")
    admin_page.cookies["pbx_language"] = "ru"
    html = admin_page.post("/modules/ModuleBlackList/enable/").content.decode()
    assert "«включение»" in html and "«включён»" in html


def test_an_operation_stuck_half_way_does_not_claim_to_be_put_back(admin_page: Client) -> None:
    error = {"slug": "x", "message": "The disk is full.", "context": {}, "hint": ""}
    stuck = operation(
        outcome=Outcome.FAILED, committed=True, error=error, result={"needs_attention": True}
    )
    html = admin_page.get(f"/operations/{stuck.pk}/").content.decode()
    assert "It could not be finished nor put back" in html
    assert "The module was put back" not in html
