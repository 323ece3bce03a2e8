"""From a changed record to files that Asterisk took, or did not take."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from modules_app.exceptions import NotAllowed, NotFound, Refused
from modules_app.models import CustomFile, PbxSetting, SurfaceState
from modules_app.operator.surfaces import refresh
from modules_app.permissions import Actor
from modules_app.services.surfaces import apply_again
from telephony_app.models import (
    ApplyKind,
    ApplyOutcome,
    ApplyRequest,
    Extension,
    Provider,
    SipAccount,
)
from telephony_app.selectors.apply import apply_state, open_request, waiting, waiting_changes
from telephony_app.services.apply import (
    apply_now,
    apply_when_quiet,
    cancel_apply,
    set_automatic,
    tell_again,
)
from telephony_app.surface.asterisk import AsteriskSurface
from tests.surfaces.rows import answering
from tests.telephony.apply.fake_ami import FakeAsterisk, nobody

NAME = "asterisk"


def look() -> SurfaceState:
    """Let the operator look once, as it does after a poke."""
    refresh(None, [NAME])  # type: ignore[arg-type]
    return SurfaceState.objects.get(name=NAME)


def due() -> bool:
    return AsteriskSurface().is_due()


def text_of(home: Path, name: str) -> str:
    return (home / "etc" / NAME / name).read_text()


def phone(number: str) -> Extension:
    made = Extension.objects.create(number=number, name=f"Phone {number}")
    SipAccount.objects.create(extension=made, secret="a-long-secret-of-tests")
    return made


@pytest.fixture
def applied(home: Path, fake: FakeAsterisk) -> FakeAsterisk:
    """A system whose files are applied."""
    phone("201")
    state = look()
    assert (state.problem, state.complaints) == (None, [])
    fake.commands.clear()
    return fake


def test_the_first_files_come_by_themselves(applied: FakeAsterisk, home: Path) -> None:
    assert "[201]" in text_of(home, "pjsip.conf")
    assert waiting() is None


def test_a_changed_record_waits_until_somebody_applies_it(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    phone("202")
    look()
    assert "[202]" not in text_of(home, "pjsip.conf")
    assert {one.record_id for one in waiting_changes()} >= {"202"}
    assert not due()
    apply_now(actor=boss)
    assert due()
    look()
    assert "[202]" in text_of(home, "pjsip.conf")
    assert ApplyRequest.objects.get().state == ApplyOutcome.APPLIED
    assert waiting() is None and not due()


def test_only_what_changed_is_reloaded(applied: FakeAsterisk, boss: Actor) -> None:
    phone("202")
    apply_now(actor=boss)
    look()
    told = [one for one in applied.commands if "reload" in one]
    assert [one.split()[:3] for one in told] == [
        ["module", "reload", "res_pjsip.so"],
        ["dialplan", "reload"],
    ]


def test_the_same_rows_are_not_written_twice(
    applied: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    monkeypatch.setattr("telephony_app.surface.drawing.render", calls.append)
    look()
    assert (calls, applied.commands) == ([], [])


def test_clicking_twice_is_one_wish(applied: FakeAsterisk, boss: Actor) -> None:
    first = apply_now(actor=boss)
    second = apply_now(actor=Actor.system(channel="web", name="other"))
    assert first.pk == second.pk
    assert ApplyRequest.objects.filter(state=ApplyOutcome.WAITING).count() == 1


def test_a_wish_of_meanwhile_is_not_ended_by_the_look_before(
    applied: FakeAsterisk, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone("202")
    apply_now(actor=boss)
    original = AsteriskSurface.take

    def take(self: AsteriskSurface, change: object) -> object:
        ApplyRequest.objects.update(asked_at=timezone.now())
        phone("203")
        return original(self, change)  # type: ignore[arg-type]

    with monkeypatch.context() as during:
        during.setattr(AsteriskSurface, "take", take)
        look()
    assert open_request() is not None
    look()
    assert open_request() is None and waiting() is None


def test_calls_put_off_a_quiet_wish_and_none_lets_it_happen(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    applied.calls = 1
    phone("202")
    apply_when_quiet(actor=boss, until=timezone.now() + timedelta(hours=1))
    assert not due()
    look()
    assert "[202]" not in text_of(home, "pjsip.conf")
    applied.calls = 0
    assert due()
    look()
    assert "[202]" in text_of(home, "pjsip.conf")


def test_a_missed_deadline_cancels_and_says_so(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    applied.calls = 2
    phone("202")
    apply_when_quiet(actor=boss, until=timezone.now() + timedelta(hours=1))
    ApplyRequest.objects.update(deadline=timezone.now() - timedelta(seconds=1))
    assert not due()
    request = ApplyRequest.objects.get()
    assert request.state == ApplyOutcome.CANCELLED
    assert "no moment without calls" in request.sentence
    assert apply_state().has_news and apply_state().concerns_people
    assert "[202]" not in text_of(home, "pjsip.conf")


def test_nobody_knows_how_many_calls_there_are(home: Path, boss: Actor, db: None) -> None:
    with nobody() as port:
        PbxSetting.objects.create(key="AMIPort", value=str(port))
        look()
        apply_when_quiet(actor=boss, until=timezone.now() + timedelta(hours=1))
        ApplyRequest.objects.update(deadline=timezone.now() - timedelta(seconds=1))
        assert not due()
    assert "could not be asked" in ApplyRequest.objects.get().sentence


def test_changes_are_applied_by_themselves_after_a_pause(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    from modules_app.models import OutboxEvent

    set_automatic(actor=boss, automatic=True)
    phone("202")
    assert not due()
    OutboxEvent.objects.update(at=timezone.now() - timedelta(seconds=6))
    assert due()
    assert open_request().kind == ApplyKind.AUTOMATIC  # type: ignore[union-attr]
    look()
    assert "[202]" in text_of(home, "pjsip.conf")
    assert not due()


def test_an_automatic_failure_is_not_repeated_every_second(
    applied: FakeAsterisk, boss: Actor
) -> None:
    from modules_app.models import OutboxEvent

    set_automatic(actor=boss, automatic=True)
    applied.outputs["dialplan reload"] = "The module 'pbx_config' reported a reload failure"
    phone("202")
    OutboxEvent.objects.update(at=timezone.now() - timedelta(seconds=6))
    assert due()
    look()
    assert ApplyRequest.objects.get().state == ApplyOutcome.FAILED
    assert not due()


def test_a_refused_reload_brings_the_files_before_back(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    applied.outputs["dialplan reload"] = "The module 'pbx_config' reported a reload failure"
    phone("202")
    apply_now(actor=boss)
    state = look()
    assert state.problem["slug"] == "asterisk-command-refused"
    assert "[202]" not in text_of(home, "pjsip.conf")
    assert len(applied.told("module reload res_pjsip")) == 2
    assert ApplyRequest.objects.get().state == ApplyOutcome.FAILED
    applied.outputs.clear()
    apply_now(actor=boss)
    assert look().problem is None
    assert "[202]" in text_of(home, "pjsip.conf")


def test_a_module_that_asterisk_itself_refuses_is_left_out_and_named(
    applied: FakeAsterisk, home: Path
) -> None:
    broken = "[from-broken]\nexten => 77,1,NoOp(1)\n same => n,Nonsense()\n"
    log = home / "messages.log"

    def complain() -> str:
        lines = text_of(home, "extensions.conf").splitlines()
        if "[from-broken]" in lines:
            line = lines.index("[from-broken]") + 2
            said = f"No such thing at line {line} of /etc/asterisk/extensions.conf"
            log.write_text(f"[2026-11-21 13:00:00] WARNING[12] pbx_config.c: {said}\n")
        return "Dialplan reloaded."

    applied.outputs["dialplan reload"] = complain
    answering("ModuleBroken", extension_gen_contexts=broken)
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    state = look()
    assert state.problem is None
    assert [one["owner"] for one in state.complaints] == ["ModuleBroken"]
    text = text_of(home, "extensions.conf")
    assert "[from-good]" in text and "[from-broken]" not in text
    reloads = len(applied.told("dialplan reload"))
    answering("ModuleThird", extension_gen_contexts="[from-third]\nexten => 79,1,NoOp(1)\n")
    state = look()
    assert "[from-third]" in text_of(home, "extensions.conf")
    assert [one["owner"] for one in state.complaints] == ["ModuleBroken"]
    assert len(applied.told("dialplan reload")) == reloads + 1


def test_a_provider_whose_host_has_no_address_now_holds_up_no_other_change(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    """Name servers may be away; the files before would bring the same complaint."""
    trunk = Provider.objects.create(uniqid="SIP-TRUNK-9", description="T", host="sip.example.com")
    apply_now(actor=boss)
    assert look().problem is None

    def complain() -> str:
        said = "an object of type 'identify' with id 'SIP-TRUNK-9' from configuration file"
        log = f"[now] ERROR[9] res_sorcery_config.c: Could not create {said} 'pjsip.conf'\n"
        (home / "messages.log").open("a").write(log)
        return "Module 'res_pjsip.so' reloaded successfully."

    applied.outputs["module reload res_pjsip.so"] = complain
    phone("202")
    apply_now(actor=boss)
    state = look()
    assert state.problem is None
    assert "[202]" in text_of(home, "pjsip.conf")
    (note,) = [one for one in state.notes if one["slug"] == "asterisk-complains-still"]
    assert note["context"]["name"] == "SIP-TRUNK-9" and "identify" in note["context"]["output"]
    trunk.host = "sip.example.org"
    trunk.save()
    apply_now(actor=boss)
    assert look().problem["slug"] == "asterisk-complained", "this host came with the change"
    assert "sip.example.org" not in text_of(home, "pjsip.conf")


def test_a_broken_context_does_not_reach_asterisk(applied: FakeAsterisk, home: Path) -> None:
    answering("ModuleBroken", extension_gen_contexts="[from-broken\nexten => 77,1,NoOp(\n")
    state = look()
    assert {one["owner"] for one in state.complaints} == {"ModuleBroken"}
    assert all(one["line"] for one in state.complaints)
    assert "from-broken" not in text_of(home, "extensions.conf")
    assert not applied.told("dialplan reload")


def test_a_context_that_asterisk_does_not_know_afterwards_is_blamed(
    applied: FakeAsterisk, home: Path
) -> None:
    said = "There is no existence of 'from-lost' context"
    applied.outputs["dialplan show pbxadmin-asks@from-lost"] = said
    answering("ModuleLost", extension_gen_contexts="[from-lost]\nexten => 77,1,NoOp(1)\n")
    state = look()
    assert [(one["owner"], one["context"]["name"]) for one in state.complaints] == [
        ("ModuleLost", "from-lost")
    ]
    assert "[from-lost]" not in text_of(home, "extensions.conf")


def test_what_modules_change_is_applied_without_anybody_asking(
    applied: FakeAsterisk, home: Path
) -> None:
    phone("202")
    answering("ModuleGood", extension_gen_contexts="[from-good]\nexten => 78,1,NoOp(1)\n")
    look()
    assert "[from-good]" in text_of(home, "extensions.conf")
    assert "[202]" in text_of(home, "pjsip.conf")


def test_a_module_without_a_part_leaves_waiting_records_alone(
    applied: FakeAsterisk, home: Path
) -> None:
    phone("202")
    answering("ModulePlain", create_cron_tasks=["* * * * * true"])
    look()
    assert "[202]" not in text_of(home, "pjsip.conf")


@pytest.mark.parametrize("mode", ["hang", "garbage", "refuse"])
def test_an_asterisk_that_cannot_be_asked_gets_its_files_and_is_told_later(
    applied: FakeAsterisk, home: Path, boss: Actor, mode: str
) -> None:
    applied.mode = mode
    phone("202")
    request = apply_now(actor=boss)
    state = look()
    assert state.problem is None
    request.refresh_from_db()
    assert request.state == "applied"
    assert "does not answer" in request.sentence
    assert [note["slug"] for note in state.notes] == ["asterisk-not-told"]
    assert "[202]" in text_of(home, "pjsip.conf")
    applied.mode = "well"
    tell_again()
    assert look().notes == []
    assert applied.told("manager reload")


def test_a_lost_connection_restores_the_files(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    applied.mode = "hang-up"
    phone("202")
    apply_now(actor=boss)
    state = look()
    assert state.problem["slug"] == "asterisk-lost"
    assert "[202]" not in text_of(home, "pjsip.conf")


def test_one_s_own_text_waits_and_is_blamed(applied: FakeAsterisk, home: Path, boss: Actor) -> None:
    CustomFile.objects.create(path="asterisk/extensions.conf", mode="append", text="[mine\n")
    look()
    assert "[mine" not in text_of(home, "extensions.conf")
    apply_now(actor=boss)
    state = look()
    assert [one["owner"] for one in state.complaints] == ["custom"]
    assert "[mine" not in text_of(home, "extensions.conf")


def test_applying_all_configuration_again_takes_what_waits(
    applied: FakeAsterisk, home: Path, boss: Actor
) -> None:
    phone("202")
    apply_again(actor=boss, names=[NAME])
    look()
    assert "[202]" in text_of(home, "pjsip.conf")


def test_a_wish_can_be_taken_back(applied: FakeAsterisk, boss: Actor) -> None:
    applied.calls = 1
    apply_when_quiet(actor=boss, until=timezone.now() + timedelta(hours=1))
    assert cancel_apply(actor=boss).state == ApplyOutcome.CANCELLED
    with pytest.raises(NotFound):
        cancel_apply(actor=boss)


@pytest.mark.parametrize("hours", [-1, 24 * 8])
def test_a_deadline_lies_ahead_and_not_too_far(home: Path, boss: Actor, hours: int) -> None:
    with pytest.raises(Refused):
        apply_when_quiet(actor=boss, until=timezone.now() + timedelta(hours=hours))


def test_who_may_not_change_may_not_apply(home: Path) -> None:
    with pytest.raises(NotAllowed):
        apply_now(actor=Actor("guest", "web", frozenset()))
