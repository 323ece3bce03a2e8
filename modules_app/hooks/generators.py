"""Generators of dialplan and files of modules of the FreePBX contract (reference F9.4)."""

from __future__ import annotations

GET_CONFIG = "get_config"
HOOK_GET_CONFIG = "hook_get_config"
MY_DIALPLAN_HOOKS = "my_dialplan_hooks"
GEN_CONFIG = "gen_config"

GENERATORS = (GET_CONFIG, GEN_CONFIG)
"""Under which names the answers are stored: all generators of dialplan together, and the files."""

ENGINE = "asterisk"
"""What generators are told that they write for."""

CORE_PRIORITY = 480
"""Where PBX Admin's own dialplan stands among the generators, as FreePBX's core does."""

_DEFAULTS = {GET_CONFIG: 100, HOOK_GET_CONFIG: 600, MY_DIALPLAN_HOOKS: 500}


def default_of(name: str) -> int:
    """Return the priority of a generator that says nothing else; lower ones come first."""
    return _DEFAULTS[name]
