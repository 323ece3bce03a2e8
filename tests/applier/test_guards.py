"""What no file may say, whoever asks the applier for it: it could run a command as root.

Code of modules runs as the user who may ask the applier, so files cannot be trusted to come from
our own surfaces.
"""

from __future__ import annotations

import hashlib
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import cron, fail2ban, places
from modules_app.applier.verbs import answer_to
from modules_app.domain import fail2ban_folder
from modules_app.exceptions import ModuleError, Refused

HEAD = "worker_processes 1;\n"


@pytest.fixture
def site(tmp_path: Path, settings: Settings) -> Path:
    settings.PBX_DATA_DIR = tmp_path
    settings.PBX_ETC_DIR = str(tmp_path / "etc")
    return tmp_path


def lay_out(site: Path, files: dict[str, str]) -> dict[str, str]:
    for path, text in files.items():
        draft = site / "run" / "drafts" / path
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(text.encode())
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}


def ask(verb: str, surface: str, **fields: Any) -> dict[str, Any]:
    return answer_to({"verb": verb, "surface": surface, **fields})


def refused(site: Path, files: dict[str, str]) -> str:
    """Return the slug with which both verbs refuse the files; nothing is in use afterwards."""
    surface = next(iter(files)).partition("/")[0]
    slugs = set()
    for verb in ("check", "install-files"):
        with pytest.raises(Refused) as caught:
            ask(verb, surface, files=lay_out(site, files))
        slugs.add(caught.value.slug)
    assert not (site / "etc" / surface).exists()
    [slug] = slugs
    return slug


@pytest.mark.parametrize(
    "text",
    [
        "load_module /tmp/evil.so;",
        "error_log /etc/cron.d/x;",
        "pid {own}/../../../x;",
        "user root;",
        "env LD_PRELOAD;",
        "include /etc/shadow;",
        "http { client_body_temp_path /etc/x; }",
        "http { perl_modules /tmp; }",
        "http { server { ssl_certificate_key engine:/tmp/evil.so:x; } }",
    ],
)
def test_the_file_around_those_of_modules_says_nothing_dangerous(site: Path, text: str) -> None:
    text = text.replace("{own}", f"{site}/etc/.run/nginx")
    assert refused(site, {"nginx/nginx.conf": HEAD + text}) == "nginx-directive"


def test_what_was_staged_and_refused_is_not_restored(site: Path) -> None:
    files = {"nginx/nginx.conf": "load_module /tmp/evil.so;"}
    refused(site, files)
    digest = places.set_digest(lay_out(site, files))
    with pytest.raises(ModuleError):
        ask("restore-files", "nginx", digest=digest)
    assert not (site / "etc" / "nginx").exists()


@pytest.mark.parametrize("space", ["\x0b", "\x0c", "\x1c", "\x85", "\u00a0", "\u2003"])
def test_what_only_python_takes_for_a_blank_hides_no_other_user(site: Path, space: str) -> None:
    line = f"* * * * *{space}{cron.module_user()} other /bin/evil\n"
    assert refused(site, {"cron/pbxadmin": line}) == "cron-other-user"


JAIL = "[DEFAULT]\nenabled = false\n[pbx-web]\nenabled = true\nlogpath = /var/log/x\n"
OWN_ACTION = 'action = pbx-ban[jail="pbx-web"]\n'


@pytest.mark.parametrize(
    "files",
    [
        {"jail.local": JAIL + 'action = other[actionban="/bin/evil"]\n'},
        {"jail.local": JAIL + 'action = pbx-ban[jail="pbx-web", actionban="/bin/evil"]\n'},
        {"jail.local": JAIL + OWN_ACTION + "    other\n"},
        {"jail.local": JAIL + "ignorecommand = /bin/evil\n"},
        {"jail.local": "[INCLUDES]\nbefore = /tmp/evil.conf\n" + JAIL},
        {"jail.local": JAIL + "banaction = evil\n"},
        {"jail.conf": JAIL + OWN_ACTION},
        {"action.d/pbx-ban.conf": fail2ban_folder.ACTION_TEXT + "actionstart = /bin/evil\n"},
        {"action.d/evil.py": "import os\n"},
        {"action.d/pbx-ban.local": "[Definition]\nactionban = /bin/evil\n"},
        {"fail2ban.conf": "[Definition]\nlogtarget = /etc/cron.d/x\n"},
        {"fail2ban.conf": "[Definition]\npidfile = {run}/../../../x\n"},
        {"jail.d/pbx_module_x.conf": '[module_x]\naction = other[actionban="/bin/evil"]\n'},
        {"filter.d/x.conf": "[INCLUDES]\nbefore = /tmp/evil.conf\n"},
    ],
)
def test_fail2ban_gets_no_other_action(site: Path, files: dict[str, str]) -> None:
    run = str(fail2ban.run_dir())
    texts = {f"fail2ban/{path}": text.replace("{run}", run) for path, text in files.items()}
    assert refused(site, texts) == "fail2ban-file-wrong"


@pytest.mark.parametrize(
    "line",
    [
        'include "/etc/shadow"',
        'include"/etc/shadow"',
        'include "pbxadmin-additional.nft" ; include "/etc/shadow"',
        'accept comment "a\n" include "/etc/shadow" comment "b"',
        '"foo comment " include "/etc/shadow"',
    ],
)
def test_the_ruleset_includes_no_file_of_others(site: Path, line: str) -> None:
    text = f"table inet pbxadmin {{\n}}\n{line}\n"
    assert refused(site, {"firewall/pbxadmin.nft": text}) == "firewall-include"


def test_words_of_a_comment_include_nothing(site: Path) -> None:
    text = 'table inet pbxadmin {\n}\n# include "x\naccept comment "include: all"\n'
    files = lay_out(site, {"firewall/pbxadmin.nft": text})
    assert ask("install-files", "firewall", files=files)["digest"]


@pytest.mark.parametrize("name", ["actionban", "actionunban"])
def test_a_text_that_is_no_address_does_not_reach_nftables(tmp_path: Path, name: str) -> None:
    """A filter may say that any text of a log is who is banned; fail2ban passes it on so."""
    said = tmp_path / "said"
    (tmp_path / "nft").write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    (tmp_path / "nft").chmod(0o755)
    action = RawConfigParser()
    action.read_string(fail2ban_folder.ACTION_TEXT)
    text = action["Definition"][name].replace("<ip>", "$f2bV_ip")
    for key in ("jail", "version", "bantime"):
        text = text.replace(f"<{key}>", "1")
    for address in ("1.2.3.4 } ; flush ruleset ; #", "1.2.3.4\nflush ruleset", "2001:db8::1"):
        environment = {"PATH": f"{tmp_path}:/bin:/usr/bin", "f2bV_ip": address}
        subprocess.run(["/bin/sh", "-c", text], env=environment, check=False)
    assert "2001:db8::1" in said.read_text()
    assert "flush" not in said.read_text()
