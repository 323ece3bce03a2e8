"""Generators of dialplan: the priorities of those that declare none (reference F9.4 step 4).

Nothing here calls them yet: the Asterisk files belong to the telephone part. Their order is known
and shown, so that authors see where their module will stand.
"""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _

GET_CONFIG = "get_config"
HOOK_GET_CONFIG = "hook_get_config"
MY_DIALPLAN_HOOKS = "my_dialplan_hooks"

NOT_CALLED = _("not called here until the telephone part")

_DEFAULTS = {GET_CONFIG: 100, HOOK_GET_CONFIG: 600, MY_DIALPLAN_HOOKS: 500}


def default_of(name: str) -> int:
    """Return the priority of a generator that says nothing else; lower ones come first."""
    return _DEFAULTS[name]
