"""Following an Asterisk that comes, goes, refuses and says nonsense."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from telephony_app.ami import AmiAccount, AmiClient
from telephony_app.domain.live import Contact, Status, changes, registration_status, status_of
from telephony_app.live import news as news_module
from telephony_app.live import worker as worker_module
from telephony_app.live.news import News
from telephony_app.live.worker import LiveWorker
from telephony_app.selectors.live import LiveState, live_state
from tests.telephony.apply.fake_ami import FakeAsterisk, nobody

CONTACT = {
    "Event": "ContactList",
    "ObjectName": "201;@7b974dd3c7f1e1844da0eca590cfa8cb",
    "Endpoint": "201",
    "Uri": "sip:201@10.0.0.7",
    "Status": "Reachable",
}
REGISTRATION = {"Event": "OutboundRegistrationDetail", "Endpoint": "", "ClientUri": "sip:u@host"}


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, live_state()
        time.sleep(0.02)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    """What modules were told."""
    monkeypatch.setattr(worker_module, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(worker_module, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(worker_module, "LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(news_module, "PAUSE_SECONDS", 0.05)
    return []


@pytest.fixture
def follow(
    home: Path, told: list[tuple[str, Mapping[str, Any]]]
) -> Iterator[Callable[[int], LiveWorker]]:
    """Return a function that follows what listens at a port."""
    running: list[tuple[LiveWorker, threading.Thread]] = []

    def start(port: int) -> LiveWorker:
        account = AmiAccount("127.0.0.1", port, "pbxadmin", "secret")
        worker = LiveWorker(
            home / "run",
            client=lambda: AmiClient(account, 1.0, event_mask="system,call"),
            providers=lambda: {"SIP-TRUNK-1": "SIP-TRUNK-1"},
            news=News(
                home / "run",
                ask=lambda hook, arguments: told.append((hook, arguments)),
                on_connected=lambda: told.append(("connected", {})),
            ),
        )
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        running.append((worker, thread))
        return worker

    yield start
    for worker, thread in running:
        worker.stop()
        thread.join(10)


def hooks(told: list[tuple[str, Mapping[str, Any]]]) -> list[str]:
    return [hook for hook, _arguments in told]


def test_contacts_calls_and_registrations_are_written_down(
    follow: Callable[[int], LiveWorker],
) -> None:
    with FakeAsterisk(calls=2) as fake:
        fake.items["PJSIPShowContacts"] = [CONTACT]
        follow(fake.port)
        wait_for(lambda: live_state().phones)
        found = live_state()
        assert (found.phones, found.calls, found.version) == ({"201": "online"}, 2, "22.0.0")
        assert found.phone("201") is Status.ONLINE and found.phone("202") is Status.OFFLINE
        assert found.contacts["201"][0]["uri"] == "sip:201@10.0.0.7"


def test_a_telephone_in_a_browser_is_the_telephone(follow: Callable[[int], LiveWorker]) -> None:
    with FakeAsterisk() as fake:
        fake.items["PJSIPShowContacts"] = [{**CONTACT, "Endpoint": "201-WS"}]
        follow(fake.port)
        wait_for(lambda: live_state().phones)
        assert live_state().phones == {"201": "online"}
        gone = {"URI": CONTACT["Uri"], "AOR": "201-WS", "EndpointName": "201-WS"}
        fake.tell("ContactStatus", ContactStatus="Removed", **gone)
        wait_for(lambda: not live_state().phones)


def test_a_registration_says_more_than_an_address_that_answers(
    follow: Callable[[int], LiveWorker],
) -> None:
    with FakeAsterisk() as fake:
        fake.items["PJSIPShowContacts"] = [{**CONTACT, "Endpoint": "SIP-TRUNK-1"}]
        fake.items["PJSIPShowRegistrationsOutbound"] = [
            {**REGISTRATION, "ObjectName": "SIP-TRUNK-1-REG", "Status": "Rejected"},
            {"Event": "AuthDetail", "ObjectName": "SIP-TRUNK-1-REG-AUTH"},
        ]
        follow(fake.port)
        wait_for(lambda: live_state().providers)
        assert live_state().providers == {"SIP-TRUNK-1": "rejected"} and not live_state().phones


def test_modules_hear_of_a_start_once_and_of_changes_together(
    follow: Callable[[int], LiveWorker], told: list[tuple[str, Mapping[str, Any]]]
) -> None:
    with FakeAsterisk() as fake:
        follow(fake.port)
        wait_for(lambda: "on_after_pbx_started" in hooks(told))
        fields = {"URI": "sip:201@10.0.0.7", "AOR": "201", "EndpointName": "201"}
        wait_for(lambda: live_state().is_current)
        time.sleep(0.3)
        fake.tell("ContactStatus", ContactStatus="Reachable", **fields)
        wait_for(lambda: "on_extension_status_change" in hooks(told))
        [(_hook, arguments)] = [one for one in told if one[0] == "on_extension_status_change"]
        [change] = arguments["changes"]
        assert change["changes"] == {"extension": "201", "state": "online", "previous": "offline"}
        assert set(change) == {"changes", "timestamp", "source"}
        fake.hang_up()
        wait_for(lambda: hooks(told).count("connected") == 2)
    assert hooks(told).count("on_after_pbx_started") == 1


def test_a_second_start_of_asterisk_is_told_again(
    follow: Callable[[int], LiveWorker], told: list[tuple[str, Mapping[str, Any]]]
) -> None:
    with FakeAsterisk() as fake:
        follow(fake.port)
        wait_for(lambda: hooks(told).count("on_after_pbx_started") == 1)
        fake.started = "11:00:00"
        fake.hang_up()
        wait_for(lambda: hooks(told).count("on_after_pbx_started") == 2)


def test_an_asterisk_that_is_away_is_a_sentence_and_comes_back(
    follow: Callable[[int], LiveWorker],
) -> None:
    with nobody() as port:
        follow(port)
        wait_for(lambda: live_state().door == "closed")
        assert "does not answer" in live_state().sentence["message"]
        assert live_state().calls is None and live_state().phone("201") is None
    with FakeAsterisk(port=port):
        wait_for(lambda: live_state().is_current)


@pytest.mark.parametrize(
    ("mode", "door"), [("refuse", "refused"), ("hang", "closed"), ("garbage", "closed")]
)
def test_a_door_that_does_not_open_is_named(
    follow: Callable[[int], LiveWorker], mode: str, door: str
) -> None:
    with FakeAsterisk(mode=mode) as fake:
        follow(fake.port)
        wait_for(lambda: live_state().door == door)


def test_old_news_is_not_shown_as_the_present() -> None:
    old = LiveState(door=LiveState().door, at=time.time() - 100, calls=3)
    assert not old.is_current and "no news" in old.sentence["message"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((), Status.OFFLINE),
        (("Removed",), Status.OFFLINE),
        (("Reachable",), Status.ONLINE),
        (("NonQualified",), Status.ONLINE),
        (("Unreachable",), Status.UNREACHABLE),
        (("Unreachable", "Reachable"), Status.ONLINE),
    ],
)
def test_one_contact_that_answers_is_enough(words: tuple[str, ...], status: Status) -> None:
    assert status_of(Contact("201", f"sip:{n}", word) for n, word in enumerate(words)) is status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Registered", Status.ONLINE),
        ("Registered (exp. 50s)", Status.ONLINE),
        ("Rejected", Status.REJECTED),
        ("Unregistered", Status.TRYING),
        ("", Status.TRYING),
    ],
)
def test_words_of_registrations(word: str, status: Status) -> None:
    assert registration_status(word) is status


def test_who_is_not_listed_is_offline() -> None:
    found = changes({"201": "online"}, {"202": "online"}, kind="extension", at=1.0)
    assert [(one["changes"]["extension"], one["changes"]["state"]) for one in found] == [
        ("201", "offline"),
        ("202", "online"),
    ]
