"""What a module.xml says, as people meet it: menu, rights, first steps, the report, Apply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.grants import Grant
from modules_app.models import (
    FirstRun,
    MenuItem,
    Module,
    ModuleGrant,
    ModuleRight,
    PbxSetting,
    SurfaceState,
)
from modules_app.permissions import Actor
from modules_app.selectors import engine
from modules_app.selectors.rights import access_to, is_open_page
from modules_app.services import first_run
from modules_app.views.proxy import Way
from tests.builders import zip_of
from tests.lifecycle import Life

MAIN = """
from django.http import HttpResponse
from modules_app.sdk import FreePbxModule

class Parrot(FreePbxModule):
    def show_page(self, request, display):
        return HttpResponse(display)

    def set_up(self):
        return True
"""
XML = """<module><rawname>parrot</rawname><name>The parrot</name><version>{version}</version>
<publisher>Aviary</publisher><repo>Standard</repo><category>Reports</category>
<licenselink>https://example.org/licence</licenselink><info>https://example.org/parrot</info>
<updateurl>https://example.org/feed.json</updateurl>
<attention>Mind the &lt;b&gt;beak&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;</attention>
<changelog>*1.2.0* FREEPBX-77 louder
and brighter
1.1.0: quieter
1.0.0 hatched</changelog>
<supported><version>{supported}</version></supported>
<requirements><module>cage ge 1.0</module></requirements>
<candisable>no</candisable><canuninstall>no</canuninstall>{more}
<menuitems>
<parrot category="Applications" sort="3">Parrot</parrot>
<wings display="flying" beta="yes">Wings</wings>
<song needsenginedb="yes" access="all">Song</song>
<nest hidden="true" requires_auth="false" access="all">Nest</nest>
<shop href="https://example.org/shop" target="_blank" category="Connectivity">Shop</shop>
</menuitems></module>"""


def parrot(version: str = "1.1.0", *, more: str = "", supported: str = "17.0") -> bytes:
    manifest = XML.format(version=version, more=more, supported=supported)
    return zip_of({"parrot/module.xml": manifest, "parrot/module.py": MAIN})


@pytest.fixture
def installed(life: Life) -> Iterator[Life]:
    life.install(parrot(), enable=True)
    yield life


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def viewer() -> User:
    user = User.objects.create_user("vera", password="x")
    user.user_permissions.add(Permission.objects.get(codename="view_module"))
    return user


def test_every_attribute_of_a_menu_item_becomes_a_row(installed: Life) -> None:
    rows = {item.key: item for item in MenuItem.objects.all()}
    assert {key: (row.href, row.group, row.shown) for key, row in rows.items()} == {
        "parrot": ("/m/parrot/", "setup", True),
        "wings": ("/m/parrot/flying/", "maintenance", True),
        "song": ("/m/parrot/song/", "maintenance", True),
        "nest": ("/m/parrot/nest/", "maintenance", False),
        "shop": ("", "routing", True),
    }
    assert rows["parrot"].order == 3
    assert (rows["shop"].link, rows["shop"].target) == ("https://example.org/shop", "_blank")
    marked = {
        name: {key for key, row in rows.items() if getattr(row, name)}
        for name in ("own_right", "everyone", "public", "needs_engine", "beta", "missing")
    }
    assert marked == {
        "own_right": {"parrot", "wings"},
        "everyone": {"song", "nest"},
        "public": {"nest"},
        "needs_engine": {"song"},
        "beta": {"wings"},
        "missing": set(),
    }


def test_the_sidebar_draws_links_out_and_what_needs_asterisk(
    installed: Life, admin_page: Client
) -> None:
    page = text_of(admin_page, "/")
    assert '<a href="https://example.org/shop" rel="noopener noreferrer" target="_blank">' in page
    assert "Nest" not in page
    song = page.partition('href="/m/parrot/song/"')[2].partition("</a>")[0]
    assert "needs Asterisk" in song and "whose connection is not configured" in song


def test_a_page_that_needs_asterisk_says_so_until_it_is_there(
    installed: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = text_of(admin_page, "/m/parrot/song/", 503).partition('id="module-problem"')[2]
    assert "The page needs Asterisk, whose connection is not configured." in said

    connected = engine.EngineState(connected=True)
    monkeypatch.setattr("modules_app.views.proxy.engine_state", lambda: connected)
    said = text_of(admin_page, "/m/parrot/song/", 503).partition('id="module-problem"')[2]
    assert said and "Asterisk" not in said  # no host runs beside this test


def test_a_right_for_each_item_that_is_not_for_everybody(installed: Life, client: Client) -> None:
    assert list(ModuleRight.objects.values_list("name", "item", "pages")) == [
        ("parrot", "parrot", [""]),
        ("wings", "wings", ["flying/"]),
    ]
    user = viewer()
    actor = Actor.of_user(user)
    pages = ("", "flying/", "song/", "nest/", "ajax/")
    may = [access_to(user, actor, "parrot", page).may for page in pages]
    assert may == [False, False, True, True, False]
    user.user_permissions.add(Permission.objects.get(codename="parrot:wings"))
    user = User.objects.get(pk=user.pk)
    may = [access_to(user, actor, "parrot", page).may for page in pages]
    assert may == [False, True, True, True, False]
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="/m/parrot/flying/"' in text_of(client, "/")
    assert 'href="/m/parrot/"' not in text_of(client, "/")


def test_what_people_were_given_stays_over_an_upgrade(installed: Life) -> None:
    user = viewer()
    user.user_permissions.add(Permission.objects.get(codename="parrot:wings"))
    installed.install(parrot("1.2.0"))
    assert User.objects.get(pk=user.pk).has_perm("modules_app.parrot:wings")


def test_no_page_is_open_without_a_grant(installed: Life, client: Client) -> None:
    viewer()
    refused = client.get("/m/parrot/nest/")
    assert (refused.status_code, refused["Location"]) == (302, "/login/?next=/m/parrot/nest/")
    assert not is_open_page("parrot", "nest/")

    module = Module.objects.get(pk="parrot")
    ModuleGrant.objects.create(
        module=module, right=Grant.PUBLIC_PAGES, granted_by="ann", granted_at=module.changed_at
    )
    assert client.get("/m/parrot/nest/").status_code == 503  # no host runs beside this test
    assert client.post("/m/parrot/nest/").status_code == 302
    for page in ("", "song/", "nest/more/", "flying/"):
        assert client.get(f"/m/parrot/{page}").status_code == 302


def test_the_module_page_offers_the_grant_and_tells_the_rest(
    installed: Life, admin_page: Client
) -> None:
    page = text_of(admin_page, "/modules/parrot/")
    assert "Pages without a login" in page and "Not granted" in page
    assert "Mind the <b>beak</b>" in page and "alert(1)" not in page
    assert "<strong>1.2.0</strong> FREEPBX-77 louder</li>" in page
    for text in ("standard", "https://example.org/feed.json", "module cage ge 1.0"):
        assert text in page.lower()
    assert 'href="https://example.org/licence"' in page
    assert "Its author forbids it (candisable=no)." in page
    assert 'href="/modules/parrot/disable/"' not in page
    assert 'href="/modules/parrot/remove/"' not in page


def test_the_report_warns_and_shows_what_is_new(installed: Life, admin_page: Client) -> None:
    upload = installed.upload(parrot("1.2.0", supported="13.0"))
    page = text_of(admin_page, f"/uploads/{upload.pk}/")
    assert "The package is made for FreePBX 13.0; this system stands for 17.0.19." in page
    assert "asks for module cage ge 1.0; nothing checks that" in page
    news = page.partition("New since the installed version")[2].partition("</section>")[0]
    assert "FREEPBX-77 louder" in news and "and brighter" in news
    assert "quieter" not in news


@pytest.mark.parametrize(
    ("kind", "button"), [("paid", "Buy"), ("upgradeable", "Upgrade"), ("free", "Learn more")]
)
def test_a_commercial_module_has_its_button_and_its_gate(
    life: Life, admin_page: Client, kind: str, button: str
) -> None:
    offer = f"<commercial><type>{kind}</type><link>https://example.org/buy</link></commercial>"
    upload = life.upload(parrot(more=offer))
    page = text_of(admin_page, f"/uploads/{upload.pk}/")
    control = page.partition('href="https://example.org/buy"')[2].partition("</a>")[0]
    assert button in control
    refused = "no licence key is stored here" in page
    assert refused == (kind == "paid")


def test_a_sold_module_installs_only_with_a_key(life: Life) -> None:
    package = parrot(more="<commercial><type>paid</type></commercial>")
    refused = life.install(package)
    assert (refused.outcome, refused.error["slug"]) == ("refused", "ext_EmptyLicenseKey")
    PbxSetting.objects.create(key="PBXLicense", value="KEY-1")
    assert life.install(package).outcome == "done"


@pytest.fixture
def with_step(life: Life, monkeypatch: pytest.MonkeyPatch) -> Life:
    life.install(parrot(more='<oobe method="setUp" priority="5"/>'), enable=True)
    monkeypatch.setattr(first_run, "newest_socket", lambda run: run)
    return life


def answering(monkeypatch: pytest.MonkeyPatch, **answer: object) -> None:
    monkeypatch.setattr(
        first_run, "ask_module", lambda *_args, **_more: HookAnswer("parrot", **answer)
    )


def test_a_first_step_is_shown_until_its_method_says_true(
    with_step: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ok=True, value={"state": "waiting", "said": "Choose a perch."})
    for path in ("/", "/modules/parrot/"):
        page = text_of(admin_page, path)
        assert "First steps" in page and "Choose a perch." in page

    answering(monkeypatch, ok=True, value={"state": "done"})
    assert "First steps" not in text_of(admin_page, "/")
    assert FirstRun.objects.get().complete
    answering(monkeypatch, ok=True, value={"state": "waiting"})
    assert "First steps" not in text_of(admin_page, "/")


def test_a_step_without_its_method_is_complete_with_a_note(
    with_step: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ok=True, value={"state": "missing"})
    page = text_of(admin_page, "/modules/parrot/")
    assert "First steps" not in page
    assert "module.py has no method setUp; the step counts as complete." in page


def test_a_step_that_fails_is_shown_and_can_be_left_out(
    with_step: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, error="Traceback\nValueError: no perch")
    assert "Its step failed and holds nobody up: ValueError: no perch" in text_of(admin_page, "/")
    assert admin_page.post("/modules/parrot/first-step/leave-out/").status_code == 302
    assert "First steps" not in text_of(admin_page, "/")
    assert FirstRun.objects.get().actor == "root"


def test_the_bar_names_what_is_not_applied(admin_page: Client, db: None) -> None:
    assert 'id="apply-bar"' not in text_of(admin_page, "/")
    state, _made = SurfaceState.objects.get_or_create(name="cron")
    state.problem = {"slug": "x", "message": "The program is not there.", "context": {}, "hint": ""}
    state.save()
    page = text_of(admin_page, "/modules/")
    bar = page.partition('id="apply-bar"')[2].partition("</section>")[0]
    assert "1 part of the generated configuration is not applied" in bar
    assert 'href="/configuration/"' in bar and 'formaction="/configuration/apply/"' in bar
    assert 'id="apply-bar"' not in text_of(admin_page, "/configuration/")


def test_who_may_not_apply_sees_no_bar(client: Client, db: None) -> None:
    SurfaceState.objects.create(name="cron", problem={"slug": "x", "message": "x", "context": {}})
    client.force_login(viewer(), backend="django.contrib.auth.backends.ModelBackend")
    assert 'id="apply-bar"' not in text_of(client, "/")


POPOVERS = "<popovers><perch><display>wings</display><action>add</action></perch></popovers>"


def test_a_page_for_a_new_destination_goes_back_where_it_was_asked_for(
    life: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(parrot(more=POPOVERS), enable=True)
    asked: list[tuple[str, str]] = []

    def open_page(request: HttpRequest, module_id: str, page: str, way: Way) -> HttpResponse:
        asked.append((page, way.path))
        return HttpResponseRedirect("/m/parrot/") if request.method == "POST" else HttpResponse()

    monkeypatch.setattr("modules_app.views.popovers.open_page", open_page)
    address = "/popovers/parrot/perch/?next="
    assert admin_page.get(address + "/m/guest/").status_code == 200
    assert asked == [("wings/", "/m/parrot/wings/?action=add&fw_popover=1")]
    assert admin_page.post(address + "/m/guest/")["Location"] == "/m/guest/"
    assert admin_page.post(address + "//example.org/")["Location"] == "/m/parrot/"
    assert admin_page.post(address + "https://example.org/")["Location"] == "/m/parrot/"
    assert admin_page.get("/popovers/parrot/nest/").status_code == 404
    assert Client().get("/popovers/parrot/perch/").status_code == 302


def test_the_list_offers_nothing_that_the_author_forbids(
    life: Life, admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(parrot(), enable=True)
    line = text_of(admin_page, "/modules/parrot/row/")
    assert "Its author lets nobody disable or remove it." in line
    assert "/modules/parrot/disable/" not in line
    assert "/modules/parrot/remove/" not in line
    monkeypatch.setattr("modules_app.selectors.forbidden.safe_mode", lambda: True)
    line = text_of(admin_page, "/modules/parrot/row/")
    assert "Its author lets nobody remove it." in line
    assert "/modules/parrot/disable/" in line


def test_the_list_says_nothing_of_modules_whose_author_forbids_nothing(
    life: Life, admin_page: Client
) -> None:
    life.install(zip_of({"robin/module.xml": ROBIN, "robin/module.py": ""}), enable=True)
    line = text_of(admin_page, "/modules/robin/row/")
    assert "Its author lets nobody" not in line
    assert "/modules/robin/disable/" in line
    assert "/modules/robin/remove/" in line


ROBIN = "<module><rawname>robin</rawname><name>Robin</name><version>1.0</version></module>"
