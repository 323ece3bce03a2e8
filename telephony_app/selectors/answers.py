"""What the modules in use add to the files of Asterisk, read from rows (reference M6.2, F9.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modules_app.domain.dialplan_edits import Edit, read_edit
from modules_app.domain.generated_files import is_own_file
from modules_app.hooks.generators import GEN_CONFIG, GENERATORS, GET_CONFIG
from modules_app.hooks.spec import Interface
from modules_app.hooks.specs import HOOKS, HookKind
from modules_app.hooks.text import Piece
from modules_app.models import HookResult
from modules_app.selectors.answers import counted
from modules_app.selectors.safe_mode import safe_mode

_ASTERISK = {spec.name: spec for spec in HOOKS if spec.interface is Interface.ASTERISK}
_TEXTS = frozenset(name for name, spec in _ASTERISK.items() if spec.kind is HookKind.TEXT)
_KEYED = frozenset(name for name, spec in _ASTERISK.items() if spec.keyed)


class OwnedEdit(NamedTuple):
    """One edit of the dialplan, whose it is, and where it stands among those of others."""

    owner: str
    priority: int
    edit: Edit


class OwnedFile(NamedTuple):
    """A file that a module wants in Asterisk's folder."""

    owner: str
    name: str
    text: str


@dataclass
class StoredAnswers:
    """See `telephony_app.generators.answers.HookAnswers`; all of it is read before."""

    _pieces: dict[tuple[str, str], list[Piece]] = field(default_factory=dict)
    _overrides: dict[tuple[str, str], list[tuple[str, Mapping[str, str]]]] = field(
        default_factory=dict
    )
    _edits: list[OwnedEdit] = field(default_factory=list)
    _files: list[OwnedFile] = field(default_factory=list)

    def pieces(self, hook: str, key: str = "") -> Sequence[Piece]:
        """Return the modules' text for a hook; ``key`` says of what, for hooks with arguments."""
        return self._pieces.get((hook, key), ())

    def keys(self, hook: str) -> Collection[str]:
        """Return of what modules say something for a hook with arguments."""
        asked = (*self._pieces, *self._overrides)
        return {key for name, key in asked if name == hook}

    def overrides(self, hook: str, key: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return (module id, the options that it changes) for one section."""
        return self._overrides.get((hook, key), ())

    def edits(self) -> Sequence[OwnedEdit]:
        """Return what modules of the FreePBX contract do to contexts of others (F9.4)."""
        return self._edits

    def files(self) -> Sequence[OwnedFile]:
        """Return the files that such modules write, by module and name."""
        return self._files


def stored_answers(left_out: Iterable[str] = ()) -> StoredAnswers:
    """Return what modules in use answered, but for those in ``left_out``; two queries.

    Low priorities first, then by id; in safe mode there is nothing.
    """
    found = StoredAnswers()
    for row in () if safe_mode() else _rows(frozenset(left_out)):
        if row.hook == GET_CONFIG:
            _take_dialplan(found, row)
        elif row.hook == GEN_CONFIG:
            _take_files(found, row)
        else:
            _take(found, row)
    by_priority = found._pieces.get((GET_CONFIG, ""))
    if by_priority:
        by_priority.sort(key=lambda piece: piece.priority)
    found._edits.sort(key=lambda one: one.priority)
    return found


def _rows(left_out: frozenset[str]) -> Iterator[HookResult]:
    generations = dict(counted().values_list("id", "generation"))
    rows = HookResult.objects.filter(
        hook__in=[*_ASTERISK, *GENERATORS], module_id__in=set(generations) - left_out
    ).exclude(answer=None)
    for row in rows.defer("asked_with", "traceback").order_by("priority", "module_id"):
        if row.answer and row.answered_generation == generations[row.module_id]:
            yield row


def _take(found: StoredAnswers, row: HookResult) -> None:
    answers = row.answer if row.hook in _KEYED else {"": row.answer}
    if not isinstance(answers, dict):
        return
    for key, value in answers.items():
        if row.hook in _TEXTS and isinstance(value, str):
            piece = Piece(row.module_id, row.priority, value)
            found._pieces.setdefault((row.hook, key), []).append(piece)
        elif isinstance(value, dict):
            found._overrides.setdefault((row.hook, key), []).append((row.module_id, value))


def _take_dialplan(found: StoredAnswers, row: HookResult) -> None:
    for one in _list(row.answer, "pieces"):
        piece = Piece(row.module_id, int(one["priority"]), str(one["text"]))
        found._pieces.setdefault((GET_CONFIG, ""), []).append(piece)
    for one in _list(row.answer, "edits"):
        edit = read_edit(one["edit"])
        found._edits.append(OwnedEdit(row.module_id, int(one["priority"]), edit))


def _take_files(found: StoredAnswers, row: HookResult) -> None:
    for name, text in sorted(row.answer.items()):
        if is_own_file(row.module_id, name):
            found._files.append(OwnedFile(row.module_id, name, str(text)))


def _list(answer: Any, name: str) -> list[dict[str, Any]]:
    return list(answer.get(name) or ()) if isinstance(answer, dict) else []
