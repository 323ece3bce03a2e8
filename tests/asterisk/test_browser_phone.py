"""A telephone in a real browser against files of ours: WSS, and voice that is encrypted (M7.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from telephony_app.domain.snapshot import Application, Paths, Phone, Snapshot
from telephony_app.generators.answers import no_answers
from telephony_app.generators.rendering import render
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.phones import Phone as Telephone
from tests.telephony.generators.systems import small

SCRIPT = Path(__file__).with_name("browser_phone.js")
ECHO = Application("600", "Echo", "plaintext", "1,Answer()\nn,Echo()")
PHONES = (Phone("201", "Ann", "secret-201", webrtc=True), Phone("202", "Bob", "secret-202"))
HERE = "http://localhost/"
"""Nobody listens there: the page is empty, but only to such an address chromium gives sound."""
PATIENCE_MS = 20_000


def wss_port(ports: Ports) -> int:
    return ports.first + 4


def system(ports: Ports, certificate: Path) -> Snapshot:
    made = small(
        UseWebRTC="1",
        SIPPort=str(ports.sip),
        TLS_PORT=str(ports.provider),
        AMIPort=str(ports.ami),
        AJAMPort=str(ports.http),
        AJAMPortTLS=str(wss_port(ports)),
        RTPPortFrom=str(ports.rtp[0]),
        RTPPortTo=str(ports.rtp[1]),
    )
    paths = Paths(certificate=str(certificate), private_key=str(certificate.with_name("key.pem")))
    return replace(
        made, bind="127.0.0.1", phones=PHONES, paths=paths, applications=(ECHO,), providers=()
    )


@pytest.fixture(scope="module")
def asterisk(
    lab: AsteriskLab, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Instance:
    """A running Asterisk with files of ours."""
    etc, ports = tmp_path_factory.mktemp("etc"), Ports.free()
    for file in render(system(ports, certificate), no_answers()).files:
        (etc / file.path.rpartition("/")[2]).write_text(file.text)
    return lab.start(etc, ports)


@pytest.fixture
def page(asterisk: Instance, browser: Browser) -> Iterator[Page]:
    """A page that is the phone 201, not registered yet."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    context.grant_permissions(["microphone", "local-network-access"], origin=HERE)
    context.route(HERE, lambda route: route.fulfill(body="", content_type="text/html"))
    made = context.new_page()
    made.goto(HERE)
    made.expose_function("md5", lambda text: hashlib.md5(text.encode()).hexdigest())  # noqa: S324
    made.add_script_tag(path=SCRIPT)
    open_phone(made, asterisk, "secret-201")
    yield made
    context.close()
    asterisk.cli("channel request hangup all")
    asterisk.wait_for("core show channels", "0 active calls")


def open_phone(page: Page, asterisk: Instance, secret: str) -> None:
    url = f"wss://127.0.0.1:{wss_port(asterisk.ports)}/asterisk/ws"
    page.evaluate(
        "([url, secret]) => { window.phone = new BrowserPhone(url, '201', secret); }", [url, secret]
    )


def heard(page: Page) -> Any:
    """Wait until voice flows in both directions and return what is known of it."""
    return page.wait_for_function("phone.connection && phone.heard()").json_value()


def test_a_browser_registers_with_its_password_only(page: Page, asterisk: Instance) -> None:
    assert page.evaluate("phone.register()") == 200
    asterisk.wait_for("pjsip show contacts", "201-WS/")
    open_phone(page, asterisk, "guessed")
    assert page.evaluate("phone.register()") == 401


def test_a_browser_calls_and_hears_itself_encrypted(page: Page) -> None:
    assert page.evaluate("phone.register()") == 200
    assert page.evaluate("phone.call('600')") == 200
    flows = heard(page)
    assert flows["dtls"] == "connected"
    assert flows["cipher"]
    page.evaluate("phone.hangUp()")


def test_a_browser_is_called_by_its_number(
    page: Page, phone: Callable[..., Telephone], asterisk: Instance
) -> None:
    assert page.evaluate("phone.register()") == 200
    call = phone("202", "secret-202").start_call("201")
    assert "<sip:202@" in page.evaluate("phone.answer()")
    call.wait_for_status("INVITE", 200)
    asterisk.wait_for("core show channels concise", "PJSIP/201-WS-")
    call.hang_up()
    assert call.status("BYE") == 200
