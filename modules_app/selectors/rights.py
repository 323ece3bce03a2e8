"""Rights that modules named: which a page needs, which a person has, what is granted to modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modules_app.domain.grants import GRANT_WORDS, Grant, GrantWords, asked_grants
from modules_app.domain.rights import PageRight, codename_of, permission_of, right_for
from modules_app.models import MenuItem, Module, ModuleAccount, ModuleGrant, ModuleRight
from modules_app.permissions import Actor, Right

_LONGEST_STATEMENT = 3000


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a person may open a module's page, and whether by a right of the module itself."""

    may: bool
    covered: bool = False


@dataclass(frozen=True, slots=True)
class GrantLine:
    """Something that a module asks for, and who granted it; ``granted`` is None if nobody did."""

    grant: Grant
    words: GrantWords
    granted: ModuleGrant | None
    groups: tuple[str, ...]


def rights_of(module_id: str) -> tuple[PageRight, ...]:
    """Return the rights that the module named for its pages."""
    rows = ModuleRight.objects.filter(module_id=module_id).values_list("name", "pages")
    return tuple(PageRight(name, tuple(pages)) for name, pages in rows)


def pages_of(module_id: str) -> tuple[PageRight, ...]:
    """Return which rights the module's pages need; a page for everybody stands there without name.

    ``access="all"`` of a FreePBX menu item opens its page to whoever may look at modules, also
    where a right stands for all pages (reference F1.3).
    """
    open_to_all = MenuItem.objects.filter(module_id=module_id, everyone=True, link="")
    own = f"/m/{module_id}/"
    pages = tuple(href.removeprefix(own) for href in open_to_all.values_list("href", flat=True))
    return (*rights_of(module_id), *([PageRight("", pages)] if pages else []))


def is_open_page(module_id: str, address: str) -> bool:
    """Tell whether strangers may look at a page: module.xml asks for it and somebody granted it."""
    asked = MenuItem.objects.filter(
        module_id=module_id, public=True, href=f"/m/{module_id}/{address}"
    )
    given = ModuleGrant.objects.filter(module_id=module_id, right=Grant.PUBLIC_PAGES)
    return asked.exists() and given.exists()


def access_to(user: Any, actor: Actor, module_id: str, address: str) -> Access:
    """Say whether ``user`` may open ``address`` below the module's own.

    A page for which the module named a right needs exactly that; all others need one of our own.
    """
    needed = right_for(pages_of(module_id), address)
    if needed:
        return Access(user.has_perm(permission_of(module_id, needed)), covered=True)
    return Access(bool(actor.rights & {Right.VIEW, Right.OPERATE}))


def held_page_rights(user: Any, module_id: str) -> list[str]:
    """Return the rights of modules that a person has, as codenames; none for superusers.

    Those of ``module_id`` come first, and all others only as far as they fit into a header.
    """
    if user.is_superuser:
        return []
    held = sorted(
        (name.partition(".")[2] for name in user.get_all_permissions() if ":" in name),
        key=lambda name: (not name.startswith(codename_of(module_id, "")), name),
    )
    fitting, length = [], 0
    for name in held:
        length += len(name) + 3
        if length > _LONGEST_STATEMENT:
            break
        fitting.append(name)
    return fitting


def home_page_of(user: Any) -> str:
    """Return the first page of a person whom a module signed in, "" for anybody else."""
    found = ModuleAccount.objects.filter(user_id=user.pk).values_list("home_page", flat=True)
    return found.first() or ""


def allowed_groups(module_id: str, grant: Grant) -> list[int] | None:
    """Return the groups chosen with a grant, by primary key; None if it was not granted."""
    row = ModuleGrant.objects.filter(module_id=module_id, right=grant).first()
    return list(row.groups.values_list("pk", flat=True)) if row else None


def granted_modules(grant: Grant) -> list[str]:
    """Return the modules to which an administrator granted it."""
    return list(ModuleGrant.objects.filter(right=grant).values_list("module_id", flat=True))


def grant_lines(module: Module) -> list[GrantLine]:
    """Return what the module asks for, and what it was granted before it stopped asking."""
    asked = set(asked_grants(module.facts.get("manifest") or {}, module.facts.get("hooks") or ()))
    if module.language != "python":
        asked.discard(Grant.PUBLIC_PAGES)  # its pages are explained, not run
    given = {row.right: row for row in module.grants.prefetch_related("groups")}
    return [
        GrantLine(
            grant,
            GRANT_WORDS[grant],
            given.get(grant),
            tuple(group.name for group in given[grant].groups.all()) if grant in given else (),
        )
        for grant in Grant
        if grant in asked or grant in given
    ]
