"""What an operation will do, as plain sentences shown before it runs (reference U2.3 rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Module
from modules_app.selectors.packages import get_upload
from modules_app.services.impact import impact_of
from modules_app.services.previous import find_loss
from modules_app.services.table_plans import plan_purge, plan_renames

Sentence = dict[str, Any]


def plan_operation(*, verb: Verb, module_id: str, options: Mapping[str, Any]) -> list[Sentence]:
    """Return the ordered sentences of the plan, each ``{"text", "context"}`` and unfilled.

    What it means for calls comes last (`modules_app.services.impact`).
    """
    hooks = _hooks_of(verb, module_id, options)
    return _plan(verb, module_id, options) + impact_of([(verb, module_id, hooks)])


def _hooks_of(verb: Verb, module_id: str, options: Mapping[str, Any]) -> list[str]:
    """Return the hooks of a package that comes into use with the operation."""
    if verb not in (Verb.INSTALL, Verb.UPGRADE):
        return []
    is_on = Module.objects.filter(id_fold=fold_id(module_id), wanted="on").exists()
    if not is_on and not options.get("enable"):
        return []
    return get_upload(options["upload"]).report.get("hooks") or []


def _plan(verb: Verb, module_id: str, options: Mapping[str, Any]) -> list[Sentence]:
    module = Module.objects.filter(id_fold=fold_id(module_id)).first()
    kept = KeptData.objects.filter(id_fold=fold_id(module_id)).first()
    if verb in (Verb.INSTALL, Verb.UPGRADE):
        return _plan_install(module_id, module, kept, options)
    if verb is Verb.ENABLE:
        return [
            _say(_("Ask “{id}” whether it can be enabled."), id=module_id),
            _say(
                _("Load it; its pages answer under /m/{id}/ and its menu items appear."),
                id=module_id,
            ),
            _say(_("If it does not load, switch it off again.")),
        ]
    if verb is Verb.DISABLE:
        asked = (
            [] if options.get("force") else [_say(_("Ask “{id}” for its consent."), id=module_id)]
        )
        return [
            *asked,
            _say(_("Switch “{id}” off; its menu items go, its data stays."), id=module_id),
        ]
    if verb is Verb.ROLLBACK and module:
        return _plan_rollback(module)
    if verb is Verb.REPAIR and module:
        return [
            _say(
                _("Unpack the kept package of “{id}” {old} again."),
                id=module_id,
                old=module.version,
            ),
            _say(_("Switch over to the new files; its data is not touched.")),
        ]
    if verb is Verb.PURGE and module:
        return plan_purge(module, options)
    if verb is Verb.IMPORT:
        return _plan_import(module_id, options["export"])
    if verb is Verb.EXPORT:
        return [
            _say(_("Copy the data of “{id}” into one file; the module goes on."), id=module_id),
            _say(_("The file can be downloaded from the operation for an hour.")),
        ]
    return _plan_remove(module_id, module, kept, options)


def _plan_import(module_id: str, about: Mapping[str, Any]) -> list[Sentence]:
    return [
        _say(
            _("Replace the data of “{id}” by that of version {old}, exported at {at}."),
            id=module_id,
            old=about["version"],
            at=about["made_at"],
        ),
        _say(_("The data of before stays here, so that you can return to it.")),
    ]


def _plan_rollback(module: Module) -> list[Sentence]:
    loss = find_loss(module)
    plan = [
        _say(
            _("Return “{id}” from {old} to {new}, with the data of that time."),
            id=module.id,
            old=module.version,
            new=loss.version,
        )
    ]
    if loss.tables is None:
        plan.append(_say(_("What changed in its data since then could not be compared.")))
    elif not loss.tables:
        plan.append(_say(_("Its data has not changed since then: nothing is lost.")))
    for table in loss.tables or []:
        plan.append(
            _say(
                _(
                    "Table {table}: {newer} rows that are new or changed since then are put "
                    "aside; {older} earlier rows come back."
                ),
                table=table.table,
                newer=table.newer,
                older=table.older,
            )
        )
    plan.append(
        _say(
            _("Version {old} and its data stay here, so that you can return to it."),
            old=module.version,
        )
    )
    return plan


def _plan_install(
    module_id: str, module: Module | None, kept: KeptData | None, options: Mapping[str, Any]
) -> list[Sentence]:
    report = get_upload(options["upload"]).report
    version = report.get("version", "")
    if module:
        plan = [
            _say(
                _("Upgrade “{id}” from {old} to {new}; its data is migrated on a copy."),
                id=module_id,
                old=module.version,
                new=version,
            ),
            *plan_renames(module, report),
        ]
    else:
        plan = [_say(_("Install “{id}” {new}."), id=module_id, new=version)]
    if kept and not module:
        plan.append(_say(_("Take over the data kept from version {old}."), old=kept.version))
    if options.get("enable") and not (module and module.wanted == "on"):
        plan.append(_say(_("Enable “{id}” afterwards."), id=module_id))
    return plan


def _plan_remove(
    module_id: str, module: Module | None, kept: KeptData | None, options: Mapping[str, Any]
) -> list[Sentence]:
    plan = []
    if module and module.wanted == "on":
        plan.append(_say(_("Switch “{id}” off."), id=module_id))
    if module:
        plan.append(_say(_("Remove the files of “{id}” {old}."), id=module_id, old=module.version))
    if options.get("keep_data", True):
        plan.append(_say(_("Keep its settings and data for a later installation.")))
    else:
        plan.append(_say(_("Delete its settings and data for good.")))
    return plan


def _say(text: str, **context: Any) -> Sentence:
    return {"text": text, "context": context}
