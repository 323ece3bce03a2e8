"""Asking a loaded module at once who protects many core records (design 6)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.host.asking import HookTimeout, ask
from modules_app.host.loader import LoadedModule
from modules_app.sdk.conf import ConfigClass

_OF_EACH = 3
_LONGEST = 60


def references_to_many(
    loaded: LoadedModule, question: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """Ask who protects any of the records in ``question["ids"]``; answers like `asking.ask`.

    `CoreRef` fields answer for all at once. A hook that the module wrote itself is asked for one
    record after the other, as it knows it, within ``seconds`` for all; the first error ends it.
    """
    if type(loaded.conf).core_references is ConfigClass.core_references:
        given = {"question": dict(question)}
        return ask(loaded.conf, loaded.facts, CORE_REFERENCES, given, seconds=seconds)
    ends_at = time.monotonic() + seconds
    rows: list[dict[str, str]] = []
    answer: dict[str, Any] = {"ok": True, "error": ""}
    for key in question["ids"]:
        left = ends_at - time.monotonic()
        if left <= 0:
            return {"ok": False, "error": f"{HookTimeout.__name__}: no time was left"}
        one = {"ask": question["ask"], "kind": question["kind"], "id": str(key)}
        answer = ask(loaded.conf, loaded.facts, CORE_REFERENCES, {"question": one}, seconds=left)
        if not answer["ok"]:
            return answer
        rows += [_named(str(key), row) for row in (answer["value"] or ())[:_OF_EACH]]
    return {**answer, "value": rows}


def _named(key: str, row: Any) -> dict[str, str]:
    said = row if isinstance(row, dict) else {"text": row}
    words = {name: str(said.get(name, ""))[:_LONGEST] for name in ("model", "text")}
    return {"id": key, **words}
