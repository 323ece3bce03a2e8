"""The generated pages of docs/reference: what the code says about itself, as Markdown."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules_app.cli.hook_reference import hooks_page
from modules_app.cli.pages import registered
from modules_app.cli.parser import add_verbs
from modules_app.domain.settings import SETTINGS, SettingSpec

GENERATED = "<!-- Written by script/docs; change the code, not this page. -->\n"

ENVIRONMENT = {
    "PBX_DATA_DIR": "Folder of all data: core database, packages, modules, logs.",
    "PBX_ETC_DIR": "Folder of generated configuration.",
    "PBX_CRON_DIR": "Folder in which cron looks for crontabs, such as /etc/cron.d; a link to the "
    "generated one is kept there. Empty: none is.",
    "PBX_NGINX_DIR": "Folder with modules_locations and modules_servers that nginx includes; links "
    "to the generated files are kept there. Empty: none are.",
    "PBX_SOUNDS_DIR": "Folder of Asterisk's sounds; links to those of modules are kept there. "
    "Empty: none are.",
    "PBX_AGI_DIR": "Folder in which Asterisk looks for AGI scripts; links to those of modules are "
    "kept there. Empty: none are.",
    "PBX_ASTERISK_DIR": "Folder from which Asterisk reads its configuration; links to the "
    "generated files are kept there. Empty: none are.",
    "PBX_ASTERISK_GROUP": "Group that may read Asterisk's files, which hold passwords: the one as "
    "which Asterisk runs. Empty: that of the applier.",
    "PBX_ASTERISK_LOG": "Asterisk's own log; what it says after a reload is read there. Empty: it "
    "is not read.",
    "PBX_ASTERISK_BIND": "Address on which Asterisk listens for telephones and programs.",
    "PBX_ASTERISK_CERTIFICATE": "File with the certificate that Asterisk shows over TLS; without "
    "it and its key there is neither TLS nor WebRTC.",
    "PBX_ASTERISK_PRIVATE_KEY": "File with the key of that certificate; Asterisk must be able to "
    "read it.",
    "PBX_NGINX_PORT": "Port of an nginx that the server starts in front of its pages; 0: none.",
    "PBX_FIREWALL_LOAD": "1 loads the firewall rules and runs our fail2ban, for which the "
    "applier must be root; without it both are written and tested only.",
    "PBX_NETNS": "Network namespace for both; empty: the machine's own.",
    "PBX_FAIL2BAN_RUN_DIR": "Folder of fail2ban's socket, log and bans. Empty: run/fail2ban below "
    "PBX_DATA_DIR; when the applier is root, name one that only root may write to.",
    "PBX_SSH_LOG": "Log in which SSH tells of wrong passwords.",
    "PBX_MODULE_USER": "User as whom cron runs what modules ask for. Empty: the owner of "
    "PBX_DATA_DIR.",
    "PBX_DATABASE_URL": "Core database; anything but SQLite is refused with a sentence.",
    "PBX_PORT": "TCP port of the pages.",
    "PBX_BIND": "Address to listen on; other machines can reach anything but loopback.",
    "PBX_ALLOWED_HOSTS": "Comma-separated names under which the pages answer.",
    "PBX_HTTPS": "1 behind a proxy with TLS: secure cookies, redirect, "
    "forwarded scheme is trusted.",
    "PBX_HSTS_SECONDS": "Seconds that browsers remember to use HTTPS; 0 sends no such header.",
    "PBX_IDLE_SECONDS": "Seconds without a click after which a person is logged out.",
    "PBX_SESSION_SECONDS": "Seconds after which a person logs in again, whatever was clicked.",
    "PBX_API_PER_MINUTE": "Requests that one API key may send in a minute.",
    "PBX_API_PUBLIC_PER_MINUTE": (
        "Requests that one address may send in a minute to the public routes of one module."
    ),
    "PBX_SUDO_SECONDS": "Seconds after which dangerous actions ask for the password again.",
    "PBX_TIME_ZONE": "Time zone of the pages.",
    "PBX_DEBUG": "1 shows tracebacks in the browser; never on a machine that others reach.",
    "PBX_LOG_LEVEL": "Least level of log lines.",
    "PBX_WEB_WORKERS": "Processes that answer pages.",
    "PBX_WEB_THREADS": "Threads in each of these processes.",
    "PBX_HOST_WORKERS": "Processes that answer pages of modules.",
    "PBX_HOST_MEMORY_BYTES": "Memory of one of them with all below it; 0 sets no limit.",
    "PBX_HOST_PROCESSES": "Processes that modules may start below one of them; 0 sets no limit.",
    "PBX_PROXY_SECONDS": "Seconds after which a page of a module is given up.",
    "PBX_MAX_PACKED_BYTES": "Largest package, bytes.",
    "PBX_MAX_UNPACKED_BYTES": "Largest content of a package, bytes.",
    "PBX_MAX_ENTRIES": "Most files and folders in a package.",
    "PBX_MAX_FILE_BYTES": "Largest file in a package, bytes.",
    "PBX_MAX_DEPTH": "Most folders inside each other in a package.",
    "PBX_STRIKES_AT_ONCE": "Crashes of a module within one start of the host that pause it; "
    "0 for never.",
    "PBX_STRIKES": "Crashes of a module within PBX_STRIKE_STARTS that pause it; 0 for never.",
    "PBX_STRIKE_STARTS": "Starts of the host among which crashes are counted.",
    "PBX_WORKER_MEMORY_BYTES": "Memory of its own that one worker of a module may hold; above it "
    "is restarted.",
    "PBX_WORKER_HARD_MEMORY_BYTES": "Memory that one worker can get at all.",
    "PBX_WORKER_LOG_BYTES": "Size at which a worker's log is rotated.",
    "PBX_WORKER_START_SECONDS": "Seconds that a worker has to begin its work.",
    "PBX_WORKER_SOFT_SECONDS": "Seconds that a worker has to finish when it is to start anew.",
    "PBX_WORKER_STOP_SECONDS": "Seconds that a worker has to end before it is killed.",
    "PBX_WORKER_CRASHES": "Crashes of a module's workers within PBX_WORKER_CRASH_SECONDS that "
    "pause it; 0 for never.",
    "PBX_WORKER_CRASH_SECONDS": "Length of the fixed window in which they are counted.",
    "PBX_BAD_STARTS": "Bad starts of the host in a row that switch safe mode on; 0 for never.",
    "PBX_HEALTHY_SECONDS": "Seconds after which a start of the host counts as good.",
    "PBX_PROBATION_SECONDS": "Seconds that a module must run after an enabling or an upgrade "
    "before a single crash no longer undoes it.",
    "PBX_VERIFY_SECONDS": "Seconds that the host takes at its start to compare the modules' files "
    "and data with their records.",
    "PBX_SECONDS_IMPORT": "Seconds that a module may take to be imported in the host.",
    "PBX_SECONDS_INSTALL": "Seconds that an installer may take.",
    "PBX_SECONDS_HOOK": "Seconds that a hook of an operation may take.",
    "PBX_SECONDS_COMMAND": "Seconds that a console command of a module may take.",
    "PBX_SECONDS_CHECK": "Seconds that the page of a module may take right after its start.",
    "PBX_SECONDS_PREFLIGHT": "Seconds that trying a module's code before an operation may take.",
    "PBX_SECONDS_PROBE": "Seconds that the private start of a module before the commit may take.",
    "PBX_SECONDS_STOP": "Seconds that requests under way may take when a module is stopped.",
    "PBX_SECONDS_START": "Seconds that the host may take to load a module that was switched over.",
    "PBX_CHILD_MEMORY_BYTES": "Memory that an installer or hook may use; 0 sets no limit.",
    "PBX_TRIAL_MEMORY_BYTES": "Memory that a module may use while it is tried; 0 sets no limit.",
    "PBX_TRIAL_CPU_SECONDS": "Seconds of processor time while it is tried; 0 sets no limit.",
    "PBX_TRIAL_PROCESSES": "Processes and threads it may have then; no effect on root.",
}
"""What each variable of the environment means; a test compares the names with the code."""

_ARGUMENTS = {
    "ID": "Id of an installed module.",
    "ID…": "Ids of installed modules.",
    "PACKAGE": "Path of a .zip or .tar.gz file.",
    "PACKAGE or ID": "Path of a package to install, or id of an installed module.",
    "PACKAGE or DIR": "Path of a package, or of the folder of a module.",
    "OPERATION": "Number of an operation.",
    "USER": "Name as typed at the login.",
    "DIR": "Folder of the module.",
}


def pages() -> dict[str, str]:
    """Return the generated pages: file name below docs/reference, and its text."""
    return {
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "environment.md": environment_page(),
        "hooks.md": hooks_page(GENERATED),
        **registered(),
    }


def commands_page() -> str:
    """Return the reference of ``manage.py module``."""
    parser = argparse.ArgumentParser(prog="manage.py module", add_help=False)
    add_verbs(parser, _NoHandlers())
    lines = ["# Commands", "", GENERATED, "`python manage.py module VERB`; see [the guide]"]
    lines[-1] += "(../guides/command-line.md) for exit codes and examples."
    for name, verb, text in verbs_of(parser):
        lines += ["", f"## {name}", "", *verb_lines(verb, text)]
    return "\n".join(lines) + "\n"


def verb_lines(verb: argparse.ArgumentParser, text: str) -> list[str]:
    """Return what one verb does and takes, as lines of Markdown."""
    rows = [f"| {_names(action)} | {_meaning(action)} |" for action in _actions(verb)]
    return [_sentence(text), "", "| Argument | Meaning |", "|---|---|", *rows]


def settings_page() -> str:
    """Return the reference of the stored settings, by group."""
    lines = ["# Settings", "", GENERATED]
    lines += ["Stored in the core database, changed on the settings page, read by modules with"]
    lines += ["`settings.get(key)`. Every value is text; a switch is `0` or `1`."]
    for group in dict.fromkeys(spec.group for spec in SETTINGS.values()):
        lines += ["", f"## {group}", "", "| Key | Meaning | Kind | Default |", "|---|---|---|---|"]
        lines += [_setting_row(spec) for spec in SETTINGS.values() if spec.group == group]
    return "\n".join(lines) + "\n"


def environment_page() -> str:
    """Return the reference of the variables that the settings of the processes read."""
    lines = ["# Environment", "", GENERATED]
    lines += ["Read when a process starts. A value of the wrong kind stops the start.", ""]
    lines += ["| Variable | Meaning | Kind | Default |", "|---|---|---|---|"]
    used = variables()
    lines += [
        f"| `{name}` | {meaning} | {used[name][0]} | {_code(used[name][1])} |"
        for name, meaning in ENVIRONMENT.items()
        if name in used
    ]
    return "\n".join(lines) + "\n"


def variables() -> dict[str, tuple[str, str]]:
    """Return kind and default of every ``PBX_…`` variable that our code reads through `environ`."""
    root = Path(__file__).resolve().parents[2]
    folders = ("pbxadmin", "modules_app", "telephony_app")
    files = [file for folder in folders for file in root.glob(f"{folder}/**/*.py")]
    return {name: fact for file in sorted(files) for name, fact in _variables_of(file.read_text())}


def _variables_of(source: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        if not isinstance(owner, ast.Name) or owner.id != "env" or not node.args:
            continue
        if isinstance(name := node.args[0], ast.Constant):
            default = next((word.value for word in node.keywords if word.arg == "default"), None)
            yield str(name.value), (node.func.attr, _default(str(name.value), default))


def _default(name: str, node: ast.expr | None) -> str:
    """Return a default as a person reads it; two folders are computed from others."""
    computed = {"PBX_DATA_DIR": "var beside manage.py", "PBX_ETC_DIR": "etc below PBX_DATA_DIR"}
    if node is None or name in computed:
        return computed.get(name, "")
    if isinstance(node, ast.BinOp):
        value = _product(node)
        return str(value)
    value = ast.literal_eval(node)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _product(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _product(node.left) * _product(node.right)
    return int(ast.literal_eval(node))


class _NoHandlers(dict[str, Any]):
    def __missing__(self, key: str) -> None:
        return None


def verbs_of(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Yield name, grammar and one line of help of every verb."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            yield from ((name, verb, texts.get(name, "")) for name, verb in action.choices.items())


def _actions(verb: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        action
        for action in verb._actions
        if action.dest != "help" and action.help != argparse.SUPPRESS
    ]


def _names(action: argparse.Action) -> str:
    names = ", ".join(f"`{option}`" for option in action.option_strings)
    if names:
        value = action.metavar or action.option_strings[0].lstrip("-")
        return names + (f" {str(value).upper()}" if action.nargs != 0 else "")
    name = str(action.metavar or action.dest).upper().replace("|", " or ")
    return f"{name}…" if action.nargs in ("+", "*") else name


def _meaning(action: argparse.Action) -> str:
    help_text = action.help or _ARGUMENTS.get(_names(action), "")
    text = _sentence(help_text.replace("%%", "%"))
    choices = ", ".join(f"`{choice}`" for choice in action.choices or ())
    return " ".join(part for part in (text, f"One of {choices}." if choices else "") if part)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _setting_row(spec: SettingSpec) -> str:
    meaning = " ".join(part for part in (_sentence(spec.label), spec.help) if part)
    kind = ", ".join(spec.choices) if spec.choices else str(spec.kind)
    return f"| `{spec.key}` | {meaning} | {kind} | {_code(spec.default)} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
