"""What modules add to a telephone system, each seen in the live Asterisk."""

from __future__ import annotations

import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modules_app.ami import AmiAccount, AmiClient
from modules_app.exceptions import Refused
from tests.asterisk.lab.instance import AsteriskLab
from tests.asterisk.site import EXAMPLES, NUMBER, TelephoneSite

AMI, DIALPLAN, HELLO = "ModuleExampleAmi", "ModuleExampleDialplan", "hellopbx"
BROKEN = """
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def extension_gen_contexts(self):
        return "[module-broken]\\nexten => s,1,NoOp()\\n[module-broken\\nexten => s,1,NoOp()"
"""
MANIFEST = """
{"moduleUniqueID": "ModuleBroken", "developer": "x", "version": "1.0.0",
 "support_email": "x@example.org", "min_pbx_version": "2024.1.114"}
"""


@pytest.fixture(scope="module")
def site(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelephoneSite]:
    """A server and an Asterisk with three modules."""
    site = TelephoneSite(lab, tmp_path_factory.mktemp("site"))
    for name in (AMI, DIALPLAN, HELLO):
        site.install(EXAMPLES / name)
    yield site
    site.close()


@pytest.fixture(autouse=True)
def _hang_up(site: TelephoneSite) -> Iterator[None]:
    yield
    site.hang_up()


def rows(site: TelephoneSite, module_id: str, query: str) -> list[tuple[object, ...]]:
    """Ask the database of a module."""
    (database,) = (site.server.data_dir / "data" / module_id).glob("*/module.db")
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_a_module_adds_an_ami_user_who_logs_in_with_its_secret(site: TelephoneSite) -> None:
    ((secret,),) = rows(site, AMI, "SELECT secret FROM m_ProgramAccess")
    account = AmiAccount("127.0.0.1", site.ports.ami, "module-example-ami", str(secret))
    with AmiClient(account) as client:
        assert client.action("Ping").success
        assert not client.action("Command", Command="core show uptime").success, "it may listen"
    assert site.post(f"/m/{AMI}/secret/").status == 302
    site.wait_for(lambda: str(secret) not in site.text_of("manager.conf"))
    site.wait_for(lambda: refuses(account))


def refuses(account: AmiAccount) -> bool:
    try:
        with AmiClient(account):
            return False
    except Refused:
        return True


def test_a_module_changes_an_option_of_one_telephone(site: TelephoneSite) -> None:
    before = site.asterisk.cli("pjsip show aor 202")
    assert site.post(f"/m/{DIALPLAN}/", number="201", devices="3").status == 302
    said = site.wait_for_cli("pjsip show aor 201", lambda said: contacts(said) == 3)
    assert contacts(said) == 3
    assert contacts(site.asterisk.cli("pjsip show aor 202")) == contacts(before) != 3


def contacts(said: str) -> int:
    """Return max_contacts of what ``pjsip show aor`` says."""
    line = next(line for line in said.splitlines() if line.strip().startswith("max_contacts"))
    return int(line.rpartition(":")[2])


def test_a_number_of_a_module_asks_its_fast_agi_worker(site: TelephoneSite) -> None:
    site.wait_for(lambda: "CallCounter" in site.server.manage("module", "workers").stdout)
    ann = site.phone("201")
    site.wait_for(lambda: ann.call("5555", talk_seconds=0.5) == 200 and counted(site) > 0)


def test_a_number_of_a_module_runs_its_script(site: TelephoneSite) -> None:
    # A caller who hangs up ends the script, and a busy machine takes seconds to start Python.
    call = site.phone("201").start_call("5556", talk_seconds=30)
    site.wait_for_cli("database get module-example-dialplan last", lambda said: "201" in said)
    assert call.status("INVITE") == 200


def counted(site: TelephoneSite) -> int:
    found = rows(site, DIALPLAN, "SELECT calls FROM m_DialplanSettings")
    return int(str(found[0][0])) if found else 0


def test_a_step_of_a_module_comes_before_an_incoming_call_rings(site: TelephoneSite) -> None:
    ann = site.phone("201")
    assert site.caller("74990000001").call(NUMBER) == 200
    assert f"{NUMBER}: " in ann.calls[-1].header("From")


def test_ajam_knows_the_user_of_a_module(site: TelephoneSite) -> None:
    ((secret,),) = rows(site, AMI, "SELECT secret FROM m_ProgramAccess")
    address = f"http://127.0.0.1:{site.ports.http}/asterisk/rawman?action=login"
    asked = f"{address}&username=module-example-ami&secret={secret}"
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert "Authentication accepted" in answer.read().decode()


def test_a_worker_hears_the_end_of_a_call(site: TelephoneSite) -> None:
    ann, bob = site.phone("201"), site.phone("202")
    log = site.server.data_dir / "log" / AMI
    site.wait_for(lambda: any("connected" in one.read_text() for one in log.glob("*.log")))

    def heard() -> bool:
        assert ann.call("202") == 200
        found = rows(site, AMI, "SELECT caller FROM m_HeardCall")
        return ("201",) in found

    site.wait_for(heard)
    assert bob.calls


def test_it_hears_again_after_asterisk_was_killed(site: TelephoneSite) -> None:
    site.asterisk.kill()
    site.asterisk.start()
    ann, _bob = site.phone("201"), site.phone("202")
    before = len(rows(site, AMI, "SELECT id FROM m_HeardCall"))

    def heard() -> bool:
        assert ann.call("202") == 200
        return len(rows(site, AMI, "SELECT id FROM m_HeardCall")) > before

    site.wait_for(heard)


def test_get_config_and_a_dialplan_hook_of_the_freepbx_contract(site: TelephoneSite) -> None:
    said = site.asterisk.cli("dialplan show *43@hellopbx")
    assert said.index("Log(NOTICE,Somebody") < said.index("Answer()")
    assert "greeting = hello-world" in site.text_of("hellopbx.conf")
    assert site.phone("201").call("*43", talk_seconds=0.5) == 200
    assert "Somebody wants to be greeted" in site.asterisk.log.read_text()


def test_a_broken_context_does_not_reach_asterisk_and_its_module_is_named(
    site: TelephoneSite, tmp_path: Path
) -> None:
    folder = tmp_path / "ModuleBroken"
    folder.mkdir()
    (folder / "conf.py").write_text(BROKEN)
    (folder / "module.json").write_text(MANIFEST)
    site.install(folder)
    assert "module-broken" not in site.text_of("extensions.conf")
    assert site.phone("201").call("202") in range(400, 700), "202 is off, but Asterisk lives"
    assert "ModuleBroken" in site.server.client.get("/configuration/").text
    site.module("remove", "ModuleBroken")


def test_what_a_module_added_goes_with_it_and_no_call_is_dropped(site: TelephoneSite) -> None:
    ann, bob = site.phone("201"), site.phone("202")
    call = ann.start_call("202")
    bob.wait_for("INVITE")
    call.wait_for_status("INVITE", 200)
    for name in (AMI, DIALPLAN, HELLO):
        site.module("disable", name)
    assert call.is_running(), "the call goes on"
    call.hang_up()
    assert "module-example-ami" not in site.asterisk.cli("manager show users")
    assert "There is no existence" in site.asterisk.cli("dialplan show module-example-dialplan")
    assert "There is no existence" in site.asterisk.cli("dialplan show hellopbx")
    assert not (site.etc / "hellopbx.conf").exists()
