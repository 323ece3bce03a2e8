"""Names that follow from a module's id (reference M, naming rules)."""

from __future__ import annotations


def short_name(module_id: str) -> str:
    """Return the id without every ``Module``: ``ModuleSmsModule`` gives ``Sms`` (M1.4)."""
    return module_id.replace("Module", "")


def dashed(name: str, delimiter: str = "_") -> str:
    """Return Phalcon's uncamelized form: each capital starts a word.

    ``ModuleCTIClient`` with ``-`` gives ``module-c-t-i-client``.
    """
    parts = [
        (delimiter if at and letter.isupper() else "") + letter.lower()
        for at, letter in enumerate(name)
    ]
    return "".join(parts)


def snake(name: str) -> str:
    """Return a camelCase hook name as Python spells it; runs of capitals stay one word.

    ``generatePeersPj`` gives ``generate_peers_pj``, ``getPBXCoreRESTAdditionalRoutes`` gives
    ``get_pbx_core_rest_additional_routes``.
    """
    parts: list[str] = []
    for at, letter in enumerate(name):
        after_small = at > 0 and not name[at - 1].isupper()
        before_small = at + 1 < len(name) and name[at + 1].islower()
        if letter.isupper() and at and (after_small or before_small):
            parts.append("_")
        parts.append(letter.lower())
    return "".join(parts)
