"""What modules add to the web pages, on a server started as script/server does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from tests.e2e.site import Site
from tests.server.running import PASSWORD, Browser
from tests.web_module import ID, front, german, hangs, raises

pytestmark = pytest.mark.server

OWN = f"/m/{ID}/"
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, Permission, User
readers = Group.objects.create(name="Readers")
readers.permissions.set(Permission.objects.filter(codename="{ID}:reports"))
Group.objects.create(name="Bosses")
viewer = User.objects.create_user("viewer", password={PASSWORD!r})
viewer.user_permissions.set(Permission.objects.filter(codename="view_module"))
reader = User.objects.create_user("reader", password={PASSWORD!r})
reader.groups.add(readers)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.prepare()
    site.start()
    try:
        assert site.client.login().status == 302
        site.install(front(), enable=True)
        site.manage("shell", "-c", MAKE_PEOPLE)
        yield site
    finally:
        site.stop()


@pytest.fixture
def web(site: Site) -> Browser:
    return site.client


def as_person(site: Site, name: str, password: str = PASSWORD) -> Browser:
    browser = Browser(site.port)
    assert browser.login(name, password).status == 302
    return browser


def settings_form(web: Browser) -> dict[str, str]:
    """Return the fields of the settings page with what they hold."""
    forms = lxml.html.fromstring(web.get("/settings/").text).forms
    [form] = [form for form in forms if "SIPPort" in form.fields]
    empty = {name: "" for name in form.fields if name.endswith("-greeting")}
    return {**empty, **dict(form.form_values())}


def test_the_sidebar_shows_to_each_person_what_they_may_open(site: Site, web: Browser) -> None:
    for name, shown in (
        ("viewer", {"Front"}),
        ("reader", {"Front reports"}),
    ):
        text = as_person(site, name).get(OWN + "reports/" if name == "reader" else "/").text
        for entry in ("Front", "Front reports", "Front installers"):
            assert (f"<span>{entry}</span>" in text) is (entry in shown), (name, entry)
    text = web.get("/").text
    assert "<span>Front reports</span>" in text and "<span>Front installers</span>" in text


def test_an_entry_without_a_page_is_hidden_and_the_module_marked(web: Browser) -> None:
    assert "Front nowhere" not in web.get("/").text
    page = web.get(f"/modules/{ID}/").text
    assert f"{OWN}nowhere/" in page and "pages that the module does not have" in page


def test_a_page_needs_the_right_that_the_module_named(site: Site) -> None:
    viewer, reader = as_person(site, "viewer"), as_person(site, "reader")
    again = Browser(site.port).login("reader", PASSWORD)
    assert again.headers["Location"] == OWN + "reports/"
    assert viewer.get(OWN).status == 200
    assert viewer.get(OWN + "reports/").status == 403
    assert viewer.post(OWN, {}).status == 403
    assert reader.get(OWN).status == 403
    assert reader.get(OWN + "reports/").status == 200
    assert "reports for POST" in reader.post(OWN + "reports/", {}).text


def test_the_hooks_around_the_modules_own_pages(web: Browser) -> None:
    assert web.get(OWN + "added/").text == "added by the hook"
    stopped = web.get(OWN + "?stop=1")
    assert (stopped.status, stopped.text) == (418, "stopped by the module")
    assert web.get(OWN + "?after=1").text == "instead of 200"


def test_assets_stand_on_its_own_pages_and_where_an_administrator_lets_them(
    web: Browser,
) -> None:
    own = web.get(OWN).text
    address = own.split('href="/assets/')[1].split('"')[0]
    assert address.endswith("/css/front.css")
    assert "color: green" in web.get(f"/assets/{address}").text
    assert "js/front.js" not in web.get("/settings/").text
    assert web.post(f"/modules/{ID}/grants/core-assets/", {"action": "grant"}).status == 302
    assert "js/front.js" in web.get("/settings/").text
    assert "js/front.js" not in web.get("/").text
    assert web.post(f"/modules/{ID}/grants/core-assets/", {"action": "revoke"}).status == 302
    assert "js/front.js" not in web.get("/settings/").text


def test_blocks_stand_on_pages_in_their_box_and_harmless(web: Browser) -> None:
    page = web.get("/modules/").text
    begin, end = f"<!-- Included by {ID} begin-->", f"<!-- Included by {ID} end-->"
    assert page.count(begin) == page.count(end) == 3
    assert "Front body for admin at /modules/" in page
    assert "taken over" not in page
    assert f'action="{OWN}" method="post"' in page and 'name="csrfmiddlewaretoken"' in page
    assert f'href="#{ID}-front"' in page and f'id="{ID}-front"' in page
    assert "Front footer" in web.get("/operations/").text
    assert "Front footer" not in web.get("/safe-mode/").text


def test_a_failing_or_hanging_block_becomes_a_box_that_names_the_module(
    site: Site, web: Browser
) -> None:
    site.install(raises(), enable=True)
    for number in range(3):
        site.install(hangs(number), enable=True)
    said: set[tuple[str, str]] = set()

    def look() -> bool:
        text = web.get("/modules/").text
        assert len(text.split("</html>")) == 2
        said.update(re.findall(r"“(\w+)” adds something here but (failed|did not|was not)", text))
        late = {(f"ModuleHangs{number}", "did not") for number in range(3)}
        return late | {("ModuleRaises", "failed")} <= said

    site.wait_for(look)
    site.wait_for(lambda: "Front body for admin" in web.get("/modules/").text)
    for number in range(3):
        site.act(f"ModuleHangs{number}", "disable")
    site.act("ModuleRaises", "disable")
    assert "did not answer in time" not in web.get("/modules/").text


def test_fields_of_a_module_are_checked_stored_and_refused_by_it(web: Browser) -> None:
    form = settings_form(web)
    names = [name for name in form if name.startswith(f"m-{ID}-")]
    assert f"m-{ID}-greeting" in names
    sent = {**form, f"m-{ID}-greeting": "hello", f"m-{ID}-colour": "red", "SIPPort": "5071"}
    assert web.post("/settings/", sent).status == 302
    assert settings_form(web)[f"m-{ID}-greeting"] == "hello"

    too_long = web.post("/settings/", {**sent, f"m-{ID}-greeting": "x" * 21, "SIPPort": "5072"})
    assert too_long.status == 422
    assert settings_form(web)["SIPPort"] == "5071"

    refused = web.post("/settings/", {**sent, f"m-{ID}-greeting": "forbidden", "SIPPort": "5073"})
    assert refused.status == 422
    assert "The module does not like that." in refused.text
    assert "did not store the values of its fields" in refused.text
    assert settings_form(web)["SIPPort"] == "5073"
    assert settings_form(web)[f"m-{ID}-greeting"] == "hello"


def test_a_script_learns_less_rights_from_a_module_never_more(web: Browser) -> None:
    told = web.get("/permissions/PbxExtensionModules/").json()["permissions"]
    rights = {"view": True, "operate": True, "install": True, "remove": False}
    assert told == rights | {"view_telephony": True, "change_telephony": True}
    assert web.get(f"/permissions/{ID}/").json()["permissions"]["reports"] is True


def test_texts_of_a_modules_locale_count_on_its_pages_and_change_none_of_ours(
    web: Browser,
) -> None:
    web.post("/language/", {"language": "ru", "next": "/"})
    try:
        page = web.get(OWN).text
        assert "Текст модуля" in page
        assert "ПОДМЕНА" not in page and "<span>Модули</span>" in page
    finally:
        web.post("/language/", {"language": "en", "next": "/"})


def test_a_module_signs_people_in_only_when_granted(site: Site, web: Browser) -> None:
    guest = Browser(site.port)
    assert guest.login("phoebe", "from the module").status == 200
    groups = dict(site.rows("SELECT name, id FROM auth_group"))
    page = f"/modules/{ID}/grants/authenticate/"
    assert web.post(page, {"action": "grant", "groups": str(groups["Readers"])}).status == 302

    signed = Browser(site.port)
    answer = signed.login("phoebe", "from the module")
    assert (answer.status, answer.headers["Location"]) == (302, OWN + "reports/")
    assert signed.get(OWN + "reports/").status == 200
    assert signed.get("/settings/").status == 403
    assert Browser(site.port).login("phoebe", "wrong").status == 200
    assert Browser(site.port).login("nobody-here", "boom").status == 200
    assert Browser(site.port).login("admin", "from the module").status == 200

    users = site.rows(
        "SELECT is_staff, is_superuser, password FROM auth_user WHERE username = 'phoebe'"
    )
    assert users[0][:2] == (0, 0) and users[0][2].startswith("!")
    secrets = ("from the module", "boom", "I saw boom")
    stored = str(site.rows("SELECT error, traceback FROM modules_app_hookresult"))
    logs = "".join(f.read_text() for f in Path(site.data_dir / "log").rglob("*.log"))
    assert "I saw …" in stored
    assert not [text for text in secrets if text in stored or text in logs]

    assert web.post(page, {"action": "revoke"}).status == 302
    assert signed.get(OWN + "reports/").headers["Location"].startswith("/login/")
    told = site.rows("SELECT action FROM modules_app_auditevent WHERE action LIKE 'grant-%'")
    assert ("grant-give",) in told and ("grant-revoke",) in told


def test_a_language_pack_brings_a_language_and_owns_it(site: Site, web: Browser) -> None:
    site.install(german(), enable=True)
    site.wait_for(lambda: 'value="de"' in web.get("/").text)
    site.install(german("ModuleGermanToo"))
    second = site.act("ModuleGermanToo", "enable")
    assert site.rows("SELECT outcome FROM modules_app_operation WHERE id = ?", second) == [
        ("refused",)
    ]
    web.post("/language/", {"language": "de", "next": "/"})
    assert "Überblick" in web.get("/").text
    assert '<html lang="de"' in web.get(OWN).text
    web.post("/language/", {"language": "ru", "next": "/"})
    assert "ПОДМЕНА" not in web.get("/").text
    web.post("/language/", {"language": "en", "next": "/"})
    site.act("ModuleGerman", "disable")
    site.wait_for(lambda: 'value="de"' not in web.get("/").text)


def test_rights_and_permissions_go_with_the_module(site: Site) -> None:
    count = "SELECT count(*) FROM auth_permission WHERE codename LIKE 'ModuleFront:%'"
    assert site.rows(count) == [(1,)]
    site.act(ID, "remove", data="keep")
    assert site.rows(count) == [(0,)]
    assert site.rows("SELECT count(*) FROM modules_app_modulegrant") == [(0,)]
