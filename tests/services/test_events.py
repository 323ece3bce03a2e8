"""Changes of records, told in order and at least once, whoever fails, hangs or is away (M5.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.model_events import (
    CHANGE_DATA,
    DELETED,
    NEED_RELOAD,
    SAVED,
    WATCHED,
    actions_of,
)
from modules_app.exceptions import ModuleError, NotAllowed, Refused
from modules_app.models import (
    AuditEvent,
    EventCursor,
    LostEvent,
    Module,
    NetworkFilter,
    OutboxEvent,
    PbxSetting,
)
from modules_app.models.watched import WatchedModel
from modules_app.permissions import Actor
from modules_app.selectors import answers
from modules_app.services import event_delivery
from modules_app.services.event_delivery import TRIES, Courier, forget_old_events
from modules_app.services.events import begin_listening, emit, forget_listener
from modules_app.services.registry import raise_sequence
from modules_app.services.second_tries import retry_event
from modules_app.services.settings import write_settings

ACTOR = Actor.system(channel="cli", name="tester")
pytestmark = pytest.mark.django_db


@dataclass
class Hosted:
    """Stands for the host: what the modules were told, and how each answers."""

    told: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: dict[str, Callable[[], HookAnswer | None]] = field(default_factory=dict)
    clock: float = 1000.0

    def ask(self, hook: str, arguments: dict[str, Any], module_id: str) -> HookAnswer | None:
        (payload,) = arguments.values()
        self.told.append((module_id, hook, payload))
        return self.answers.get(module_id, lambda: HookAnswer(module_id, ok=True))()

    def changes(self, module_id: str) -> list[str]:
        told = self.told
        return [p["recordId"] for m, hook, p in told if m == module_id and hook == CHANGE_DATA]

    def reloads(self, module_id: str) -> list[dict[str, Any]]:
        return [p for m, hook, p in self.told if m == module_id and hook == NEED_RELOAD]


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered for a registry sequence belongs to the rows of another test."""
    monkeypatch.setattr(answers, "_known", (-1, {}))


@pytest.fixture
def host() -> Hosted:
    return Hosted()


@pytest.fixture
def courier(host: Hosted) -> Courier:
    return Courier(ask=host.ask, now=lambda: host.clock)


def module(module_id: str, *hooks: str) -> Module:
    """An enabled module that begins to listen now."""
    now = timezone.now()
    row = Module(
        id=module_id,
        id_fold=module_id.casefold(),
        contract="mikopbx",
        language="python",
        version="1",
        generation="1-a",
        digest="0" * 64,
        package_sha256="0" * 64,
        wanted="on",
        phase="ready",
        fault="none",
        facts={"hooks": list(hooks or (CHANGE_DATA,))},
        installed_at=now,
        changed_at=now,
    )
    Module.objects.bulk_create([row])  # quietly: its own event is none that others wait for
    begin_listening(row)
    raise_sequence()
    return row


def change(key: str, value: str) -> None:
    write_settings(actor=ACTOR, values={key: value})


def events() -> list[tuple[str, str, str, Any]]:
    rows = OutboxEvent.objects.order_by("id")
    return [(one.model, one.record_id, one.action, one.changed) for one in rows]


def test_a_changed_setting_leaves_an_event_with_both_values() -> None:
    change("Name", "Ours")
    change("Name", "Ours")
    change("Name", "Theirs")
    assert events() == [
        ("PbxSettings", "Name", SAVED, {"value": {"old": None, "new": "Ours"}}),
        ("PbxSettings", "Name", SAVED, {"value": {"old": "Ours", "new": "Theirs"}}),
    ]


def test_records_of_every_kind_name_what_changed_and_what_was_deleted() -> None:
    row = NetworkFilter.objects.create(title="Office", permit=["10.0.0.0/8"])
    OutboxEvent.objects.all().delete()
    row.title = "Home"
    row.save()
    row.save()
    pk = str(row.pk)
    NetworkFilter.objects.filter(pk=pk).delete()
    assert [one[:3] for one in events()] == [
        ("NetworkFilters", pk, SAVED),
        ("NetworkFilters", pk, DELETED),
    ]
    assert events()[0][3] == ["title"]


def test_change_and_event_happen_together_or_not_at_all() -> None:
    with pytest.raises(RuntimeError, match="half way"), transaction.atomic():
        PbxSetting.objects.create(key="Name", value="Ours")
        raise RuntimeError("half way")
    assert events() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["save", "delete"])
def test_outside_of_a_transaction_a_change_without_its_event_is_undone(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = PbxSetting.objects.create(key="Name", value="Ours")
    row.value = "Theirs"

    def die(**_values: object) -> None:
        raise RuntimeError("between the row and its event")

    monkeypatch.setattr(OutboxEvent.objects, "create", die)
    with pytest.raises(RuntimeError, match="between"):
        getattr(row, verb)()
    assert PbxSetting.objects.get(key="Name").value == "Ours"


def test_every_watched_record_stores_row_and_event_together() -> None:
    for name, watched in WATCHED.items():
        assert issubclass(apps.get_model(watched.app, name), WatchedModel), name


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its change"):
        emit(model="PbxSettings", record_id="Name", action=SAVED, changed_fields=["value"])


def test_a_module_hears_what_happens_after_it_was_enabled_in_order_and_once(
    host: Hosted, courier: Courier
) -> None:
    change("Name", "before")
    module("ModuleEar")
    for key in ("SIPPort", "AMIPort", "RTPPortFrom"):
        change(key, "5070")
    courier.round()
    courier.round()
    assert host.changes("ModuleEar") == ["SIPPort", "AMIPort", "RTPPortFrom"]
    assert host.told[0][2] == {
        "source": "models_changed",
        "model": "PbxSettings",
        "recordId": "SIPPort",
        "action": "afterSave",
        "changedFields": {"value": {"old": None, "new": "5070"}},
    }


def test_one_that_fails_gets_the_same_event_again_later_and_holds_nobody_up(
    host: Hosted, courier: Courier
) -> None:
    module("ModuleBad")
    module("ModuleGood")
    failing = HookAnswer("ModuleBad", error="Traceback\nValueError: not now")
    host.answers["ModuleBad"] = lambda: failing
    change("SIPPort", "5070")
    change("AMIPort", "5071")
    courier.round()
    assert host.changes("ModuleGood") == ["SIPPort", "AMIPort"]
    assert host.changes("ModuleBad") == ["SIPPort"]
    courier.round()
    assert host.changes("ModuleBad") == ["SIPPort"], "not before the pause is over"

    host.clock += 1.1
    courier.round()
    assert host.changes("ModuleBad") == ["SIPPort", "SIPPort"]
    host.answers.clear()
    host.clock += 5
    courier.round()
    assert host.changes("ModuleBad") == ["SIPPort"] * 3 + ["AMIPort"]
    cursor = EventCursor.objects.get(module_id="ModuleBad", hook=CHANGE_DATA)
    assert (cursor.tries, cursor.delivered) == (0, 2)
    assert "not now" in cursor.error


def test_after_all_tries_an_event_is_recorded_as_lost_and_the_next_one_comes(
    host: Hosted, courier: Courier
) -> None:
    module("ModuleBad")
    host.answers["ModuleBad"] = lambda: HookAnswer("ModuleBad", error="ValueError: never")
    change("SIPPort", "5070")
    for _try in range(TRIES):
        courier.round()
        host.clock += 61
    lost = LostEvent.objects.get()
    assert (lost.module_id, lost.tries) == ("ModuleBad", TRIES)
    assert lost.payload["recordId"] == "SIPPort" and "never" in lost.error
    host.answers.clear()
    change("AMIPort", "5071")
    courier.round()
    assert host.changes("ModuleBad")[-1] == "AMIPort"


def test_a_host_that_is_away_costs_no_try(host: Hosted, courier: Courier) -> None:
    module("ModuleEar")
    host.answers["ModuleEar"] = lambda: None
    change("SIPPort", "5070")
    for _try in range(TRIES + 2):
        courier.round()
        host.clock += 2
    host.answers["ModuleEar"] = lambda: HookAnswer("ModuleEar", reached=False, error="refused")
    courier.round()
    assert not LostEvent.objects.exists()
    host.answers.clear()
    host.clock += 2
    courier.round()
    assert EventCursor.objects.get().delivered == 1


def test_a_new_courier_goes_on_where_the_last_one_died(host: Hosted) -> None:
    module("ModuleEar")
    change("SIPPort", "5070")
    change("AMIPort", "5071")

    class Killed(BaseException):
        pass

    def die() -> HookAnswer:
        raise Killed

    calls = iter([lambda: HookAnswer("ModuleEar", ok=True), die])
    host.answers["ModuleEar"] = lambda: next(calls)()
    with pytest.raises(Killed):
        Courier(ask=host.ask, now=lambda: host.clock).round()
    host.answers.clear()
    Courier(ask=host.ask, now=lambda: host.clock).round()
    assert host.changes("ModuleEar") == ["SIPPort", "AMIPort", "AMIPort"]


def test_a_batch_ends_when_all_is_quiet_and_names_actions_in_their_order(
    host: Hosted, courier: Courier
) -> None:
    module("ModuleEar", NEED_RELOAD)
    change("SIPPort", "5070")
    courier.round()
    host.clock += 4
    change("RestartEveryNight", "1")
    courier.round()
    host.clock += 4
    courier.round()
    assert host.reloads("ModuleEar") == []
    host.clock += 2
    courier.round()
    (plan,) = host.reloads("ModuleEar")
    assert list(plan) == ["Firewall", "Crond", "PJSIP", "Dialplan", "Advice"]
    (cron,) = plan["Crond"]["parameters"].values()
    assert cron["recordId"] == "RestartEveryNight"
    courier.round()
    assert len(host.reloads("ModuleEar")) == 1


def test_a_batch_does_not_grow_for_ever(host: Hosted, courier: Courier) -> None:
    module("ModuleEar", NEED_RELOAD)
    for number in range(9):
        change("RTPPortFrom", str(11000 + number))
        courier.round()
        host.clock += 4
    assert len(host.reloads("ModuleEar")) == 1


def test_what_cannot_wait_is_told_at_once(host: Hosted, courier: Courier) -> None:
    module("ModuleEar", NEED_RELOAD)
    other = module("ModuleOther", "get_module_workers")
    courier.round()
    host.told.clear()
    other.wanted = "off"
    other.save()
    courier.round()
    assert [list(plan) for plan in host.reloads("ModuleEar")] == [["ModuleState"]]


def test_enabling_again_does_not_bring_back_what_happened_while_it_was_off(
    host: Hosted, courier: Courier
) -> None:
    row = module("ModuleEar")
    Module.objects.update(wanted="off")
    raise_sequence()
    change("SIPPort", "5070")
    courier.round()
    Module.objects.update(wanted="on")
    begin_listening(row)
    raise_sequence()
    change("AMIPort", "5071")
    courier.round()
    assert host.changes("ModuleEar") == ["AMIPort"]


def test_a_removed_module_leaves_nothing_behind() -> None:
    module("ModuleEar")
    forget_listener(module_id="ModuleEar")
    assert not EventCursor.objects.exists()


def test_old_events_go_when_everybody_has_them(
    host: Hosted, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_delivery, "KEPT_EVENTS", 2)
    module("ModuleSlow")
    OutboxEvent.objects.all().delete()
    for number in range(6):
        change("RTPPortFrom", str(11000 + number))
    assert forget_old_events() == 0
    courier.round()
    assert forget_old_events() == 4
    assert OutboxEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("model", "record", "kind", "actions"),
    [
        ("PbxExtensionModules", "ModuleX", SAVED, ("ModuleState",)),
        ("NetworkFilters", "3", SAVED, ("Firewall", "Fail2BanConf", "PJSIP", "Manager")),
        ("Fail2BanRules", "1", SAVED, ("Fail2BanConf",)),
        ("CustomFiles", "/etc/x", SAVED, ("ApplyCustomFiles",)),
        ("CustomFiles", "/etc/x", DELETED, ("RemoveCustomFiles",)),
        ("PbxSettings", "WEBPort", SAVED, ("Firewall", "Nginx")),
        ("PbxSettings", "PBXLicense", SAVED, ("License", "Nats")),
        ("PbxSettings", "ARIEnabled", SAVED, ("Firewall", "Ari")),
        ("PbxSettings", "Name", SAVED, ()),
        ("Unknown", "1", SAVED, ()),
    ],
)
def test_m55_what_a_change_leads_to(
    model: str, record: str, kind: str, actions: tuple[str, ...]
) -> None:
    assert actions_of(model, record, kind) == actions


def lost(module_id: str, hook: str = CHANGE_DATA) -> LostEvent:
    return LostEvent.objects.create(
        module_id=module_id,
        id_fold=module_id.casefold(),
        hook=hook,
        event_id=7,
        payload={"recordId": "SIPPort"},
        tries=8,
        error="ValueError: no",
    )


@pytest.mark.parametrize(
    ("hook", "argument"),
    [(CHANGE_DATA, "data"), (NEED_RELOAD, "planned_actions"), ("core_references", "question")],
)
def test_a_given_up_event_is_told_again_under_its_name_and_leaves_the_list(
    host: Hosted, hook: str, argument: str
) -> None:
    module("ModuleEar", hook)
    asked: list[dict[str, Any]] = []

    def ask(asked_hook: str, arguments: dict[str, Any], module_id: str) -> HookAnswer | None:
        asked.append(arguments)
        return host.ask(asked_hook, arguments, module_id)

    retry_event(actor=ACTOR, lost_id=lost("ModuleEar", hook).pk, ask=ask)
    assert host.told == [("ModuleEar", hook, {"recordId": "SIPPort"})]
    assert asked == [{argument: {"recordId": "SIPPort"}}]
    assert not LostEvent.objects.exists()
    assert EventCursor.objects.get(hook=hook).delivered == 1
    assert AuditEvent.objects.get(action="event-retry").outcome == "done"


def test_an_event_that_fails_again_stays_and_says_so(host: Hosted) -> None:
    module("ModuleEar")
    row = lost("ModuleEar")
    host.answers["ModuleEar"] = lambda: HookAnswer("ModuleEar", error="Traceback\nKeyError: 'x'")
    with pytest.raises(ModuleError, match="KeyError: 'x'"):
        retry_event(actor=ACTOR, lost_id=row.pk, ask=host.ask)
    row.refresh_from_db()
    assert (row.tries, row.error) == (9, "Traceback\nKeyError: 'x'")
    assert AuditEvent.objects.get(action="event-retry").outcome == "failed"
    host.answers["ModuleEar"] = lambda: None
    with pytest.raises(ModuleError) as refused:
        retry_event(actor=ACTOR, lost_id=row.pk, ask=host.ask)
    assert refused.value.slug == "module-not-reached"


def test_nobody_is_told_of_an_event_who_does_not_listen_or_without_the_right(host: Hosted) -> None:
    row = lost("ModuleGone")
    for lost_id, slug in ((row.pk, "lost-event-nobody-listens"), (0, "lost-event-unknown")):
        with pytest.raises(Refused) as refused:
            retry_event(actor=ACTOR, lost_id=lost_id, ask=host.ask)
        assert refused.value.slug == slug
    with pytest.raises(NotAllowed):
        retry_event(actor=Actor("ann", "web", frozenset()), lost_id=row.pk, ask=host.ask)
    assert host.told == []
