"""Plain values of a statement; anything that must be computed is refused."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlglot import exp

from modules_app.sqlscript.statements import COMPUTED, NotPlain, Value

_CLOCKS = ("NOW", "LOCALTIME", "LOCALTIMESTAMP", "SYSDATE")
_LARGEST = 2**63
CLOCK = "CURRENT_TIMESTAMP"


def value_of(node: exp.Expression) -> Value:
    """Return what a literal stands for; raise ``NotPlain`` for anything else.

    Escapes are resolved; the present moment becomes its text in UTC.
    """
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else _number(str(node.this))
    if isinstance(node, exp.Neg):
        number = value_of(node.this)
        if isinstance(number, int | float):
            return -number
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Boolean):
        return int(bool(node.this))
    if isinstance(node, exp.HexString | exp.BitString):
        return _bytes_of(node)
    if isinstance(node, exp.Introducer | exp.Paren):
        return value_of(node.expression if isinstance(node, exp.Introducer) else node.this)
    if is_clock(node):
        return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    raise NotPlain(COMPUTED)


def default_of(node: exp.Expression) -> str | None:
    """Return a column's default as ``ColumnSpec`` wants it; None for NULL."""
    if is_clock(node):
        return CLOCK
    value = value_of(node)
    if isinstance(value, bytes):
        raise NotPlain(COMPUTED)
    return None if value is None else str(value)


def is_clock(node: exp.Expression) -> bool:
    """Tell whether this asks for the present moment."""
    if isinstance(node, exp.CurrentTimestamp):
        return True
    return isinstance(node, exp.Anonymous) and str(node.this).upper() in _CLOCKS


def _number(text: str) -> int | float:
    try:
        number = int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            raise NotPlain(COMPUTED) from None
    return number if abs(number) < _LARGEST else float(number)


def _bytes_of(node: exp.Expression) -> Value:
    text = str(node.this)
    try:
        if isinstance(node, exp.HexString):
            return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")
        return int(text, 2) if len(text) < 64 else float(int(text, 2))
    except (ValueError, OverflowError):
        raise NotPlain(COMPUTED) from None
