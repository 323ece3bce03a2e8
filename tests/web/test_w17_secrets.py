"""W17: what is secret stands in no log, no list of processes, no record and no answer."""

from __future__ import annotations

import pytest

from tests.builders import mikopbx
from tests.server.running import PASSWORD, Browser
from tests.web.hostile import CONTROL, module_of_marks
from tests.web.site import HOSTILE, Site, raw

pytestmark = pytest.mark.server
LICENCE = "CANARY-LICENCE-73519"
TYPED = "CANARY-typed-password-58213"


def secrets(site: Site) -> dict[str, str]:
    run = site.data_dir / "run"
    return {
        "licence": LICENCE,
        "typed password": TYPED,
        "password": PASSWORD,
        "session": site.client.cookies["sid"],
        "token": site.client.cookies["csrftoken"],
        "secret key": (site.data_dir / "secret.key").read_text().strip(),
        "host's secret key": (run / "host-secret.key").read_text().strip(),
        "statement key": (run / "statement.key").read_text().strip(),
    }


def found_in(text: str, site: Site) -> list[str]:
    return [name for name, value in secrets(site).items() if value in text]


@pytest.fixture(scope="module")
def busy_site(site: Site) -> Site:
    """A server on which secrets went every way they can go, well and badly."""
    page = site.client.get("/settings/")
    names = set(_fields(page.text))
    licence = [name for name in names if "License" in name]
    assert licence, "the settings page has a field for the licence key"
    site.manage("shell", "-c", SET_LICENCE)
    guesser = Browser(site.port)
    guesser.get("/login/")
    guesser.post("/login/", {"username": "canary", "password": TYPED})
    guesser.post("/login/", {"username": "canary", "password": TYPED}, headers={"X-CSRFToken": ""})
    site.install(mikopbx("ModuleLicensed", lic_product_id="17", lic_feature_id="5"))
    site.install(module_of_marks("ModuleSaysNo", installs=False))
    for path in ("/nothing/", f"/m/{HOSTILE}/fails/?say={TYPED[:0]}x", f"/m/{HOSTILE}/?status=500"):
        site.client.get(path)
    site.client.request("GET", "/", headers={"Host": "evil.example"})
    site.client.request("POST", "/settings/", body=b"x" * 2_000_000, headers={
        "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    return site


SET_LICENCE = f"""
from modules_app.permissions import Actor
from modules_app.services.settings import write_settings
write_settings(actor=Actor.system(), values={{"PBXLicense": "{LICENCE}"}})
"""


def _fields(text: str) -> list[str]:
    return [part.partition('"')[0] for part in text.split('name="')[1:]]


def test_w17_no_log_holds_a_secret(busy_site: Site) -> None:
    logs = [busy_site.data_dir / "output", *(busy_site.data_dir / "log").rglob("*")]
    texts = {str(log): log.read_text(errors="replace") for log in logs if log.is_file()}
    assert sum(len(text) for text in texts.values()) > 1000
    assert {name: hit for name, text in texts.items() if (hit := found_in(text, busy_site))} == {}


def test_w17_no_process_shows_a_secret(busy_site: Site) -> None:
    commands = busy_site.commands()
    shown = " ".join(commands.values())
    assert len(commands) >= 5
    assert found_in(shown, busy_site) == []


def test_w17_no_record_of_what_was_done_holds_a_secret(busy_site: Site) -> None:
    for table in ("auditevent", "operation", "operationstep", "upload", "module"):
        rows = repr(busy_site.rows(f"SELECT * FROM modules_app_{table}"))
        assert found_in(rows, busy_site) == [], table
    commands = (("list", "--json"), ("operations", "--json"), ("show", HOSTILE, "--json"),
                ("doctor", "--json"))  # fmt: skip
    for command in commands:
        done = busy_site.manage("module", *command, check=False)
        assert found_in(done.stdout + done.stderr, busy_site) == [], command


def test_w17_no_page_of_an_error_holds_a_secret(busy_site: Site) -> None:
    answers = [
        busy_site.client.get("/nothing/"),
        busy_site.client.get(f"/m/{HOSTILE}/fails/"),
        busy_site.client.get("/operations/999999/"),
        busy_site.client.request("GET", "/", headers={"Host": "evil.example"}),
        busy_site.client.post("/settings/", headers={"X-CSRFToken": ""}),
        busy_site.client.post("/modules/x/enable/"),
    ]
    assert all(answer.status >= 400 for answer in answers)
    for answer in answers:
        assert "SECRET_KEY" not in answer.text and "DATABASES" not in answer.text
        assert [one for one in found_in(answer.text, busy_site) if one != "token"] == []


def test_m13_no_text_of_a_stranger_forges_a_line_of_a_log(busy_site: Site) -> None:
    """CR, LF and terminal codes: from a module's installer, a path, a header, a form, a name."""
    forged = CONTROL.encode()
    port = busy_site.port
    head = b"Host: 127.0.0.1:%d\r\nConnection: close\r\n" % port
    raw(
        busy_site,
        b"GET /x%0d%0a2026-01-01%20CRITICAL%20forged%1b[2J/ HTTP/1.1\r\n" + head + b"\r\n",
    )
    raw(busy_site, b"GET / HTTP/1.1\r\n" + head + b"User-Agent: x\x1b[2Jforged line\r\n\r\n")
    raw(busy_site, b"GET /" + forged[2:20] + b" HTTP/1.1\r\n" + head + b"\r\n")
    guesser = Browser(port)
    guesser.get("/login/")
    guesser.post("/login/", {"username": "x" + CONTROL, "password": "y"})
    logs = [busy_site.data_dir / "output", *(busy_site.data_dir / "log").glob("*.log")]
    lines = [line for log in logs for line in log.read_bytes().split(b"\n")]
    assert [line for line in lines if b"\x1b" in line] == []
    assert [line for line in lines if line.startswith(b"2026-01-01")] == []
    [(operation,)] = busy_site.rows(
        "SELECT MAX(id) FROM modules_app_operation WHERE module_id = 'ModuleSaysNo'"
    )
    said = busy_site.manage("module", "log", str(operation), check=False).stdout
    assert "forged line" in said
    assert "\x1b" not in said and "\x00" not in said
    assert [line for line in said.splitlines() if line.startswith("2026-01-01")] == []
