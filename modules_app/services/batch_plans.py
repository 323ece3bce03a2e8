"""What a wish over several modules comes to, before anything is queued (reference U2.3 rule 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.plan import Goal, Plan, Step
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.dependencies.world import UPLOAD, World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.domain.tables import TableSpec, tables_of_report
from modules_app.domain.versions import Relation, relation
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Module, Upload
from modules_app.selectors.kept_manifests import kept_manifest
from modules_app.selectors.modules import find_module
from modules_app.selectors.packages import get_upload
from modules_app.selectors.world import read_world
from modules_app.services.impact import impact_of
from modules_app.services.requirements import INSTALLING, SWITCHING_OFF
from modules_app.services.table_plans import expected_renames


def plan_batch(
    *,
    verb: Verb,
    ids: Sequence[str] = (),
    upload_ids: Sequence[str] = (),
    enable: bool = False,
    cascade: bool = False,
    delete_data: bool = False,
    without: Collection[str] = (),
) -> Plan:
    """Return the plan for one verb over several modules or uploads; nothing is changed.

    Raises ``NotFound`` for ids and uploads that do not exist; everything else that stands against
    it is among the plan's ``problems``.
    """
    uploads = [get_upload(one).upload for one in dict.fromkeys(map(str, upload_ids))]
    kept = _kept_only(ids) if verb is Verb.REMOVE else {}
    present = [one for one in _distinct(ids) if fold_id(one) not in kept]
    goals = [
        *(Goal(_verb_for(one), one.module_id, str(one.pk), enable) for one in uploads),
        *(Goal(verb, find_module(one).id, enable=enable) for one in present),
    ]
    # Files that are given together come with what is kept here, not with what others uploaded.
    world = read_world([str(one.pk) for one in uploads] if uploads else None)
    plan = resolve(world, goals, cascade=cascade, without=without)
    plan = _with_impact(_with_renames(plan))
    return _with_kept(plan, kept, delete_data=delete_data) if kept or delete_data else plan


def upgradable_ids() -> list[str]:
    """Return the installed modules of which a newer package waits or is kept here, in order.

    A version from which the module was rolled back is not newer: it failed, or nobody wanted it.
    """
    world = read_world()
    left = {
        row.id_fold: str(row.previous.get("version", ""))
        for row in Module.objects.filter(previous__by=Verb.ROLLBACK)
    }
    found = set()
    for one in world.available:
        here = world.installed.get(one.key)
        if here is None or one.version == left.get(one.key) or one.contract != here.contract:
            continue
        if relation(here.version, one.version, here.contract) is Relation.NEWER:
            found.add(here.id)
    return sorted(found, key=fold_id)


def needs_of_steps(plan: Plan) -> dict[str, list[str]]:
    """Return for each step the modules of earlier steps without which it makes no sense."""
    world = read_world([one.reference for one in plan.steps if one.source == UPLOAD])
    wanted = {step.id: _required(step, world) for step in plan.steps}
    found: dict[str, list[str]] = {}
    before: list[Step] = []
    for step in plan.steps:
        own = wanted[step.id]
        if step.verb in SWITCHING_OFF:
            found[step.id] = [one.id for one in before if fold_id(step.id) in wanted[one.id]]
        else:
            found[step.id] = [one.id for one in before if fold_id(one.id) in own]
        before.append(step)
    return found


def plan_as_json(plan: Plan) -> dict[str, Any]:
    steps = [{**asdict(step), "context": dict(step.context)} for step in plan.steps]
    return {"steps": steps, "warnings": [one.as_dict() for one in plan.warnings]}


def _required(step: Step, world: World) -> set[str]:
    """Return the folded ids that the version of a step requires without an alternative."""
    mine = world.installed.get(fold_id(step.id))
    if step.verb in INSTALLING:
        mine = next((one for one in world.available if one.reference == step.reference), None)
    requirements = mine.requirements if mine else ()
    return {
        fold_id(one.name)
        for one in requirements
        if one.kind is Kind.MODULE and not one.alternatives
    }


def _verb_for(upload: Upload) -> Verb:
    installed = Module.objects.filter(id_fold=fold_id(upload.module_id)).exists()
    return Verb.UPGRADE if installed else Verb.INSTALL


def _distinct(ids: Iterable[str]) -> list[str]:
    return list({fold_id(one): one for one in ids}.values())


def _kept_only(ids: Sequence[str]) -> dict[str, KeptData]:
    """Return the kept data, by folded id, of those that are removed already."""
    folded = {fold_id(one) for one in ids}
    gone = folded - set(Module.objects.filter(id_fold__in=folded).values_list("id_fold", flat=True))
    return {one.id_fold: one for one in KeptData.objects.filter(id_fold__in=gone)}


def _with_renames(plan: Plan) -> Plan:
    """Say which columns get another name; the operator renames only what a plan said."""
    notes = [
        Finding(
            Severity.NOTE,
            "column-renamed",
            _("“{id}”: in the table {table} the column {old} becomes {new}; its values are kept."),
            {"id": step.id, "table": one.table, "old": one.old, "new": one.new},
        )
        for step in plan.steps
        if step.verb is Verb.UPGRADE
        for one in expected_renames(find_module(step.id), _declared_tables(step))
    ]
    return replace(plan, warnings=(*plan.warnings, *notes)) if notes else plan


def _with_impact(plan: Plan) -> Plan:
    """Say once what the steps mean for calls."""
    if not plan.steps:
        return plan
    notes = [
        Finding(Severity.NOTE, "impact", line["text"], line["context"])
        for line in impact_of((one.verb, one.id, _hooks_of_package(one)) for one in plan.steps)
    ]
    return replace(plan, warnings=(*plan.warnings, *notes))


def _hooks_of_package(step: Step) -> list[str]:
    """Return the hooks of an uploaded package; those of a module that is here are known."""
    if step.verb not in INSTALLING or step.source != UPLOAD:
        return []
    return get_upload(step.reference).upload.report.get("hooks") or []


def _declared_tables(step: Step) -> list[TableSpec]:
    if step.source == UPLOAD:
        return tables_of_report(get_upload(step.reference).upload.report)
    kept = kept_manifest(step.reference)
    return list(kept.manifest.tables) if kept else []


def _with_kept(plan: Plan, kept: Mapping[str, KeptData], *, delete_data: bool) -> Plan:
    """Add the erasing of kept data, and say what cannot be brought back."""
    if not delete_data:
        problems = [_removed_already(one) for one in kept.values()]
        return Plan(plan.steps, plan.warnings, (*plan.problems, *problems), plan.dependents)
    steps = [
        *plan.steps,
        *(
            Step(
                Verb.REMOVE,
                one.module_id,
                one.module_id,
                one.version,
                reason=_("You asked for erasing what is kept of it."),
                goal=True,
            )
            for one in kept.values()
        ),
    ]
    names = [step.name or step.id for step in steps if step.verb is Verb.REMOVE]
    lost = Finding(
        Severity.WARNING,
        "data-deleted",
        _("Settings and data are deleted for good: {names}."),
        {"names": ", ".join(names)},
    )
    warnings = (*plan.warnings, lost) if names else plan.warnings
    return Plan(tuple(steps), warnings, plan.problems, plan.dependents)


def _removed_already(kept: KeptData) -> Finding:
    return Finding(
        Severity.ERROR,
        "module-removed-already",
        _("“{id}” is removed already; only its kept data is left."),
        {"id": kept.module_id},
        hint=_("Ask for deleting the data as well to erase it."),
    )
