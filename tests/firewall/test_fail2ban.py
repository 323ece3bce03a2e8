"""Jails of PBX Admin and of modules: tested by fail2ban, and a real ban (reference M6.7, M15.4)."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import fail2ban as program
from modules_app.models import SurfaceState
from modules_app.selectors.fail2ban import security_log
from modules_app.services.fail2ban import Fail2BanValues, save_fail2ban, unban
from tests.firewall.conftest import AddModule, Apply
from tests.firewall.namespaces import FAR4, LAN4, LAN6, Cable
from tests.lifecycle import ACTOR, Life

pytestmark = pytest.mark.server

FILTER = "[Definition]\nfailregex = ^\\s*module_gate: wrong PIN from <HOST>$\n"
JAIL = "[module_gate]\nenabled = true\nlogpath = {log}\nport = 9500\nmaxretry = 2\n"
DEADLINE = 60.0


@pytest.fixture
def log(life: Life, need_tool: Callable[[str], str]) -> Path:
    """The log of attacks, which the operator makes."""
    need_tool("fail2ban-client")
    return security_log()


@pytest.fixture
def running(filtered: Cable, settings: Settings) -> Iterator[None]:
    """Whatever fail2ban the test starts ends with it; a socket has a short path."""
    folder = tempfile.mkdtemp(prefix="f2b")
    settings.PBX_FAIL2BAN_RUN_DIR = folder
    try:
        yield
    finally:
        program._client("stop")
        shutil.rmtree(folder, ignore_errors=True)


def attack(log: Path, who: str, times: int, address: str) -> None:
    with log.open("a") as file:
        for _time in range(times):
            now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
            file.write(f"{now} {who} from {address}\n")


def banned() -> set[tuple[str, str]]:
    return {(ban.jail, ban.address) for ban in program.bans() or ()}


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def test_who_types_wrong_passwords_is_kept_from_the_pages_and_from_nothing_else(
    filtered: Cable, running: None, log: Path, apply: Apply, add_module: AddModule
) -> None:
    save_fail2ban(actor=ACTOR, values=Fail2BanValues(max_retry=3, white_list=[FAR4]))
    add_module(
        "ModuleGate",
        generate_fail2ban_jails=JAIL.format(log=log),
        generate_fail2ban_filters=FILTER,
    )
    state = apply("fail2ban")
    assert (state.problem, state.complaints, state.notes) == (None, [], [])
    for address in (LAN4, LAN6, FAR4):
        attack(log, "pbx-web: wrong password", 3, address)
    attack(log, "module_gate: wrong PIN", 2, LAN4)
    expected = {("pbx-web", LAN4), ("pbx-web", LAN6), ("module_gate", LAN4)}
    wait_for(lambda: banned() == expected)
    assert LAN4 in filtered.pbx.run("nft", "list", "set", "inet", "pbxadmin", "ban_pbx-web_4")
    assert filtered.is_dropped(80, source=LAN4)
    assert filtered.is_dropped(80, source=LAN6)
    assert filtered.gets_through(80, source=FAR4)
    assert filtered.gets_through(22, source=LAN4)
    assert filtered.is_dropped(9500, source=LAN4)
    assert filtered.gets_through(9500, source=LAN6)

    unban(actor=ACTOR, jail="pbx-web", address=LAN4)
    assert filtered.gets_through(80, source=LAN4)
    assert filtered.is_dropped(9500, source=LAN4)
    assert banned() == expected - {("pbx-web", LAN4)}


def test_a_ban_outlives_new_rules_and_new_jails(
    filtered: Cable, running: None, log: Path, apply: Apply, add_module: AddModule
) -> None:
    save_fail2ban(actor=ACTOR, values=Fail2BanValues(max_retry=1))
    apply()
    attack(log, "pbx-web: wrong password", 1, LAN4)
    wait_for(lambda: ("pbx-web", LAN4) in banned())
    module = add_module("ModuleGate", generate_fail2ban_jails="#", generate_fail2ban_filters=FILTER)
    assert apply("fail2ban").complaints == []
    assert ("pbx-web", LAN4) in banned()
    assert filtered.is_dropped(80, source=LAN4)
    attack(log, "module_gate: wrong PIN", 20, LAN6)
    wait_for(lambda: ("module_gate", LAN6) in banned())
    assert filtered.is_dropped(22, source=LAN6)
    module.delete()
    apply()
    assert "module_gate" not in filtered.pbx.run("nft", "list", "table", "inet", "pbxadmin")
    assert filtered.gets_through(22, source=LAN6)
    assert filtered.is_dropped(80, source=LAN4)


@pytest.mark.parametrize(
    ("jail", "filters", "reason"),
    [
        (JAIL, "[Definition]\nfailregex = ^ ( from <HOST>$\n", "compile"),
        (JAIL, "[Definition]\nfailregex = ^ nobody is named$\n", "failure-id"),
        (JAIL, "", "module_bad"),
        (JAIL.replace("{log}", "/nowhere/at.log"), FILTER, "log file"),
    ],
)
def test_a_module_that_fail2ban_refuses_is_left_out_and_blamed(
    log: Path, apply: Apply, add_module: AddModule, jail: str, filters: str, reason: str
) -> None:
    add_module(
        "ModuleGate",
        generate_fail2ban_jails=JAIL.format(log=log),
        generate_fail2ban_filters=FILTER,
    )
    text = jail.replace("module_gate", "module_bad").format(log=log)
    add_module("ModuleBad", generate_fail2ban_jails=text, generate_fail2ban_filters=filters)
    state = apply("fail2ban")
    assert [one["owner"] for one in state.complaints] == ["ModuleBad"]
    assert reason in state.complaints[0]["context"]["reason"]
    assert state.problem is None
    paths = {file["path"] for file in state.files}
    assert "fail2ban/jail.d/pbx_module_gate.conf" in paths
    assert "fail2ban/jail.d/pbx_module_bad.conf" not in paths


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("[module_gate]\nignorecommand = touch /tmp/x\n", "fail2ban-option"),
        ("[module_gate]\nbantime = __import__('os').system('id')\n", "fail2ban-value"),
        ("[module_gate]\nfindtime = 1\n  + 2\n", "fail2ban-value"),
        ("[module_gate]\nbantime.formula = 1\n", "fail2ban-option"),
        ("[DEFAULT]\nbantime = 1\n", "fail2ban-jail-name"),
        ("[pbx-web]\nenabled = false\n", "fail2ban-jail-name"),
        ("[INCLUDES]\nbefore = /etc/shadow\n", "fail2ban-jail-name"),
        ("[module_gate]\nport = 80 } accept\n", "fail2ban-value"),
        ("[module_gate]\x1d\nenabled = true\n", "fail2ban-letter"),
        ("enabled = true\n", "fail2ban-line"),
        ("# nothing\nno\n", "fail2ban-line"),
    ],
)
def test_what_could_run_commands_or_touch_other_jails_is_refused(
    log: Path, apply: Apply, add_module: AddModule, text: str, slug: str
) -> None:
    add_module("ModuleGate", generate_fail2ban_jails=text, generate_fail2ban_filters=FILTER)
    state = apply("fail2ban")
    assert [(one["owner"], one["slug"]) for one in state.complaints] == [("ModuleGate", slug)]
    assert not any("module_gate" in file["path"] for file in state.files)


def test_an_action_of_a_module_gives_its_ports_and_nothing_else(
    log: Path, apply: Apply, add_module: AddModule
) -> None:
    action = 'iptables-multiport[name=GATE, port="9500,9600:9700", protocol=udp, x="`id`"]'
    text = f"[module_gate]\nenabled = true\nlogpath = {log}\naction = {action}\n"
    add_module("ModuleGate", generate_fail2ban_jails=text, generate_fail2ban_filters=FILTER)
    state = apply("fail2ban")
    assert state.complaints == []
    files = {file["path"]: file["text"] for file in state.files}
    assert files["fail2ban/jail.d/pbx_module_gate.conf"] == text
    own = files["fail2ban/jail.d/zz-pbx-bans.local"]
    assert own == '[module_gate]\naction = pbx-ban[jail="module_gate"]\n'
    rules = SurfaceState.objects.get(name="firewall").files[0]["text"]
    assert "meta l4proto { udp } th dport { 9500, 9600-9700 } drop" in rules


def test_the_filter_of_ssh_finds_what_sshd_writes(
    life: Life, apply: Apply, settings: Settings, tmp_path: Path, need_tool: Callable[[str], str]
) -> None:
    settings.PBX_SSH_LOG = str(tmp_path / "auth.log")
    lines = (
        "Jan  5 10:00:00 pbx sshd[311]: Failed password for root from 192.0.2.7 port 4711 ssh2",
        "Jan  5 10:00:00 pbx sshd[311]: Failed password for invalid user a from 192.0.2.7 port 9"
        " ssh2",
        "Jan  5 10:00:00 pbx sshd[311]: Invalid user admin from 192.0.2.7 port 4711",
        "Jan  5 10:00:00 pbx sshd[311]: Accepted publickey for root from 192.0.2.8 port 1 ssh2",
    )
    Path(settings.PBX_SSH_LOG).write_text("\n".join(lines) + "\n")
    apply()
    folder = str(life.data_dir.root / "etc" / "fail2ban")
    report = program.run_program(
        need_tool("fail2ban-regex"), "-c", folder, settings.PBX_SSH_LOG, "pbx-ssh"
    )
    assert "4 lines, 0 ignored, 3 matched, 1 missed" in report.output
