"""What modules answer over REST, from their stored answers."""

from __future__ import annotations

from django.db.models.fields.json import KT

from modules_app.domain.grants import Grant, asked_grants
from modules_app.domain.rest import Description, read_description
from modules_app.models import HookResult, Module, ModuleGrant
from modules_app.selectors.answers import answers_to

HOOK = "get_pbxcore_rest_additional_routes"
CALLBACK = '"module_rest_api_callback"'


def described_modules() -> dict[str, Description]:
    """Return the routes of every module in use that has some, by id."""
    found = {one.module_id: read_description(one.value) for one in answers_to(HOOK)}
    return {module_id: one for module_id, one in found.items() if one.in_order}


def description_of(module_id: str) -> Description:
    """Return the routes of one module; none when it is not in use or has none."""
    return described_modules().get(module_id, Description())


def has_public_routes(module_id: str) -> bool:
    """Tell whether strangers may reach what the module calls public.

    Its present version must ask for that, and an administrator must have granted it.
    """
    granted = ModuleGrant.objects.filter(module_id=module_id, right=Grant.PUBLIC_ROUTES)
    facts = granted.values_list("module__facts__manifest", flat=True).first()
    return facts is not None and Grant.PUBLIC_ROUTES in asked_grants(facts, ())


def modules_with_rest() -> list[str]:
    """Return the modules, in use or not, that name routes or take requests themselves."""
    answered = HookResult.objects.filter(hook=HOOK).values_list("id_fold", "answer")
    named = {id_fold for id_fold, said in answered if read_description(said).in_order}
    rows = Module.objects.values_list("id", "id_fold", KT("facts__hooks"))
    return [one for one, id_fold, hooks in rows if id_fold in named or CALLBACK in (hooks or "")]
