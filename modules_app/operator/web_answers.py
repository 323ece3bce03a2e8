"""Answers of modules that become rows of their own: the sidebar, and rights of pages (design 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from modules_app.domain.rights import permission_of, right_for
from modules_app.models import HookResult, MenuItem, Module
from modules_app.operator.contributions import menu_wishes, write_menu
from modules_app.permissions import Right
from modules_app.selectors.rights import pages_of
from modules_app.services.item_rights import write_item_rights
from modules_app.services.rights import write_rights

MENU = "on_before_header_menu_show"
ACL = "on_after_acl_prepared"


def take_answers(module: Module, hooks: Iterable[str]) -> None:
    """Turn what the module answered now into rows; call it in the transaction of the answers.

    An answer that failed changes nothing. An administrator's placement of an entry stays.
    """
    asked = {hook: write for hook, write in _WRITERS.items() if hook in hooks}
    rows = HookResult.objects.filter(
        id_fold=module.id_fold, hook__in=asked, ok=True, answered_generation=module.generation
    )
    for row in rows:
        asked[row.hook](module, row.answer or [])
    if asked:
        write_item_rights(module)
        _write_rights_of_entries(module)


def is_of_hook(module_id: str, key: str) -> bool:
    """Tell whether an entry of the sidebar came from the hook, not from the installer."""
    return key.startswith(f"{module_id}:")


def mark_missing(module: Module, missing: Iterable[str]) -> None:
    """Hide the installer's entries that lead to pages which the module does not have."""
    found = set(missing)
    for item in module.menu_items.all():
        if not is_of_hook(module.id, item.key) and item.missing != (item.href in found):
            item.missing = item.href in found
            item.save(update_fields=["missing"])


def _write_menu(module: Module, answer: list[dict[str, Any]]) -> None:
    own = [wish for wish in menu_wishes(module) if not is_of_hook(module.id, str(wish["key"]))]
    write_menu(module, [*own, *answer], None)


def _write_rights_of_entries(module: Module) -> None:
    """Store with each entry what a person needs to see it."""
    stored = HookResult.objects.filter(id_fold=module.id_fold, hook=MENU).first()
    answer = stored.answer if stored and isinstance(stored.answer, list) else []
    asked = {str(one.get("key")): str(one.get("right") or "") for one in answer}
    pages = pages_of(module.id)
    changed = []
    for item in module.menu_items.all():
        address = (item.href or f"/m/{module.id}/").removeprefix(f"/m/{module.id}/")
        name = asked.get(item.key) or ("" if item.link else right_for(pages, address))
        item.right = _permission(module.id, name)
        changed.append(item)
    MenuItem.objects.bulk_update(changed, ["right"])


def _permission(module_id: str, name: str) -> str:
    if not name:
        return ""
    if name in list(Right):
        return Right(name).permission
    return permission_of(module_id, name)[:120]


_WRITERS: dict[str, Callable[[Module, list[dict[str, Any]]], None]] = {
    MENU: _write_menu,
    ACL: write_rights,
}
