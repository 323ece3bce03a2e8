"""The shapes of what hooks return."""

from __future__ import annotations

import json
from typing import Any

from modules_app.hooks.spec import HookKind, HookSpec, Value

_TYPES: dict[Value, tuple[type, ...]] = {
    Value.TEXT: (str,),
    Value.NUMBER: (int,),
    Value.BOOL: (bool,),
    Value.LIST: (list, tuple),
    Value.DICT: (dict,),
}
LONGEST_ANSWER = 256 * 1024
"""Characters of JSON that an answer may have: a crontab or a jail has some hundred."""


class WrongShape(TypeError):
    """A hook returned something that its surface cannot use."""


def refuse_wrong_shape(spec: HookSpec, value: Any) -> None:
    """Raise `WrongShape` when ``value`` is none of the shapes that the hook may return.

    What a veto or a notification returns does not matter, and nothing at all is always right.
    """
    if value is None or spec.kind in (HookKind.VETO, HookKind.NOTIFY):
        return
    if Value.OBJECT in spec.returns or not spec.returns:
        return
    wanted = tuple(kind for shape in spec.returns for kind in _TYPES[shape])
    if not isinstance(value, wanted):
        names = " or ".join(shape.value for shape in spec.returns)
        raise WrongShape(
            f"{spec.name} returned {type(value).__name__}; wanted {names} or nothing at all."
        )


def as_json(value: Any) -> Any:
    """Return ``value`` as JSON values. Raises `WrongShape` when it has none or is too long."""
    try:
        text = json.dumps(value, default=str, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise WrongShape(f"The answer cannot be written as JSON: {error}.") from error
    if len(text) > LONGEST_ANSWER:
        raise WrongShape(
            f"The answer has {len(text)} characters; at most {LONGEST_ANSWER} can be kept."
        )
    return json.loads(text)
