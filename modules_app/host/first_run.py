"""Asking a FreePBX module whether its first-run step is done (reference F1.3, oobe)."""

from __future__ import annotations

import traceback
from typing import Any

from modules_app.hooks.between import spellings
from modules_app.host.asking import limited
from modules_app.host.loader import LoadedModule

FIRST_RUN = "first_run"
DONE, WAITING, MISSING = "done", "waiting", "missing"


def first_run(loaded: LoadedModule, seconds: float) -> dict[str, Any]:
    """Call the method that ``<oobe>`` names; the answer has the form of `host.asking.ask`.

    Its "value" has "state", and "said": a text that the method returned instead of True.
    """
    method = _method(loaded)
    if method is None:
        return {"ok": True, "value": {"state": MISSING, "said": ""}}
    try:
        with limited(seconds):
            answer = method()
    # Foreign code: whatever it raises is shown as the fault of the step, and blocks nobody.
    except BaseException:
        return {"ok": False, "error": traceback.format_exc()}
    said = answer if isinstance(answer, str) else ""
    state = DONE if answer is True else WAITING
    return {"ok": True, "value": {"state": state, "said": said[:500]}}


def _method(loaded: LoadedModule) -> Any:
    declared = loaded.module.declared.get("oobe") or {}
    for name in spellings(str(declared.get("method", ""))):
        found = getattr(loaded.freepbx, name, None) if name.isidentifier() else None
        if callable(found) and not name.startswith("_"):
            return found
    return None
