"""Modules as people see them: rows, counts, one page, one record."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models.fields.json import KT
from django.utils.timezone import make_aware
from django.utils.translation import gettext

from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN
from modules_app.domain.states import (
    REASON_SENTENCES,
    STATES,
    Fault,
    ModuleState,
    Reason,
    StateWords,
    Verb,
    Wanted,
    allowed_verbs,
    is_loaded,
    state_of,
    way_out,
)
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, MenuItem, Module, Operation, StoredPackage
from modules_app.selectors.stored import Statement, statement_of


class _Stored(NamedTuple):
    """The columns of one row as the database holds them; titles and descriptions are JSON text."""

    id: str
    titles: str
    descriptions: str
    version: str
    publisher: str
    contract: str
    language: str
    wanted: str
    fault: str
    reason_code: str
    reason_text: str
    reason_actor: str
    reason_at: datetime | None
    generation: str
    previous_generation: str
    previous_version: str | None
    previous_by: str | None
    package_sha256: str
    file_bytes: int
    has_page: bool


_PARTS = {"previous_version": KT("previous__version"), "previous_by": KT("previous__by")}
_COLUMNS = [_PARTS.get(name, name) for name in _Stored._fields]


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One line of the module list."""

    id: str
    title: str
    description: str
    version: str
    publisher: str
    contract: str
    language: str
    state: ModuleState
    words: StateWords
    reason_code: str
    said: str
    reason_actor: str
    reason_at: datetime | None
    verbs: tuple[Verb, ...]
    way_out: Verb | None
    previous_version: str
    enabled: bool
    operation: int | None
    generation: str
    size_bytes: int
    has_page: bool

    @property
    def can_open(self) -> bool:
        """Tell whether it is in use and has a page."""
        return self.enabled and self.has_page

    @property
    def cause(self) -> str:
        """Return the cause of this state in the reader's words, nothing when none is known."""
        known = self.reason_code in set(Reason)
        return gettext(REASON_SENTENCES[Reason(self.reason_code)]) if known else ""

    @property
    def reason(self) -> str:
        """Return why the module is in this state: the cause in words, and what was said."""
        return " ".join(part for part in (self.cause, self.said) if part)

    @property
    def needs_a_person(self) -> bool:
        """Tell whether somebody has to act, or at least to know what happened by itself."""
        by_itself = self.reason_code not in ("", Reason.BY_USER)
        return self.words.must_act or (by_itself and self.operation is None)

    @property
    def url(self) -> str:
        """Return the address of the module's own page."""
        return f"/m/{self.id}/"


@dataclass(frozen=True, slots=True)
class ModulePage:
    """Everything the page of one module shows."""

    row: ModuleRow
    module: Module
    menu_items: list[MenuItem]
    operations: list[Operation]
    kept: KeptData | None

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the package said of itself (the stored report)."""
        return self.module.facts


_SORTS: dict[str, Callable[[ModuleRow], Any]] = {
    "name": lambda row: row.title.casefold(),
    "version": lambda row: row.version,
    "publisher": lambda row: row.publisher.casefold(),
    "state": lambda row: list(ModuleState).index(row.state),
}


def list_modules(
    *, search: str = "", state: str = "", sort: str = "name", language: str = "en"
) -> list[ModuleRow]:
    """Return the rows that match; ``sort`` may start with ``-``.

    Two queries, however many rows; a third if some modules are damaged.
    """
    return matching(all_modules(language), search=search, state=state, sort=sort)


def all_modules(language: str = "en") -> list[ModuleRow]:
    """Return every module, with as many queries as `list_modules`."""
    return _rows(_all(), language)


def matching(
    rows: Iterable[ModuleRow], *, search: str = "", state: str = "", sort: str = "name"
) -> list[ModuleRow]:
    """Return those of ``rows`` that match, sorted; ``sort`` may start with ``-``."""
    if state:
        rows = [row for row in rows if row.state == state]
    if needle := search.strip().casefold():
        rows = [row for row in rows if needle in _haystack(row)]
    key = _SORTS.get(sort.removeprefix("-"), _SORTS["name"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def count_states(rows: Iterable[ModuleRow]) -> dict[str, int]:
    """Return how many modules are in each state, and under "" how many there are."""
    counts = Counter(str(row.state) for row in rows)
    counts[""] = counts.total()
    return dict(counts)


def find_module(module_id: str) -> Module:
    """Return the installed module; the id's letter case does not matter. Raises ``NotFound``."""
    module = Module.objects.filter(id_fold=fold_id(module_id)).first()
    if module is None:
        raise NotFound(
            "module-not-found",
            _("There is no module “{id}” here."),
            context={"id": module_id},
            hint=_("Look at the module list for the exact id."),
        )
    return module


def get_module_row(module_id: str, language: str = "en") -> ModuleRow:
    """Return one module as a row. Raises ``NotFound``."""
    find_module(module_id)
    found = Module.objects.filter(id_fold=fold_id(module_id))
    return _rows(statement_of(found.values_list(*_COLUMNS)), language)[0]


def get_module_page(module_id: str, language: str = "en") -> ModulePage:
    """Return what the module's page shows. Raises ``NotFound``."""
    module = find_module(module_id)
    return ModulePage(
        row=get_module_row(module_id, language),
        module=module,
        menu_items=list(module.menu_items.all()),
        operations=list(Operation.objects.filter(id_fold=module.id_fold)[:10]),
        kept=KeptData.objects.filter(id_fold=module.id_fold).first(),
    )


def loaded_module_admins() -> list[tuple[str, str]]:
    """Return id and address of the admin of every loaded module that has models (design 3)."""
    loaded = Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE, language="python")
    found = loaded.values_list("id", KT("facts__models"))
    return [(one, f"/m/{one}/admin/") for one, models in found if models not in (None, "", "[]")]


def module_record(module_id: str) -> dict[str, Any]:
    """Return the record that web, REST and commands show alike (design 7). Raises ``NotFound``."""
    return as_record(get_module_row(module_id))


def as_record(row: ModuleRow) -> dict[str, Any]:
    """Return one row as the JSON record of design 7."""
    return {
        "id": row.id,
        "name": row.title,
        "version": row.version,
        "contract": row.contract,
        "language": row.language,
        "publisher": row.publisher,
        "state": str(row.state),
        "enabled": row.enabled,
        "reason": row.reason,
        "previous_version": row.previous_version,
        "generation": row.generation,
        "size_bytes": row.size_bytes,
        "operation": row.operation,
        "actions": [str(verb) for verb in row.verbs],
        "way_out": str(row.way_out) if row.way_out else None,
    }


def pick(texts: dict[str, str], language: str, fallback: str) -> str:
    """Return the text in ``language``, else in English, else in any, else ``fallback``."""
    found = texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    return found or fallback


@functools.cache
def _all() -> Statement:
    return statement_of(Module.objects.values_list(*_COLUMNS))


def _rows(modules: Statement, language: str) -> list[ModuleRow]:
    busy = dict(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", "id"))
    stored = [_Stored._make(values) for values in modules.rows()]
    kept = _kept_packages(stored)
    return [
        _row(row, busy.get(fold_id(row.id)), row.package_sha256 in kept, language)
        for row in stored
    ]


def _kept_packages(stored: Iterable[_Stored]) -> set[str]:
    """Return which packages of damaged modules are still there to repair them."""
    damaged = {row.package_sha256 for row in stored if row.fault == Fault.DAMAGED}
    if not damaged:
        return set()
    kept = StoredPackage.objects.filter(sha256__in=damaged)
    return set(kept.values_list("sha256", flat=True))


# A list shows mostly the same modules as the list before; what they hold is read once.
@functools.lru_cache(maxsize=2048)
def _row(
    stored: _Stored, operation: int | None, package_kept: bool, language: str
) -> ModuleRow:
    state = state_of(wanted=stored.wanted, fault=stored.fault, busy=operation is not None)
    has_previous = bool(stored.previous_generation)
    return ModuleRow(
        id=stored.id,
        title=pick(json.loads(stored.titles), language, stored.id),
        description=pick(json.loads(stored.descriptions), language, ""),
        version=stored.version,
        publisher=stored.publisher,
        contract=stored.contract,
        language=stored.language,
        state=state,
        words=STATES[state],
        reason_code=stored.reason_code,
        said=stored.reason_text,
        reason_actor=stored.reason_actor,
        reason_at=stored.reason_at and make_aware(stored.reason_at, UTC),
        verbs=allowed_verbs(state, has_previous=has_previous),
        way_out=way_out(
            state,
            stored.reason_code,
            has_previous=has_previous and stored.previous_by == Verb.UPGRADE,
            package_kept=package_kept,
        ),
        previous_version=stored.previous_version or "",
        enabled=is_loaded(wanted=stored.wanted, fault=stored.fault),
        operation=operation,
        generation=stored.generation,
        size_bytes=stored.file_bytes,
        has_page=bool(stored.has_page),
    )


def _haystack(row: ModuleRow) -> str:
    return f"{row.id} {row.title} {row.description} {row.publisher}".casefold()
