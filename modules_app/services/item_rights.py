"""A right for each menu item of a FreePBX module that is not for everybody (reference F9.3)."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from modules_app.domain.menu_items import right_name_of
from modules_app.domain.rights import MOST_RIGHTS, codename_of, permission_of
from modules_app.models import MenuItem, Module, ModuleRight


def write_item_rights(module: Module) -> None:
    """Make a right of each item that has one of its own; call it where the items are written.

    What people had been given stays with a right that stays. Where the module's code names a right
    in the same word, that one counts and the item makes none.
    """
    named = set(ModuleRight.objects.filter(module=module, item="").values_list("name", flat=True))
    written: set[str] = set()
    for item in module.menu_items.filter(own_right=True).order_by("pk")[:MOST_RIGHTS]:
        name = right_name_of(item.key)
        if name not in named | written:
            written.add(name)
            _write(module, item, name)
    _forget(ModuleRight.objects.filter(module=module).exclude(item="").exclude(name__in=written))


def _write(module: Module, item: MenuItem, name: str) -> None:
    permission, _made = Permission.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(Module),
        codename=codename_of(module.id, name),
        defaults={"name": f"{module.id}: {item.caption[:150]}"},
    )
    ModuleRight.objects.update_or_create(
        module=module,
        name=name,
        defaults={
            "item": item.key,
            "caption": item.caption,
            "captions": item.captions,
            "pages": [item.href.removeprefix(f"/m/{module.id}/")],
            "permission": permission,
        },
    )
    item.right = permission_of(module.id, name)[:120]
    item.save(update_fields=["right"])


def _forget(rights: QuerySet[ModuleRight]) -> None:
    Permission.objects.filter(pk__in=list(rights.values_list("permission_id", flat=True))).delete()
