"""What the host is told of the person who looks at a page (design 3)."""

from __future__ import annotations

from typing import Any

from modules_app.permissions import Actor
from modules_app.selectors.rights import held_page_rights


def statement_about(
    user: Any,
    *,
    module_id: str = "",
    language: str,
    sequence: int = 0,
    covered: bool = False,
    actor: Actor | None = None,
) -> dict[str, Any]:
    """Return the statement to be signed (see `modules_app.bridge.statement`).

    ``module_id`` is the module that is asked, ``covered`` says that the person may use this very
    page by a right which that module named.
    """
    rights = (actor or Actor.of_user(user)).rights
    return {
        "user_id": user.pk,
        "username": user.get_username(),
        "name": (user.is_authenticated and user.get_full_name()) or user.get_username(),
        "is_superuser": user.is_superuser,
        "permissions": sorted(rights),
        "page_rights": held_page_rights(user, module_id),
        "covered": covered,
        "module_id": module_id,
        "language": language,
        "sequence": sequence,
    }
