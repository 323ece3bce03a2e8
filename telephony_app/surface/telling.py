"""Telling Asterisk of changed files, and reading back whether it took them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from django.conf import settings

from modules_app.surfaces.base import CORE, Change, Complaint
from telephony_app.domain.asterisk_log import LogComplaint, complaints
from telephony_app.domain.reloads import Reload, reloads
from telephony_app.domain.sections import changed_sections
from telephony_app.selectors.apply import SURFACE
from telephony_app.surface import blame
from telephony_app.surface.console import Console, LogMark, run_all

ONE_BY_ONE = 50
"""Up to so many changed names are asked for one by one, else Asterisk lists all of them."""

SETTLE = 0.2
"""Seconds that Asterisk has to write its log after it answered."""

_NO_EXTENSION = "pbxadmin-asks"
"""A name that no extension has: a context is asked for without its thousands of lines."""

_NOT_CONTEXTS = frozenset({"general", "globals"})


def tell(console: Console, change: Change) -> Reload:
    """Reload what changed; return what was told and what must wait.

    Raises ``ModuleError`` when Asterisk refuses a command or does not answer.
    """
    plan = plan_of(change)
    run_all(console, plan.commands)
    return plan


def plan_of(change: Change) -> Reload:
    """Return what Asterisk is to be told of a change."""
    names = [_name(path) for path in change.paths]
    return reloads(_by_name(change.before), _by_name(change.rendering.texts), names)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is against the new files, and what Asterisk says of lines that it had before."""

    refused: list[Complaint] = field(default_factory=list)
    standing: list[LogComplaint] = field(default_factory=list)


def read_back(console: Console, change: Change, mark: LogMark) -> Heard:
    """Return what Asterisk complained of since the mark, and what it does not know of the new."""
    heard = _of_log(change, mark)
    heard.refused.extend(_lost_contexts(console, change))
    heard.refused.extend(_lost_endpoints(console, change))
    return heard


def log_mark() -> LogMark:
    """Return the present end of Asterisk's log, where PBX_ASTERISK_LOG names it."""
    return LogMark(Path(settings.PBX_ASTERISK_LOG) if settings.PBX_ASTERISK_LOG else None)


def _of_log(change: Change, mark: LogMark) -> Heard:
    sleep(SETTLE)
    heard = Heard()
    for said in complaints(mark.said_since()):
        found = blame.of_log(change.rendering, said)
        if found is not None and found.owner == CORE and blame.stood_before(change, said):
            heard.standing.append(said)
        elif found is not None:
            heard.refused.append(found)
    return heard


def _lost_contexts(console: Console, change: Change) -> Iterator[Complaint]:
    """Ask for each changed context; one that Asterisk does not know was not read."""
    name = "extensions.conf"
    for context in _wanted(change, name, _is_context):
        said = console.command(f"dialplan show {_NO_EXTENSION}@{context}")
        if f"existence of '{context}' context" in said:
            yield blame.of_section(change.rendering, name, context, blame.LOST_CONTEXT)


def _lost_endpoints(console: Console, change: Change) -> list[Complaint]:
    name = "pjsip.conf"
    wanted = _wanted(change, name, _is_endpoint)
    if not wanted:
        return []
    if len(wanted) <= ONE_BY_ONE:
        lost = [
            endpoint
            for endpoint in wanted
            if "Unable to find object" in console.command(f"pjsip show endpoint {endpoint}")
        ]
    else:
        rows = console.action("PJSIPShowEndpoints")
        known = {row.get("ObjectName", "") for row in rows}
        lost = [endpoint for endpoint in wanted if endpoint not in known]
    return [
        blame.of_section(change.rendering, name, endpoint, blame.LOST_ENDPOINT)
        for endpoint in lost[:ONE_BY_ONE]
    ]


def _wanted(change: Change, name: str, is_wanted: Callable[[str, str], bool]) -> list[str]:
    """Return the names of changed sections of a file that are in it now."""
    path = f"{SURFACE}/{name}"
    after = change.rendering.texts.get(path, "")
    if path not in change.paths or not after:
        return []
    changed = changed_sections("" if change.again else change.before.get(path, ""), after)
    return [
        section
        for section, (_before, body) in changed.items()
        if body is not None and is_wanted(section, body)
    ]


def _is_context(name: str, _body: str) -> bool:
    return name not in _NOT_CONTEXTS


def _is_endpoint(_name: str, body: str) -> bool:
    """Tell whether a section makes an endpoint; a template ``[x](!)`` makes none."""
    if body.startswith("(!"):
        return False
    lines = (line.split("=", 1) for line in body.splitlines() if line.lstrip().startswith("type"))
    return any(line[-1].strip() == "endpoint" for line in lines if line[0].strip() == "type")


def _by_name(texts: Mapping[str, str]) -> dict[str, str]:
    return {_name(path): text for path, text in texts.items()}


def _name(path: str) -> str:
    return path.partition("/")[2]
