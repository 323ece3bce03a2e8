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
