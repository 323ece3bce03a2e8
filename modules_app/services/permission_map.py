"""What scripts of a page are told of its reader's rights (reference M6.5, M12.5).

It is for showing and hiding buttons; every request is checked again where it arrives.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from modules_app.domain.core_pages import CORE_PAGES
from modules_app.domain.rights import permission_of
from modules_app.permissions import Actor, Right
from modules_app.selectors.reader import statement_about
from modules_app.selectors.rights import rights_of
from modules_app.services.hook_calls import ask_modules

HOOK = "on_get_controller_permissions"


def permission_map(controller: str, user: Any, actor: Actor) -> dict[str, bool]:
    """Return the rights on a page of ours by its name, or on those of a module by its id.

    A module may take away what a person has, on any page of ours and on its own; it can give
    nothing.
    """
    known = {str(right): right in actor.rights for right in Right}
    is_own = controller not in CORE_PAGES
    if is_own:
        for right in rights_of(controller):
            known[right.name] = user.has_perm(permission_of(controller, right.name))
    answers = ask_modules(
        HOOK,
        {"controller": controller, "permissions": known},
        modules=[controller] if is_own else None,
        statement=statement_about(user, language=get_language() or "en"),
    )
    for answer in answers:
        said = answer.value if answer.ok and isinstance(answer.value, dict) else {}
        for name in known:
            known[name] = known[name] and said.get(name, True) is not False
    return known
