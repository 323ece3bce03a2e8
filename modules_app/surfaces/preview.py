"""What an operation would change in generated files, before it runs (design 10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import HookResult, Module, SurfaceState
from modules_app.selectors.answers import imagine
from modules_app.surfaces.base import CORE, CUSTOM, Surface
from modules_app.surfaces.differences import Difference, compare
from modules_app.surfaces.drawing import draw
from modules_app.surfaces.table import SURFACES


@dataclass(frozen=True, slots=True)
class Preview:
    """``sentences`` are ``{"text", "context"}``, unfilled, as those of a plan."""

    sentences: list[dict[str, Any]]
    differences: list[Difference]


def preview(*, verb: Verb, module_id: str, hooks: Iterable[str] = ()) -> Preview:
    """Return what files would change; ``hooks`` are those of a package that is not here yet.

    No code of the module is run for it: of a module that is off the last answers of its present
    version are taken, and where there are none it says so.
    """
    module = Module.objects.filter(pk=module_id).first()
    if verb in (Verb.INSTALL, Verb.UPGRADE, Verb.ROLLBACK):
        is_on = module is not None and module.wanted == "on"
        concerned = _concerned(hooks) if is_on or verb is Verb.INSTALL else []
        return Preview(_unknown(module_id, concerned), [])
    if module is None:
        return Preview([], [])
    if verb is Verb.ENABLE:
        return _enabling(module)
    if verb in (Verb.DISABLE, Verb.REMOVE):
        found = _changes(SURFACES, without=module.pk)
        return Preview(_lines(found), found)
    return Preview([], [])


def _enabling(module: Module) -> Preview:
    hooks = module.facts.get("hooks") or []
    known = set(
        HookResult.objects.filter(
            id_fold=module.id_fold, answered_generation=module.generation
        ).values_list("hook", flat=True)
    )
    unknown = [one.name for one in SURFACES if set(one.hooks) & set(hooks) - known]
    surfaces = [
        one for one in SURFACES if not one.hooks or (set(one.hooks) & set(hooks) and not unknown)
    ]
    before = _texts(surfaces)
    with imagine(module.pk):
        after = _texts(surfaces)
    found = compare(before, after)
    return Preview([*_unknown(module.pk, unknown), *_lines(found)], found)


def _changes(surfaces: Iterable[Surface], *, without: str) -> list[Difference]:
    return compare(_texts(surfaces), _texts(surfaces, without))


def _texts(surfaces: Iterable[Surface], without: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for surface in surfaces:
        left_out = refused_already(surface) | ({without} if without else set())
        try:
            texts |= draw(surface, left_out=left_out).final.texts
        except ModuleError:  # the page of generated configuration says what is wrong
            continue
    return texts


def refused_already(surface: Surface) -> set[str]:
    """Return the modules, or files, that are not in use because the program refused them."""
    state = SurfaceState.objects.filter(pk=surface.name).first()
    if state is None:
        return set()
    key, used = "path", {file["path"] for file in state.files}
    if not surface.by_file:
        key, used = "owner", {block[0] for file in state.files for block in file["blocks"]}
    return {one[key] for one in state.complaints if one["owner"] not in (CORE, CUSTOM)} - used


def _concerned(hooks: Iterable[str]) -> list[str]:
    wanted = set(hooks)
    return [surface.name for surface in SURFACES if set(surface.hooks) & wanted]


def _unknown(module_id: str, names: list[str]) -> list[dict[str, Any]]:
    if not names:
        return []
    text = _("What “{id}” changes in the files of {surfaces} is known after it is enabled.")
    return [{"text": text, "context": {"id": module_id, "surfaces": ", ".join(names)}}]


def _lines(found: list[Difference]) -> list[dict[str, Any]]:
    """Say one sentence for each file, and one for all links of a surface."""
    linked: dict[str, list[Difference]] = {}
    for one in found:
        if one.is_link:
            linked.setdefault(one.path.split("/")[0], []).append(one)
    lines = [_line(one) for one in found if not one.is_link]
    return lines + [_line_of_links(name, changes) for name, changes in linked.items()]


def _line_of_links(name: str, changes: list[Difference]) -> dict[str, Any]:
    text = _("Change links to files of modules in {surface}: {added} come, {removed} go.")
    added = sum(one.after is not None for one in changes)
    removed = sum(one.before is not None for one in changes)
    return {"text": text, "context": {"surface": name, "added": added, "removed": removed}}


def _line(difference: Difference) -> dict[str, Any]:
    text = _("Change {path}: {added} lines come, {removed} go.")
    return {
        "text": text,
        "context": {
            "path": difference.path,
            "added": difference.added,
            "removed": difference.removed,
        },
    }
