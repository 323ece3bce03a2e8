"""The page about FreePBX habits: every verb and option has its line, every command is ours."""

from __future__ import annotations

import argparse
import re
from collections import defaultdict

import pytest

from modules_app.cli.parser import add_verbs
from tests.meta.source import ROOT

PAGE = (ROOT / "docs" / "reference" / "fwconsole.md").read_text()
SPANS = re.compile(r"`module ([^`]+)`")
COMMANDS = sorted(set(SPANS.findall(PAGE)))

VERBS = """list listonline showupgrade install installall installlocal download downloadinstall
upgrade update upgradeall updateall enable disable enableall uninstall delete remove checkdepends
reversedepends enablerepo disablerepo refreshsignatures updatekeys i18n updatexml help""".split()
OPTIONS = """-f --force --edge --stable -d --debug --color --onlystdout --ignorecache --skipchown -e
--autoenable --skipdisabled --snapshot --format -R --repo -t --tag --skipbreakingcheck
--sendemail""".split()


def first_column(part: str) -> str:
    """Return what stands left in the table of a section."""
    section = PAGE.partition(f"## {part}\n")[2].partition("\n## ")[0]
    return "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|"))


def test_every_verb_and_option_of_fwconsole_ma_has_a_line() -> None:
    verbs, options = first_column("Verbs of `fwconsole ma`"), first_column("Options")
    assert [verb for verb in VERBS if f"`{verb}`" not in verbs] == []
    assert [one for one in OPTIONS if not re.search(rf"`{one}[` ]", options)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_named_there_are_ours(command: str) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_verbs(parser, defaultdict(lambda: print))
    if command == "--help":
        return
    words = [word.replace("OPERATION", "7") for word in command.split()]
    assert parser.parse_args(words)


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS) > 15
