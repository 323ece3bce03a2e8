"""Who may do what, asked of a real server: role x address x method, tokens, lock-out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import URLPattern
from playwright.sync_api import expect

from modules_app.permissions import Right
from modules_app.urls import urlpatterns as module_patterns
from telephony_app.urls import urlpatterns as telephone_patterns
from tests.builders import mikopbx
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site, leftovers, upload
from tests.server.running import PASSWORD, Browser

pytestmark = pytest.mark.browser

NOBODY, UUID = "ModuleNobody", "00000000-0000-4000-8000-000000000000"
MAKE = """
from django.contrib.auth.models import Permission, User
for right in {rights!r}:
    names = [right if right.endswith("_telephony") else right + "_module"]
    for prefix, others in (("only-", []), ("looks-and-", ["view_module"])):
        user = User.objects.create_user(prefix + right, password={password!r})
        user.user_permissions.set(Permission.objects.filter(codename__in=names + others))
User.objects.create_user("locked", password={password!r})
"""


@dataclass(frozen=True)
class Address:
    """Where a name of the URLconf is, and the right that each method asks for."""

    path: str
    get: Right | None = None
    post: Right | None = None
    looking: Right | None = None
    """Lets somebody see the page, too, though not change what it shows."""


LOOK, CHANGE = Right.VIEW_TELEPHONY, Right.CHANGE_TELEPHONY


def of_records(kind: str, path: str, *, secret: bool = False) -> dict[str, Address]:
    """Return the addresses that one kind of telephone record has; there is no record 999999."""
    one = f"{path}999999/"
    found = {
        f"{kind}-list": Address(path, get=LOOK),
        f"{kind}-new": Address(f"{path}new/", get=CHANGE, post=CHANGE),
        kind: Address(one, get=CHANGE, post=CHANGE, looking=LOOK),
        f"{kind}-delete": Address(f"{one}delete/", get=CHANGE, post=CHANGE),
    }
    return {**found, f"{kind}-secret": Address(f"{one}secret/", post=CHANGE)} if secret else found


ADDRESSES = {
    "dashboard": Address("/", get=Right.VIEW),
    "module-list": Address("/modules/", get=Right.VIEW),
    "kept-delete": Address(f"/kept/{NOBODY}/delete/", get=Right.REMOVE, post=Right.REMOVE),
    "upload-new": Address("/modules/upload/", get=Right.INSTALL, post=Right.INSTALL),
    "batch-plan": Address("/modules/batch/", get=Right.VIEW, post=Right.VIEW),
    "batch-start": Address("/modules/batch/start/", post=Right.VIEW),
    "batch-detail": Address("/batches/999999/", get=Right.VIEW),
    "batch-cancel": Address("/batches/999999/cancel/", post=Right.OPERATE),
    "module-detail": Address(f"/modules/{NOBODY}/", get=Right.VIEW),
    "module-row": Address(f"/modules/{NOBODY}/row/", get=Right.VIEW),
    "module-enable": Address(f"/modules/{NOBODY}/enable/", get=Right.OPERATE, post=Right.OPERATE),
    "module-disable": Address(f"/modules/{NOBODY}/disable/", get=Right.OPERATE, post=Right.OPERATE),
    "module-remove": Address(f"/modules/{NOBODY}/remove/", get=Right.REMOVE, post=Right.REMOVE),
    "module-rollback": Address(
        f"/modules/{NOBODY}/rollback/", get=Right.INSTALL, post=Right.INSTALL
    ),
    "module-repair": Address(f"/modules/{NOBODY}/repair/", get=Right.INSTALL, post=Right.INSTALL),
    "module-purge": Address(f"/modules/{NOBODY}/purge/", get=Right.REMOVE, post=Right.REMOVE),
    "first-step-leave-out": Address(f"/modules/{NOBODY}/first-step/leave-out/", post=Right.OPERATE),
    "module-verify": Address(f"/modules/{NOBODY}/verify/", post=Right.OPERATE),
    "module-grant": Address(
        f"/modules/{NOBODY}/grants/authenticate/", get=Right.INSTALL, post=Right.INSTALL
    ),
    "permissions": Address("/permissions/GeneralSettings/", get=Right.VIEW),
    "module-header": Address(f"/blocks/{NOBODY}/", get=Right.VIEW),
    "module-place": Address(f"/modules/{NOBODY}/place/", post=Right.OPERATE),
    "hooks": Address("/hooks/", get=Right.OPERATE),
    "job-retry": Address(f"/modules/{NOBODY}/jobs/1/retry/", post=Right.OPERATE),
    "event-retry": Address("/events/lost/1/retry/", post=Right.INSTALL),
    "worker-restart": Address(f"/modules/{NOBODY}/workers/restart/", post=Right.OPERATE),
    "worker-log": Address(f"/modules/{NOBODY}/workers/Beat/1/", get=Right.OPERATE),
    "events": Address("/events/", get=Right.INSTALL),
    "upload-report": Address(f"/uploads/{UUID}/", get=Right.INSTALL),
    "upload-install": Address(f"/uploads/{UUID}/install/", post=Right.INSTALL),
    "upload-discard": Address(f"/uploads/{UUID}/discard/", post=Right.INSTALL),
    "operation-list": Address("/operations/", get=Right.VIEW),
    "operation-detail": Address("/operations/999999/", get=Right.VIEW),
    "operation-cancel": Address("/operations/999999/cancel/", post=Right.OPERATE),
    "operation-export": Address("/operations/999999/export/", get=Right.INSTALL),
    "module-export": Address(f"/modules/{NOBODY}/export/", post=Right.INSTALL),
    "import-new": Address("/modules/import/", get=Right.INSTALL, post=Right.INSTALL),
    "import-plan": Address(f"/modules/import/{UUID}/", get=Right.INSTALL, post=Right.INSTALL),
    "import-discard": Address(f"/modules/import/{UUID}/discard/", post=Right.INSTALL),
    "safe-mode": Address("/safe-mode/", get=Right.VIEW),
    "safe-mode-on": Address("/safe-mode/on/", post=Right.OPERATE),
    "safe-mode-try": Address("/safe-mode/try/", post=Right.OPERATE),
    "safe-mode-search": Address("/safe-mode/search/", post=Right.OPERATE),
    "safe-mode-stop": Address("/safe-mode/stop/", post=Right.OPERATE),
    "safe-mode-off": Address("/safe-mode/off/", post=Right.OPERATE),
    "safe-mode-report": Address("/safe-mode/report/", get=Right.INSTALL),
    "configuration": Address("/configuration/", get=Right.INSTALL),
    "configuration-apply": Address("/configuration/apply/", post=Right.INSTALL),
    "configuration-module": Address(f"/configuration/module/{NOBODY}/", get=Right.INSTALL),
    "configuration-file": Address("/configuration/file/nginx/none/", get=Right.INSTALL),
    "custom-file": Address("/configuration/custom/nginx/none/", post=Right.INSTALL),
    "custom-file-delete": Address("/configuration/custom/nginx/none/delete/", post=Right.INSTALL),
    "settings": Address("/settings/", get=Right.INSTALL, post=Right.INSTALL),
    "firewall": Address("/firewall/", get=Right.VIEW),
    "firewall-switch": Address("/firewall/switch/", post=Right.INSTALL),
    "firewall-keep": Address("/firewall/keep/", post=Right.INSTALL),
    "firewall-return": Address("/firewall/return/", post=Right.INSTALL),
    "network-add": Address("/firewall/networks/add/", get=Right.INSTALL, post=Right.INSTALL),
    "network-edit": Address("/firewall/networks/999/", get=Right.INSTALL, post=Right.INSTALL),
    "network-delete": Address(
        "/firewall/networks/999/delete/", get=Right.INSTALL, post=Right.INSTALL
    ),
    "fail2ban": Address("/fail2ban/", get=Right.VIEW),
    "fail2ban-save": Address("/fail2ban/save/", post=Right.INSTALL),
    "fail2ban-unban": Address("/fail2ban/unban/", post=Right.OPERATE),
    "audit": Address("/audit/", get=Right.INSTALL),
    "api-reference": Address("/api/", get=Right.VIEW),
    "audit-csv": Address("/audit/audit.csv", get=Right.INSTALL),
    "audit-json": Address("/audit/audit.json", get=Right.INSTALL),
    **of_records("extension", "/extensions/", secret=True),
    **of_records("provider", "/providers/", secret=True),
    **of_records("incoming-route", "/incoming-routes/"),
    **of_records("outgoing-route", "/outgoing-routes/"),
    **of_records("ami-user", "/ami-users/", secret=True),
    **of_records("ari-user", "/ari-users/", secret=True),
    **of_records("dialplan-application", "/dialplan-applications/"),
    "extension-chosen": Address("/extensions/chosen/", get=CHANGE, post=CHANGE),
    "extension-chosen-do": Address("/extensions/chosen/do/", post=CHANGE),
    "extension-import": Address("/extensions/import/", get=CHANGE, post=CHANGE),
    "extension-export": Address("/extensions/extensions.csv", get=LOOK),
    "fresh-password": Address("/extensions/new-password/", get=CHANGE),
    "number-options": Address("/extensions/numbers/", get=LOOK),
    "incoming-route-default": Address(
        "/incoming-routes/default/", get=CHANGE, post=CHANGE, looking=LOOK
    ),
    "incoming-route-move": Address("/incoming-routes/move/", post=CHANGE),
    "outgoing-route-move": Address("/outgoing-routes/move/", post=CHANGE),
    "codec-list": Address("/codecs/", get=LOOK),
    "codec-change": Address("/codecs/change/", post=CHANGE),
    "telephony-apply": Address("/telephony/apply/", get=LOOK),
    "telephony-apply-do": Address("/telephony/apply/do/", post=CHANGE),
    "telephony-status": Address("/telephony/status/", get=LOOK),
}
OPEN_TO_ALL = {"login", "logout", "setup", "set_language", "theme", "healthz"}
OF_ONESELF = {
    "api-keys",
    "api-key-new",
    "api-key-revoke",
    "session-list",
    "session-revoke",
    "session-revoke-others",
    "password",
    "confirm",
}
"""Everybody has them, whatever the rights; tests/views ask whose sessions they reach."""
OF_MODULES = {"assets", "module_proxy", "popover", "module_api", "module_api_v1", None}
"""Names whose rights other tests ask for (tests/proxy, tests/views)."""


@pytest.fixture(scope="module")
def people(whole_run_site: Site) -> dict[Right, Browser]:
    """One person for each right, logged in."""
    code = MAKE.format(rights=[str(right) for right in Right], password=PASSWORD)
    whole_run_site.manage("shell", "-c", code)
    found = {}
    for right in Right:
        found[right] = Browser(whole_run_site.port)
        assert found[right].login(f"only-{right}", PASSWORD).status == 302
    return found


def test_every_address_of_the_urlconf_is_asked_for() -> None:
    patterns = [*module_patterns, *telephone_patterns]
    names = {one.name for one in patterns if isinstance(one, URLPattern)}
    assert names == set(ADDRESSES) | OPEN_TO_ALL | OF_ONESELF | OF_MODULES


@pytest.mark.parametrize("right", list(Right))
def test_a_right_opens_exactly_its_addresses(people: dict[Right, Browser], right: Right) -> None:
    browser = people[right]
    for name, address in ADDRESSES.items():
        for method, needed in (("GET", address.get), ("POST", address.post)):
            send: Callable = browser.get if method == "GET" else browser.post
            status = send(address.path).status
            done = (302,) if (name, method) in LEADS_BACK else _DONE[method]
            opens = right == needed or (method == "GET" and right == address.looking)
            expected = (405,) if needed is None else done if opens else (403,)
            assert status in expected, (name, method, status)


LEADS_BACK = {("extension-chosen", "GET")}
"""With nothing chosen there is nothing to ask, so it leads back to the list."""

_DONE = {"GET": (200, 404), "POST": (302, 404, 422)}


def test_without_a_token_nothing_is_posted(site: Site, people: dict[Right, Browser]) -> None:
    for browser in (*people.values(), site.client):
        for name, address in ADDRESSES.items():
            assert browser.post(address.path, headers={"X-CSRFToken": ""}).status == 403, name
        foreign = {"Origin": "https://elsewhere.example"}
        assert browser.post("/settings/", headers=foreign).status == 403


def test_other_methods_are_refused(site: Site) -> None:
    token = {"X-CSRFToken": site.client.cookies["csrftoken"], "Origin": site.base_url}
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        for name, address in ADDRESSES.items():
            status = site.client.request(method, address.path, headers=token).status
            assert status == 405, (method, name)


def test_strangers_get_to_the_login_and_nowhere_else(site: Site) -> None:
    stranger = Browser(site.port)
    stranger.get("/login/")
    for name, address in ADDRESSES.items():
        answers = [stranger.get(address.path), stranger.post(address.path)]
        for answer in answers:
            assert answer.status == 302, name
            assert answer.headers["Location"].startswith("/login/"), name


def test_each_person_sees_only_their_own_buttons(
    site: Site, new_context: NewContext, people: dict[Right, Browser]
) -> None:
    site.install(mikopbx("ModuleShown"))
    buttons = {
        Right.VIEW: set(),
        Right.OPERATE: {"Enable"},
        Right.INSTALL: {"Upload another version"},
        Right.REMOVE: {"Remove"},
    }
    for right, expected in buttons.items():
        person = Browser(site.port)
        assert person.login(f"looks-and-{right}", PASSWORD).status == 302
        context = new_context(login=False)
        context.add_cookies(
            [{"name": n, "value": v, "url": site.base_url} for n, v in person.cookies.items()]
        )
        page = context.new_page()
        page.goto("/modules/ModuleShown/")
        shown = page.locator(".decision .form-actions > *").all_inner_texts()
        assert {text.strip() for text in shown} == expected, right
        page.goto("/modules/")
        uploads = page.get_by_role("link", name="Upload a module")
        expect(uploads).to_have_count(1 if right is Right.INSTALL else 0)


def test_a_package_sent_without_the_right_is_not_kept(
    site: Site, people: dict[Right, Browser]
) -> None:
    for right in (Right.VIEW, Right.OPERATE, Right.REMOVE):
        assert upload(people[right], "x.zip", b"PK" + bytes(5000)).status == 403
    assert leftovers(site) == []


def test_five_wrong_passwords_lock_one_person_out(
    site: Site, new_context: NewContext, people: dict[Right, Browser]
) -> None:
    page = new_context(login=False).new_page()
    page.goto("/login/")
    for _attempt in range(5):
        page.get_by_label("Username").fill("locked")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Too many attempts")
    assert Browser(site.port).login("locked", PASSWORD).status == 429
    assert Browser(site.port).login().status == 302
