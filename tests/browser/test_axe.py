"""No page has a violation of WCAG 2.2 A or AA, in light and in dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from modules_app.domain.batches import Mode
from modules_app.domain.firewall import Action
from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.models import Batch, NetworkFilter, PbxSetting
from modules_app.services.firewall import Caution, NetworkValues, save_network
from tests.axe import check
from tests.lifecycle import ACTOR
from tests.pages import hook_result, kept_data, menu_item, module, operation, report, upload

pytestmark = pytest.mark.browser


def checks(*, problems: Sequence[str] = (), weak: Sequence[str] = ()) -> dict[str, object]:
    """Return what checks of the installed files and code found."""
    at = {"at": timezone.now().isoformat(), "generation": "g1"}
    return {
        "files": {**at, "problems": list(problems), "data": ""},
        "preflight": {**at, "weak": list(weak)},
    }


def network() -> NetworkFilter:
    """Return a network, beside one that is on trial."""
    office = save_network(actor=ACTOR, values=NetworkValues("Office", ["127.0.0.0/8", "::1"]))
    actions = {("", "SIP", "RTP"): Action.BLOCK}
    caution = Caution("192.0.2.1", on_trial=True)
    values = NetworkValues("Everybody", ["0.0.0.0/0"], priority=900)
    save_network(actor=ACTOR, values=values, actions=actions, caution=caution)
    return office


def several() -> Batch:
    """Return a batch of which one was done and one not, and a module that needs another."""
    depends = [
        {"kind": "module", "value": "ModuleShown", "line": 3},
        {"kind": "module", "value": "ModuleNobody >= 2", "line": 4},
        {"kind": "phpversion", "value": "7.4", "line": 5},
    ]
    facts = {"manifest": {"facts": {"depends": depends}}}
    module("ModuleNeedy", wanted="on", contract="freepbx", facts=report("ModuleNeedy", **facts))
    batch = Batch.objects.create(
        verb=Verb.DISABLE, actor="anna", channel="web", mode=Mode.STOP, queued_at=timezone.now()
    )
    ended = {"batch": batch, "verb": Verb.DISABLE, "ended_at": timezone.now()}
    operation("ModuleOff", position=1, **ended)
    error = {"slug": "x", "message": "It failed.", "context": {}, "hint": "Mend it."}
    operation("ModuleBroken", position=2, outcome=Outcome.FAILED, error=error, **ended)
    return batch


def settled(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


@pytest.fixture
def addresses(transactional_db: None) -> list[str]:
    shown = module("ModuleShown", wanted="on")
    menu_item(shown)
    module("ModuleOff")
    paused = module(
        "ModulePaused", wanted="on", fault="paused", reason_code="DisabledByCrashLoop",
        reason_text="It crashed. " * 50, reason_actor="host", reason_at=timezone.now(),
        previous={"version": "1.1.0", "by": "upgrade"}, previous_generation="g0",
        checks=checks(weak=["network", "process-limit"]),
    )  # fmt: skip
    hook_result(paused, ok=False, error="ValueError: " + "x" * 300)
    hook_result(paused, hook="on_before_module_enable")
    module(
        "ModuleBroken", wanted="on", fault="damaged", reason_code="FilesDamaged",
        reason_text="changed: main.py", checks=checks(problems=["changed: main.py"]),
    )  # fmt: skip
    error = {
        "slug": "x",
        "message": "It failed.",
        "context": {"details": "Traceback"},
        "hint": "Mend it.",
    }
    ended = {"error": error, "ended_at": timezone.now()}
    office = network()
    failed = operation("ModuleOff", outcome=Outcome.FAILED, **ended)
    aborted = operation("ModuleShown", outcome=Outcome.ABORTED, attempts=1, **ended)
    automatic = operation(
        "ModulePaused",
        verb=Verb.ROLLBACK,
        options={"automatic": True, "reason": "It crashed. " * 50},
        result={"version": "1.1.0", "from_version": "1.2.0"},
        ended_at=timezone.now(),
    )
    waiting = upload("ModuleNew")
    kept_data("ModuleOld")
    batch = several()
    return [
        "/",
        "/modules/",
        "/modules/?q=nothing-matches",
        "/modules/upload/",
        "/modules/ModuleShown/",
        "/modules/ModulePaused/",
        "/modules/ModuleOff/enable/",
        "/modules/ModuleBroken/",
        "/modules/ModuleOff/",
        "/modules/ModuleBroken/repair/",
        "/modules/ModuleOff/remove/",
        f"/uploads/{waiting.pk}/",
        "/modules/?q=Off&id=ModuleOff&id=ModuleShown",
        "/modules/ModuleNeedy/",
        "/modules/ModuleShown/disable/",
        "/modules/batch/",
        "/modules/batch/?verb=disable&id=ModuleShown",
        "/modules/batch/?verb=disable&id=ModuleShown&cascade=1",
        "/modules/batch/?verb=remove&id=ModuleOff&id=ModuleBroken&data=delete",
        f"/modules/batch/?verb=install&upload={waiting.pk}",
        f"/batches/{batch.pk}/",
        "/operations/",
        f"/operations/{failed.pk}/",
        f"/operations/{aborted.pk}/",
        f"/operations/{automatic.pk}/",
        "/api-keys/",
        "/api-keys/new/",
        "/api/",
        "/settings/",
        "/firewall/",
        "/firewall/networks/add/",
        f"/firewall/networks/{office.pk}/delete/",
        "/fail2ban/",
        "/kept/ModuleOld/delete/",
        "/modules/Nobody/",
        "/nothing-here/",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page(
    signed_in: Callable[..., Page], addresses: list[str], theme: str, width: int
) -> None:
    page = signed_in(theme=theme, width=width)
    for address in addresses:
        settled(page, address)
        assert page.locator(f"html[data-bs-theme={theme}]").count() == 1
        check(page, address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_running_operation(signed_in: Callable[..., Page], theme: str) -> None:
    running = operation("ModuleShown", outcome=Outcome.RUNNING, quiet_for=60)
    page = signed_in(theme=theme)
    page.goto(f"/operations/{running.pk}/")
    check(page, "running operation")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_empty_system_and_its_login(
    signed_in: Callable[..., Page], open_page: Callable[..., Page], live_server: object, theme: str
) -> None:
    page = signed_in(theme=theme)
    for address in ("/", "/modules/", "/operations/"):
        settled(page, address)
        check(page, address)
    stranger = open_page(str(live_server), theme=theme)
    settled(stranger, "/login/")
    check(stranger, "/login/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_run(
    open_page: Callable[..., Page], live_server: object, transactional_db: None, theme: str
) -> None:
    from modules_app.services.users import setup_code

    page = open_page(str(live_server), theme=theme)
    settled(page, f"/setup/{setup_code()}/")
    check(page, "/setup/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_menus_dialogs_and_marked_forms(
    signed_in: Callable[..., Page], addresses: list[str], theme: str
) -> None:
    page = signed_in(theme=theme)
    settled(page, "/modules/")
    page.locator("#row-ModuleOff a[href$='/remove/']").click()
    page.locator("dialog[open]").wait_for()
    page.locator("dialog input[value=delete]").check()
    check(page, "removal dialog")
    page.keyboard.press("Escape")
    page.locator("summary").first.click()
    check(page, "open menu")
    settled(page, "/modules/ModuleBroken/")
    page.get_by_role("link", name="Repair").click()
    page.locator("dialog[open]").wait_for()
    check(page, "repair dialog")
    settled(page, "/modules/ModulePaused/")
    for fold in page.locator("main details").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    check(page, "opened details")
    settled(page, "/settings/")
    page.fill("#id_SIPPort", "99999")
    page.locator("main form button.btn-primary").click()
    page.locator(".error-summary").wait_for()
    check(page, "marked form")
    assert not PbxSetting.objects.exists()
