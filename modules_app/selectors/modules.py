"""Modules as people see them: rows, counts, one page, one record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

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

_COLUMNS = (
    "id",
    "titles",
    "descriptions",
    "version",
    "publisher",
    "contract",
    "language",
    "wanted",
    "fault",
    "reason_code",
    "reason_text",
    "reason_actor",
    "reason_at",
    "generation",
    "previous_generation",
    "previous__version",
    "previous__by",
    "package_sha256",
    "file_bytes",
)


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
    cause: str
    said: str
    reason_actor: str
    reason_at: Any
    verbs: tuple[Verb, ...]
    way_out: Verb | None
    previous_version: str
    enabled: bool
    operation: int | None
    generation: str
    size_bytes: int

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
    rows = _rows(Module.objects.values(*_COLUMNS), language)
    if state:
        rows = [row for row in rows if row.state == state]
    if needle := search.strip().casefold():
        rows = [row for row in rows if needle in _haystack(row)]
    key = _SORTS.get(sort.removeprefix("-"), _SORTS["name"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def count_states() -> dict[str, int]:
    """Return how many modules are in each state, and under "" how many there are."""
    busy = set(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", flat=True))
    rows = Module.objects.values_list("id_fold", "wanted", "fault")
    counts: Counter[str] = Counter(
        str(state_of(wanted=wanted, fault=fault, busy=id_fold in busy))
        for id_fold, wanted, fault in rows
    )
    counts[""] = sum(counts.values())
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
    return _rows(Module.objects.filter(id_fold=fold_id(module_id)).values(*_COLUMNS), language)[0]


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
    """Return id and address of the admin of every module that the host loads (design 3)."""
    loaded = Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE).values_list("id", flat=True)
    return [(module_id, f"/m/{module_id}/admin/") for module_id in loaded]


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


def _rows(values: Iterable[dict[str, Any]], language: str) -> list[ModuleRow]:
    values = list(values)
    busy = dict(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", "id"))
    kept = _kept_packages(values)
    return [
        _row(value, busy.get(fold_id(value["id"])), value["package_sha256"] in kept, language)
        for value in values
    ]


def _kept_packages(values: Iterable[dict[str, Any]]) -> set[str]:
    """Return which packages of damaged modules are still there to repair them."""
    damaged = {value["package_sha256"] for value in values if value["fault"] == Fault.DAMAGED}
    if not damaged:
        return set()
    kept = StoredPackage.objects.filter(sha256__in=damaged)
    return set(kept.values_list("sha256", flat=True))


def _row(
    value: dict[str, Any], operation: int | None, package_kept: bool, language: str
) -> ModuleRow:
    state = state_of(wanted=value["wanted"], fault=value["fault"], busy=operation is not None)
    has_previous = bool(value["previous_generation"])
    return ModuleRow(
        id=value["id"],
        title=pick(value["titles"], language, value["id"]),
        description=pick(value["descriptions"], language, ""),
        version=value["version"],
        publisher=value["publisher"],
        contract=value["contract"],
        language=value["language"],
        state=state,
        words=STATES[state],
        reason_code=value["reason_code"],
        cause=_cause(value),
        said=value["reason_text"],
        reason_actor=value["reason_actor"],
        reason_at=value["reason_at"],
        verbs=allowed_verbs(state, has_previous=has_previous),
        way_out=way_out(
            state,
            value["reason_code"],
            has_previous=has_previous and value["previous__by"] == Verb.UPGRADE,
            package_kept=package_kept,
        ),
        previous_version=value["previous__version"] or "",
        enabled=is_loaded(wanted=value["wanted"], fault=value["fault"]),
        operation=operation,
        generation=value["generation"],
        size_bytes=value["file_bytes"],
    )


def _cause(value: dict[str, Any]) -> str:
    code = value["reason_code"]
    return gettext(REASON_SENTENCES[Reason(code)]) if code in set(Reason) else ""


def _haystack(row: ModuleRow) -> str:
    return f"{row.id} {row.title} {row.description} {row.publisher}".casefold()
