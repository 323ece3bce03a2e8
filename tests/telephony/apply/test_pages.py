"""The pages about applying and about how Asterisk stands, with and without an Asterisk."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from modules_app.models import KeptData, PbxSetting, SurfaceState
from modules_app.permissions import Actor
from modules_app.services.safe_mode import enter_safe_mode
from telephony_app.models import (
    ApplyKind,
    ApplyOutcome,
    ApplyRequest,
    Extension,
    IncomingRoute,
    SipAccount,
)
from tests.surfaces.rows import answering
from tests.telephony.apply.fake_ami import FakeAsterisk
from tests.telephony.apply.test_apply import look, phone

PAGE, DO, STATUS = "/telephony/apply/", "/telephony/apply/do/", "/telephony/status/"


@pytest.fixture
def person(home: Path) -> Client:
    """Somebody who may look at telephone records and change them."""
    user = User.objects.create_user("anna", password="a-long-password-of-anna")
    names = ("view_telephony", "change_telephony", "view_module", "operate_module",
             "install_module", "remove_module")  # fmt: skip
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, **fields: str) -> HttpResponse:
    kind = "application/x-www-form-urlencoded"
    return client.post(DO, urlencode(fields), content_type=kind)


def test_the_page_says_what_waits_and_how_many_calls_there_are(
    person: Client, fake: FakeAsterisk
) -> None:
    phone("201")
    look()
    phone("202")
    fake.calls = 3
    shown = text(person, PAGE)
    assert "Extension 202" in shown and "Extension 201" not in shown
    assert "calls in progress now: 3" in shown


def test_changes_are_shown_by_file_and_by_module_without_passwords(
    person: Client, fake: FakeAsterisk
) -> None:
    phone("201")
    look()
    phone("202")
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    by_file = text(person, f"{PAGE}?show=files")
    assert "asterisk/pjsip.conf" in by_file and "[202]" in by_file
    assert "a-long-secret-of-tests" not in by_file and "••••••" in by_file
    by_module = text(person, f"{PAGE}?show=modules")
    assert by_module.index("ModuleGood") < by_module.index("PBX Admin ·")


def test_every_telephone_page_has_the_bar_while_something_waits(
    person: Client, fake: FakeAsterisk
) -> None:
    look()
    assert 'id="apply-telephony"' not in text(person, "/extensions/")
    phone("202")
    assert 'id="apply-telephony"' in text(person, "/extensions/")


def test_the_buttons_do_what_they_say(person: Client, fake: FakeAsterisk) -> None:
    look()
    fake.calls = 1
    assert send(person, do="quiet", until="05:00").status_code == 302
    request = ApplyRequest.objects.get()
    assert (request.kind, request.asked_by) == (ApplyKind.QUIET, "anna")
    assert timezone.now() < request.deadline <= timezone.now() + timedelta(days=1)
    assert "05:00" in text(person, PAGE)
    send(person, do="now")
    assert ApplyRequest.objects.get().kind == ApplyKind.NOW
    send(person, do="cancel")
    assert ApplyRequest.objects.get().state == ApplyOutcome.CANCELLED
    send(person, do="automatic")
    assert PbxSetting.objects.get(key="AsteriskApply").value == "automatic"


def test_an_unknown_button_changes_nothing(person: Client, fake: FakeAsterisk) -> None:
    assert send(person).status_code == 422
    assert not PbxSetting.objects.filter(key="AsteriskApply").exists()


def test_no_time_is_said_at_the_field(person: Client, fake: FakeAsterisk) -> None:
    answer = send(person, do="quiet", until="late")
    assert answer.status_code == 422
    assert "Type a time" in answer.content.decode()


def test_who_may_only_look_sees_no_buttons(person: Client, fake: FakeAsterisk) -> None:
    right = Permission.objects.get(codename="change_telephony")
    User.objects.get().user_permissions.remove(right)
    phone("202")
    assert "Apply now" not in text(person, PAGE)
    assert send(person, do="now").status_code == 403
    assert not ApplyRequest.objects.exists()


def test_a_left_out_module_can_be_disabled_from_here(person: Client, fake: FakeAsterisk) -> None:
    answering("ModuleBroken", extension_gen_contexts="[from-broken\nexten => 77,1,NoOp(\n")
    look()
    shown = text(person, PAGE)
    assert "/modules/ModuleBroken/disable/" in shown and "Left out" in shown
    assert "from-broken" not in text(person, f"{PAGE}?show=files")


def test_a_file_of_ten_thousand_lines_is_compared_at_once(
    person: Client, fake: FakeAsterisk
) -> None:
    look()
    row = SurfaceState.objects.get(name="asterisk")
    lines = "".join(f"[{number}]\ntype = endpoint\n" for number in range(1000, 11_000))
    row.files = [{"path": "asterisk/pjsip.conf", "text": lines, "blocks": [], "sha256": ""}]
    row.save()
    begun = time.monotonic()
    assert "more lines are not shown" in text(person, f"{PAGE}?show=files")
    assert time.monotonic() - begun < 60


def test_a_confirm_page_of_a_module_says_what_happens_to_calls(
    person: Client, fake: FakeAsterisk
) -> None:
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    look()
    phone("202")
    fake.calls = 2
    shown = text(person, "/modules/ModuleGood/disable/")
    assert "calls in progress now: 2" in shown and "does not drop them" in shown
    assert "applied together with it" in shown
    fake.calls = 0
    assert "no call is in progress" in text(person, "/modules/ModuleGood/disable/")


def test_every_confirm_page_says_how_many_calls_there_are(
    person: Client, fake: FakeAsterisk
) -> None:
    for module_id in ("ModulePlain", "ModuleOther"):
        answering(module_id, create_cron_tasks=["* * * * * true"])
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    KeptData.objects.create(
        module_id="ModuleGone", id_fold="modulegone", version="1.0", kept_at=timezone.now()
    )
    fake.calls = 2
    none = "No calls are affected; calls in progress now: 2."
    for verb in ("enable", "disable", "remove", "repair"):
        assert none in text(person, f"/modules/ModulePlain/{verb}/"), verb
        shown = text(person, f"/modules/ModuleGood/{verb}/")
        assert "Reload Asterisk; calls in progress now: 2." in shown and none not in shown, verb
    assert none in text(person, "/kept/ModuleGone/delete/")
    several = "/modules/batch/?verb=disable&id=ModulePlain&id=ModuleOther"
    assert text(person, several).count(none) == 1
    fake.commands.clear()
    shown = text(person, f"{several}&id=ModuleGood")
    assert len(fake.told("core show channels count")) == 1, "asked once for all of them"
    assert "Reload Asterisk; calls in progress now: 2." in shown and none not in shown


def test_deleting_a_record_says_what_it_means_for_calls(
    person: Client, fake: FakeAsterisk
) -> None:
    made = phone("201")
    address = f"/extensions/{made.pk}/delete/"
    fake.calls = 2
    later = "It counts as soon as it is applied; "
    assert f"{later}calls in progress go on, now: 2." in text(person, address)
    chosen = f"/extensions/chosen/?verb=off&id={made.pk}"
    assert f"{later}calls in progress go on, now: 2." in text(person, chosen)
    fake.calls = 0
    assert f"{later}no call is in progress." in text(person, address)
    fake.mode = "refuse"
    assert "Asterisk cannot be asked how many there are." in text(person, address)


def test_safe_mode_says_what_it_means_for_calls(
    person: Client, fake: FakeAsterisk, boss: Actor
) -> None:
    fake.calls = 2
    none = "No calls are affected; calls in progress now: 2."
    assert none in text(person, "/safe-mode/")
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    look()
    phone("202")
    for _switch in ("on", "off"):
        shown = text(person, "/safe-mode/")
        assert "Reload Asterisk; calls in progress now: 2." in shown and none not in shown
        assert "applied together with it: 2." in shown
        enter_safe_mode(actor=boss)


def test_safe_mode_applies_no_records_where_no_module_has_a_part(
    person: Client, fake: FakeAsterisk, home: Path, boss: Actor
) -> None:
    look()
    phone("202")
    assert "No calls are affected" in text(person, "/safe-mode/")
    enter_safe_mode(actor=boss)
    look()
    assert "[202]" not in (home / "etc" / "asterisk" / "pjsip.conf").read_text()


def test_routes_that_lose_their_destination_are_named(person: Client, fake: FakeAsterisk) -> None:
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    route = IncomingRoute(number="74951234567", destination_module="ModuleGood")
    route.destination = "from-good,78,1"
    route.save()
    congested = "callers whom no other route takes hear that the line is congested"
    assert congested not in text(person, "/modules/ModuleGood/disable/")
    away = {"destination": "from-good,78,1", "destination_module": "ModuleGood"}
    IncomingRoute.objects.create(is_default=True, **away)
    for verb in ("disable", "remove"):
        shown = text(person, f"/modules/ModuleGood/{verb}/")
        assert "find nothing there any more: 74951234567." in shown, verb
        assert congested in shown, verb
    assert "find nothing there" not in text(person, "/modules/ModuleGood/enable/")


def test_plans_are_shown_without_asterisk_too(person: Client) -> None:
    answering("ModulePlain", create_cron_tasks=["* * * * * true"])
    assert "No calls are affected." in text(person, "/modules/ModulePlain/disable/")


def test_nobody_looks_after_asterisk(person: Client) -> None:
    assert "does not run" in text(person, STATUS)


def test_the_status_page_shows_what_was_written_down(person: Client, home: Path) -> None:
    made = Extension.objects.create(number="201", name="Anna")
    SipAccount.objects.create(extension=made, secret="a-long-secret-of-tests")
    contact = {"uri": "sip:201@10.0.0.7", "status": "Reachable", "round_trip": 12.0, "agent": ""}
    written = {
        "door": "open",
        "at": time.time(),
        "calls": 1,
        "channels": [
            {
                "name": "PJSIP/201-01",
                "caller": "201",
                "connected": "",
                "extension": "202",
                "state": "Up",
                "duration": "1",
            }
        ],
        "phones": {"201": "online"},
        "providers": {},
        "contacts": {"201": [contact]},
        "version": "22.0.0",
        "started": "",
        "problem": None,
    }
    (home / "run" / "asterisk.json").write_text(json.dumps(written))
    shown = text(person, STATUS)
    assert "sip:201@10.0.0.7" in shown and "PJSIP/201-01" in shown and "registered" in shown
    phone("202")
    listed = text(person, "/extensions/")
    assert ">registered<" in listed and ">not registered<" in listed
    assert "Switched on</span></span>" not in listed
    (home / "run" / "asterisk.json").write_text(json.dumps({**written, "at": time.time() - 60}))
    shown = text(person, STATUS)
    assert "no news" in shown and "PJSIP/201-01" not in shown
    listed = text(person, "/extensions/")
    assert "registered<" not in listed and "Switched on</span></span>" in listed
    (home / "run" / "asterisk.json").write_text("{")
    assert "does not run" in text(person, STATUS)
