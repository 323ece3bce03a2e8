"""Permissions made of the rights that modules name, and what administrators grant modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.grants import Grant, asked_grants
from modules_app.domain.rights import MOST_RIGHTS, codename_of, is_right_name
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, ModuleAccount, ModuleGrant, ModuleRight
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.modules import find_module


def write_rights(module: Module, answer: Iterable[Mapping[str, Any]]) -> None:
    """Make the module's rights and their permissions what ``on_after_acl_prepared`` answered.

    Call it in a transaction. A right that is not named any more goes, and with it what people had
    been given; a right that stays keeps that.
    """
    named = {str(one["name"]): one for one in answer if is_right_name(str(one.get("name")))}
    kept = dict(list(named.items())[:MOST_RIGHTS])
    _forget(ModuleRight.objects.filter(module=module, item="").exclude(name__in=kept))
    kind = ContentType.objects.get_for_model(Module)
    for name, one in kept.items():
        caption = str(one.get("caption") or name)[:150]
        permission, _made = Permission.objects.update_or_create(
            content_type=kind,
            codename=codename_of(module.id, name),
            defaults={"name": f"{module.id}: {caption}"},
        )
        pages = [str(page)[:200] for page in one.get("pages") or [""]][:50]
        ModuleRight.objects.update_or_create(
            module=module,
            name=name,
            defaults={
                "caption": caption,
                "captions": _captions(one.get("captions")),
                "pages": pages,
                "permission": permission,
                "item": "",
            },
        )


def _captions(given: Any) -> dict[str, str]:
    """Return the texts by language; they come from module code, so their size is bounded."""
    found = given.items() if isinstance(given, Mapping) else ()
    return {str(name)[:16]: str(text)[:200] for name, text in list(found)[:100]}


def forget_rights(*, module_id: str) -> None:
    """Delete the module's rights and permissions; call it where the module's row is deleted."""
    _forget(ModuleRight.objects.filter(module_id=module_id))


def grant(
    *, actor: Actor, module_id: str, grant: Grant, groups: Iterable[Group] = ()
) -> ModuleGrant:
    """Allow a module what it asks for; again, to change ``groups``. Raises ``Refused`` otherwise.

    ``groups`` are those that people whom the module signs in may get.
    """
    require(actor, Right.INSTALL)
    module = find_module(module_id)
    chosen = list(groups) if grant is Grant.AUTHENTICATE else []
    if grant not in asked_grants(
        module.facts.get("manifest") or {}, module.facts.get("hooks") or ()
    ):
        raise Refused(
            "grant-not-asked",
            _("“{id}” does not ask for this, so it cannot be granted."),
            context={"id": module.id, "grant": str(grant)},
        )
    with transaction.atomic():
        row, _made = ModuleGrant.objects.update_or_create(
            module=module,
            right=grant,
            defaults={"granted_by": actor.name[:150], "granted_at": timezone.now()},
        )
        row.groups.set(chosen)
        if grant is Grant.AUTHENTICATE:
            _limit_groups(module, chosen)
        _tell(actor, "grant-give", module, grant, groups=[group.name for group in chosen])
    return row


def revoke(*, actor: Actor, module_id: str, grant: Grant) -> None:
    """Take back what a module was granted; nothing happens if it was not."""
    require(actor, Right.INSTALL)
    module = find_module(module_id)
    with transaction.atomic():
        deleted, _rows = ModuleGrant.objects.filter(module=module, right=grant).delete()
        if deleted and grant is Grant.AUTHENTICATE:
            _limit_groups(module, [])
        if deleted:
            _tell(actor, "grant-revoke", module, grant)


def _limit_groups(module: Module, allowed: list[Group]) -> None:
    """Take from the module's people the groups that are not allowed any more."""
    for account in ModuleAccount.objects.filter(module_id=module.id).select_related("user"):
        kept = [group for group in account.user.groups.all() if group in allowed]
        account.user.groups.set(kept)


def _tell(actor: Actor, action: str, module: Module, grant: Grant, **detail: Any) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=module.id,
        outcome="done",
        detail={"grant": str(grant), **detail},
    )


def _forget(rights: Any) -> None:
    Permission.objects.filter(pk__in=list(rights.values_list("permission_id", flat=True))).delete()
