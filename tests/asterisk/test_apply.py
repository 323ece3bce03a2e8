"""Applying changes to a live Asterisk: calls go on, and what it refuses does not stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asterisk.lab.instance import AsteriskLab
from tests.asterisk.phones import Phone
from tests.asterisk.site import SECRETS, TelephoneSite
from tests.builders import python_module

APPLY, DO = "/telephony/apply/", "/telephony/apply/do/"
NEW = """
from telephony_app.models import Extension, SipAccount
made = Extension.objects.create(number={number!r}, name="Phone")
SipAccount.objects.create(extension=made, secret="a-long-secret-of-{number}")
"""
NAMELESS = """
from telephony_app.models import Provider
Provider.objects.create(
    uniqid="SIP-TRUNK-2", description="Lost", registration="none", host="no-such-host.invalid"
)
"""
GONE = """
from telephony_app.models import Provider
Provider.objects.get(uniqid="SIP-TRUNK-2").delete()
"""
CONF = """
from modules_app.sdk import ConfigClass

class Conf(ConfigClass):
    def {hook}(self):
        return {text!r}
"""


@pytest.fixture(scope="module")
def site(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelephoneSite]:
    """A server and an Asterisk with two phones."""
    site = TelephoneSite(lab, tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture(autouse=True)
def _hang_up(site: TelephoneSite) -> Iterator[None]:
    yield
    site.hang_up()


def add_phone(site: TelephoneSite, number: str) -> None:
    site.server.manage("shell", "-c", NEW.format(number=number))


def install(site: TelephoneSite, name: str, hook: str, text: str) -> None:
    """Install and enable a module that says one thing."""
    package = site.server.data_dir.parent / f"{name}.zip"
    conf = CONF.format(hook=hook, text=text)
    package.write_bytes(python_module(name, files={"conf.py": conf}))
    site.module("install", str(package), "--enable")


def apply_page(site: TelephoneSite, query: str = "") -> str:
    return site.server.client.get(f"{APPLY}{query}").text


def knows(site: TelephoneSite, number: str) -> bool:
    return "Unable to find object" not in site.asterisk.cli(f"pjsip show endpoint {number}")


def test_a_call_in_progress_survives_applying(site: TelephoneSite) -> None:
    anna, _boris = site.phone("202"), site.phone("201")
    call = anna.start_call("201", talk_seconds=60)
    call.wait_for_status("INVITE", 200)
    channels = site.asterisk.cli("core show channels concise")
    add_phone(site, "203")
    assert not knows(site, "203"), "a changed record waits"
    assert "Extension 203" in apply_page(site)
    site.wait_for(lambda: "calls in progress now: 1" in apply_page(site))
    assert site.post(DO, do="now").status == 302
    site.wait_for(lambda: knows(site, "203"))
    site.wait_for(lambda: "Nothing waits" in apply_page(site))
    assert "1 active call" in site.asterisk.cli("core show channels count")
    names = {line.split("!")[0] for line in channels.splitlines()}
    now = site.asterisk.cli("core show channels concise").splitlines()
    assert names == {line.split("!")[0] for line in now}
    assert Phone(site.asterisk, "203", "a-long-secret-of-203").register() == 200
    install(site, "ModuleGood", "extension_gen_contexts", "[good]\nexten => s,1,NoOp(1)\n")
    assert "[ Context 'good'" in site.asterisk.cli("dialplan show good")
    site.module("disable", "ModuleGood")
    assert "1 active call" in site.asterisk.cli("core show channels count")
    call.hang_up()


def test_a_call_in_progress_survives_the_deletion_of_its_caller(site: TelephoneSite) -> None:
    add_phone(site, "206")
    site.post(DO, do="now")
    site.wait_for(lambda: knows(site, "206"))
    site.phone("201")
    caller = Phone(site.asterisk, "206", "a-long-secret-of-206")
    call = caller.start_call("201", talk_seconds=60)
    call.wait_for_status("INVITE", 200)
    site.server.manage("telephony", "extension", "delete", "206", "--yes")
    site.post(DO, do="now")
    site.wait_for(lambda: not knows(site, "206"))
    site.wait_for(lambda: "Nothing waits" in apply_page(site))
    assert "1 active call" in site.asterisk.cli("core show channels count")
    call.hang_up()
    site.wait_for(lambda: "0 active calls" in site.asterisk.cli("core show channels count"))
    caller.close()


def test_a_wish_for_a_quiet_moment_waits_for_the_end_of_the_call(site: TelephoneSite) -> None:
    anna, _boris = site.phone("202"), site.phone("201")
    call = anna.start_call("201", talk_seconds=60)
    call.wait_for_status("INVITE", 200)
    add_phone(site, "204")
    assert site.post(DO, do="quiet", until="05:00").status == 302
    assert "as soon as there is no call" in apply_page(site)
    assert not knows(site, "204")
    call.hang_up()
    site.wait_for(lambda: knows(site, "204"))


def test_a_broken_context_does_not_reach_asterisk_and_its_module_is_named(
    site: TelephoneSite,
) -> None:
    before = site.asterisk.cli("core show uptime seconds").split("Last reload")[1]
    install(site, "ModuleBroken", "extension_gen_contexts", "[broken\nexten => s,1,NoOp(\n")
    shown = apply_page(site)
    assert "ModuleBroken" in shown and "/modules/ModuleBroken/disable/" in shown
    assert "broken" not in site.text_of("extensions.conf")
    assert before, "Asterisk answers"
    site.module("remove", "ModuleBroken")
    assert "ModuleBroken" not in apply_page(site)


def test_what_asterisk_itself_refuses_comes_back_and_its_module_is_named(
    site: TelephoneSite,
) -> None:
    text = "[module-odd]\ntype = endpoint\ncontext = internal\nno_such_option = 1\n"
    install(site, "ModuleOdd", "generate_peers_pj", text)
    shown = apply_page(site)
    assert "ModuleOdd" in shown and "Asterisk says" in shown
    assert "module-odd" not in site.text_of("pjsip.conf")
    for number in SECRETS:
        assert knows(site, number)
    assert site.phone("201").register() == 200
    log = Path(site.asterisk.log).read_text()
    assert log.count("no_such_option") == 1, "it reached Asterisk once"
    add_phone(site, "205")
    site.post(DO, do="now")
    site.wait_for(lambda: knows(site, "205"))
    assert Path(site.asterisk.log).read_text().count("no_such_option") == 1
    site.module("remove", "ModuleOdd")


def test_an_asterisk_that_is_away_is_told_when_it_is_back(site: TelephoneSite) -> None:
    site.asterisk.stop()
    add_phone(site, "206")
    site.post(DO, do="now")
    site.wait_for(lambda: "Asterisk was not told" in apply_page(site))
    site.wait_for(lambda: "cannot be reached" in site.server.client.get("/telephony/status/").text)
    site.asterisk.start()
    site.wait_for(lambda: knows(site, "206"))
    site.wait_for(lambda: "Asterisk was not told" not in apply_page(site))


def test_a_provider_whose_host_has_no_address_is_named_and_holds_up_nothing_else(
    site: TelephoneSite,
) -> None:
    said = "Asterisk says of “SIP-TRUNK-2”, which did not change"
    site.asterisk.stop()
    site.server.manage("shell", "-c", NAMELESS)
    site.post(DO, do="now")
    site.wait_for(lambda: "Asterisk was not told" in apply_page(site))
    site.asterisk.start()
    site.wait_for(lambda: said in apply_page(site))
    add_phone(site, "207")
    site.post(DO, do="now")
    site.wait_for(lambda: knows(site, "207"))
    assert said in apply_page(site)
    site.server.manage("shell", "-c", GONE)
    site.post(DO, do="now")
    site.wait_for(lambda: said not in apply_page(site))


def test_the_status_page_follows_a_registration(site: TelephoneSite) -> None:
    def shown() -> str:
        return site.server.client.get("/telephony/status/").text

    site.wait_for(lambda: "22." in shown())
    ann = site.phone("201")
    site.wait_for(lambda: "sip:201@" in shown())
    ann.unregister()
    site.wait_for(lambda: "sip:201@" not in shown())
