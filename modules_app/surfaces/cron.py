"""The crontab: what PBX Admin itself needs first, then what modules ask for (reference M6.7)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from modules_app.applier import cron
from modules_app.domain.crontab import read_job
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.text import Piece, wrap
from modules_app.selectors.answers import Answer, answers_to
from modules_app.surfaces.base import (
    CORE,
    Complaint,
    GeneratedFile,
    Rendering,
    Surface,
    join_blocks,
)
from modules_app.surfaces.programs import tested, told

PATH = f"cron/{cron.FILE}"
HOOK = "create_cron_tasks"

_HEAD = """\
# Written by PBX Admin from its records; what is changed here is lost.
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
MAILTO=""
PBX_DATA_DIR={data_dir}
"""
_COMMENT = "#"


class CronSurface(Surface):
    """One crontab in the format of /etc/cron.d; the field of the user is PBX Admin's to fill."""

    name = "cron"
    hooks = (HOOK,)

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write the crontab from the answers of modules; a wrong line is left out and blamed."""
        user = cron.module_user()
        pieces, complaints = [(CORE, _core(user))], []
        for answer in answers_to(HOOK):
            if answer.module_id not in left_out:
                lines, refused = _lines_of(answer, user)
                complaints += refused
                pieces.append((answer.module_id, _piece(answer, lines)))
        return Rendering((join_blocks(PATH, pieces),), tuple(complaints))

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let cron's parser read it; if it refuses, each block alone, to find out whose it is."""
        if found := _other_users(rendering):
            return found
        report = tested(self.name, rendering.texts)
        if report.ok:
            return []
        found = [_blame(part, said) for part, said in _refused_alone(rendering)]
        return found or [_blame(rendering.files[0], report.output)]

    def reload(self) -> None:
        """Let cron look at its folder."""
        told(self.name)


def _core(user: str) -> str:
    """Head and jobs of PBX Admin itself: once a week all files of all modules are verified."""
    log = shlex.quote(str(Path(settings.PBX_DATA_DIR) / "log" / "verify.log"))
    command = f"{shlex.join(settings.MANAGE)} module verify > {log} 2>&1"
    head = _HEAD.format(data_dir=settings.PBX_DATA_DIR)
    return f"{head}23 4 * * sun {user} {command.replace('%', chr(92) + '%')}\n"


def _lines_of(answer: Answer, user: str) -> tuple[list[str], list[Complaint]]:
    """Return the good lines of one module, and what is wrong with the others."""
    lines, refused = [], []
    for number, item in _items(answer.value):
        if not isinstance(item, str):
            refused.append(_not_text(answer.module_id, number, item))
        elif item.strip() and not item.lstrip().startswith(_COMMENT):
            try:
                lines.append(read_job(item, users=("root", user)).as_line(user))
            except Refused as error:
                refused.append(_wrong_line(answer.module_id, number, item, error))
    return lines, refused


def _items(value: Any) -> Iterator[tuple[int, Any]]:
    """Number the lines; an item may end with a newline, or hold several lines."""
    given = value if isinstance(value, list) else [value]
    split = [
        line
        for item in given
        for line in (item.rstrip("\n").split("\n") if isinstance(item, str) else [item])
    ]
    return enumerate(split, start=1)


def _piece(answer: Answer, lines: list[str]) -> str:
    if not lines:
        return ""
    return wrap(Piece(answer.module_id, answer.priority, "\n".join(lines)), comment=_COMMENT)


def _wrong_line(owner: str, number: int, line: str, error: Refused) -> Complaint:
    context = {**error.context, "line": line.strip()[:200]}
    return Complaint(owner, PATH, number, error.slug, error.message, context)


def _not_text(owner: str, number: int, item: Any) -> Complaint:
    sentence = _("A line must be text; this one is {kind}.")
    context = {"kind": type(item).__name__, "line": str(item)[:200]}
    return Complaint(owner, PATH, number, "cron-no-text", sentence, context)


def _other_users(rendering: Rendering) -> list[Complaint]:
    """Blame the administrator's own text for a line of another user: the applier takes none."""
    user, found = cron.module_user(), []
    for file in rendering.files:
        for number, line in enumerate(file.text.split("\n"), start=1):
            try:
                cron.refuse_other_user(line, user)
            except Refused as error:
                owner = file.owner_of(number)
                context = {**error.context, "line": line.strip()[:200]}
                found.append(
                    Complaint(owner, file.path, number, error.slug, error.message, context)
                )
    return found


def _refused_alone(rendering: Rendering) -> Iterator[tuple[GeneratedFile, str]]:
    """Yield each block that cron refuses although it stands alone below the head."""
    for file in rendering.files:
        lines = file.text.splitlines()
        for block in file.blocks:
            text = "\n".join(lines[block.first_line - 1 : block.last_line])
            alone = join_blocks(file.path, [(block.owner, text)])
            report = tested("cron", {alone.path: alone.text})
            if not report.ok:
                yield alone, report.output


def _blame(file: GeneratedFile, said: str) -> Complaint:
    owner = file.blocks[0].owner if len(file.blocks) == 1 else CORE
    context = {"output": said.strip()[:500]}
    return Complaint(owner, file.path, 0, "cron-refused", _("cron refuses this: {output}"), context)
