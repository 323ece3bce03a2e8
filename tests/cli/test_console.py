"""Console commands of modules: ``module run`` (reference F1.3)."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from modules_app.packages.pack import build_package
from tests.builders import zip_of
from tests.cli.shell import ROOT, Shell

MORE = """
    def console_tell(self, *names):
        import sys, time, os
        print("out", *names)
        print("err", file=sys.stderr)
        answers = {"text": "no", "true": True, "false": False, "seven": 7}
        if names and names[0] == "raise":
            raise ValueError("no")
        if names and names[0] == "exit":
            sys.exit(9)
        if names and names[0] == "hang":
            print("began", flush=True)
            time.sleep(60)
        if names and names[0] == "die":
            os.kill(os.getpid(), 9)
        return answers.get(names[0]) if names else None
"""


@pytest.fixture
def greeting(shell: Shell) -> Shell:
    for name in ("hellopbx", "greeter"):
        package = shell.package(f"{name}.zip", build_package(ROOT / "examples" / name))
        shell.module("install", package, "--enable", "--yes")
    return shell


def test_a_command_runs_with_its_arguments_and_its_exit_status(greeting: Shell) -> None:
    done = greeting.run("module", "run", "greeter", "greet", "Ann", "--json")
    assert (done.returncode, done.stdout) == (0, "Welcome, Ann!\nWelcome, --json!\n"), done.stderr
    assert greeting.module("run", "greeter", "hello", "Bob") == "Welcome, Bob!\n"
    assert "Name somebody" in greeting.module("run", "greeter", "greet", code=2)
    said = greeting.json("run", "greeter")
    assert [one["name"] for one in said["commands"]] == ["greet"]
    table = greeting.module("run", "greeter")
    assert "greet" in table and "hello" in table
    document = greeting.run("module", "run", "--json", "greeter", "greet", "Eve")
    assert '"output": "Welcome, Eve!\\n"' in document.stdout
    greeting.module("run", "greeter", "nonsense", code=4)
    audit = greeting.json("audit", "--action", "module-run")["events"]
    outcomes = [event["outcome"] for event in reversed(audit)]
    asked = [outcome for outcome in outcomes if outcome != "requested"]
    assert asked == ["done", "done", "failed", "done", "refused"]
    assert len(outcomes) == len(asked) + 4
    assert "Ann" not in str(audit)
    greeting.module("disable", "greeter", "--yes")
    greeting.module("run", "greeter", "greet", "Ann", code=4)


def test_a_method_may_be_a_command_and_whatever_it_does_is_told(shell: Shell) -> None:
    head = "from modules_app.sdk import FreePbxModule\n\nclass Teller(FreePbxModule):\n"
    manifest = (
        "<module><rawname>teller</rawname><name>Teller</name><version>1.0.0</version>"
        "<console><command><name>tell</name></command>"
        "<command><name>nocode</name></command></console></module>"
    )
    package = shell.package("t.zip", zip_of({"module.xml": manifest, "module.py": head + MORE}))
    shell.module("install", package, "--enable", "--yes")
    codes = {"x": 0, "true": 0, "false": 1, "text": 1, "seven": 7, "exit": 9}
    for word, code in codes.items():
        done = shell.run("module", "run", "teller", "tell", word)
        assert (word, done.returncode, done.stdout) == (word, code, f"out {word}\n")
        assert done.stderr.startswith("err\n")
    done = shell.run("module", "run", "teller", "tell", "raise")
    assert (done.returncode, "ValueError: no" in done.stderr) == (1, True)
    assert shell.run("module", "run", "teller", "tell", "die").returncode == 137
    done = shell.run("module", "run", "teller", "tell", "hang", PBX_SECONDS_COMMAND="4")
    assert (done.returncode, "began" in done.stdout) == (1, True), done.stderr
    assert "longer than 4" in done.stderr
    done = shell.run("module", "run", "teller", "nocode")
    assert (done.returncode, "its code is missing" in done.stderr) == (1, True)


def test_a_module_is_tested_with_those_that_it_needs(shell: Shell) -> None:
    examples = ROOT / "examples"
    words = ("test", str(examples / "greeter"), "--with", str(examples / "hellopbx"))
    said = shell.json(*words)
    assert said["ok"], said
    assert [step["name"] for step in said["steps"]][:3] == ["needed", "install", "enable"]
    assert said["steps"][0]["said"] == "hellopbx"


HOSTILE = r"""
    def console_paint(self):
        import os, subprocess, sys
        print("plain\ttext \x1b[31mred\x1b]0;title\x07 \u202eback\u009b2J ünï", flush=True)
        sys.stderr.write("err \x1b[2J\r\n")
        sys.stderr.flush()
        os.write(1, b"raw \x1b[1A\n")
        subprocess.run(["printf", "sub \\033[2K\\n"], check=True)
"""


def test_what_a_command_prints_cannot_steer_a_terminal(shell: Shell) -> None:
    xml = (
        "<module><rawname>painter</rawname><name>P</name><version>1.0</version>"
        "<console><command><name>paint</name></command></console></module>"
    )
    code = "from modules_app.sdk import FreePbxModule\n\nclass Painter(FreePbxModule):\n" + HOSTILE
    package = shell.package("painter.zip", zip_of({"module.xml": xml, "module.py": code}))
    shell.module("install", package, "--enable", "--yes")

    shown = in_a_terminal(shell, "module", "run", "painter", "paint")

    for line in (
        "plain\ttext \\u001b[31mred\\u001b]0;title\\u0007 \\u202eback\\u009b2J ünï",
        "err \\u001b[2J\\r",
        "raw \\u001b[1A",
        "sub \\u001b[2K",
    ):
        assert f"{line}\r\n" in shown, shown
    assert "\x1b" not in shown and "\x9b" not in shown
    through_a_pipe = shell.module("run", "painter", "paint")
    assert "\x1b[31mred" in through_a_pipe and "raw \x1b[1A" in through_a_pipe


def in_a_terminal(shell: Shell, *words: str) -> str:
    """Return what a terminal gets when a command writes to it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "manage.py", *words]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"}
    env |= {"PBX_DATA_DIR": str(shell.folder / "var"), "PBX_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    parts = []
    try:
        while block := os.read(ours, 65536):
            parts.append(block)
    except OSError:  # the terminal's other end is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0, parts
    return b"".join(parts).decode()
