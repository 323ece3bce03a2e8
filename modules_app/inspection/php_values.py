"""The value of a PHP expression that is made of literals, exactly as PHP would compute it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from modules_app.inspection.names import dashed
from modules_app.inspection.php_tree import line_of, text_of

Scalar = str | int | float | bool | None

_REFERENCE_LIMIT = 20
_STEP_LIMIT = 10_000
_TEXT_LIMIT = 256 * 1024
_ESCAPE = re.compile(
    rb"\\(?:([nrtvef\\$\"])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u\{([0-9A-Fa-f]{1,8})\})"
)
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"e": b"\x1b", b"f": b"\f"}


class NotLiteral(Exception):
    """The expression cannot be known without running it; ``line`` says where it stops."""

    def __init__(self, node: Node) -> None:
        super().__init__(text_of(node)[:80])
        self.line = line_of(node)


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: known values, and expressions assigned to variables or constants.

    Keys are as in the source: ``$name``, ``$this->moduleUniqueID``, ``self::NAME``. ``steps``
    counts down, because names that use names twice would otherwise grow without end.
    """

    values: Mapping[str, Scalar] = field(default_factory=dict)
    expressions: Mapping[str, Node] = field(default_factory=dict)
    steps: Iterator[int] = field(default_factory=lambda: iter(range(_STEP_LIMIT)))


def evaluate(node: Node, scope: Scope | None = None, depth: int = 0) -> Scalar:
    """Return the value of literals, their concatenations and interpolations, and known names.

    Raises `NotLiteral` for everything else. ``depth`` counts names that lead to names.
    """
    scope = scope or Scope()
    compute = _KINDS.get(node.type)
    if compute is None or depth > _REFERENCE_LIMIT or next(scope.steps, None) is None:
        raise NotLiteral(node)
    return compute(node, scope, depth)


def as_text(value: Scalar, node: Node) -> str:
    """Return a value as PHP writes it into a string; floats are refused, their form varies."""
    if isinstance(value, float):
        raise NotLiteral(node)
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _single_quoted(node: Node, scope: Scope, depth: int) -> str:
    raw = _between(node, b"'")
    return _decode(re.sub(rb"\\([\\'])", rb"\1", raw))


def _double_quoted(node: Node, scope: Scope, depth: int) -> str:
    parts = [part for part in node.children if part.type != '"']
    if parts and parts[0].type in ("b", "B"):
        parts = parts[1:]
    if _is_plain(parts):
        return _decode(_unescape(_between(node, b'"'), in_quotes=True))
    texts = (_part(part, scope, depth) for part in parts if part.type not in "{}")
    return _join(texts, node)


def _part(part: Node, scope: Scope, depth: int) -> str:
    if part.type in ("string_content", "escape_sequence"):
        return _decode(_unescape(part.text or b"", in_quotes=True))
    return as_text(evaluate(part, scope, depth), part)


def _heredoc(node: Node, scope: Scope, depth: int) -> str:
    body = next((part for part in node.children if part.type == "heredoc_body"), None)
    if body is not None and not _is_plain(body.children):
        raise NotLiteral(node)
    return _decode(_unescape(_document(node), in_quotes=False))


def _nowdoc(node: Node, scope: Scope, depth: int) -> str:
    return _decode(_document(node))


def _document(node: Node) -> bytes:
    """Return the raw lines of a heredoc without the indentation of its closing word."""
    text = node.text or b""
    end = next((part for part in node.children if part.type == "heredoc_end"), node)
    lines = re.split(rb"(\r\n|\n|\r)", text[: end.start_byte - node.start_byte])
    indent = len(lines[-1])
    body = lines[2:-2]
    return b"".join(line[indent:] if at % 2 == 0 else line for at, line in enumerate(body))


def _is_plain(parts: list[Node]) -> bool:
    return all(part.type in ("string_content", "escape_sequence") for part in parts)


def _between(node: Node, mark: bytes) -> bytes:
    text = node.text or b""
    start = text.find(mark)
    if start < 0 or len(text) < start + 2 or not text.endswith(mark):
        raise NotLiteral(node)
    return text[start + 1 : -1]


def _unescape(raw: bytes, *, in_quotes: bool) -> bytes:
    def replacement(match: re.Match[bytes]) -> bytes:
        simple, octal, hexadecimal, code = match.groups()
        if simple:
            quoted_outside = simple == b'"' and not in_quotes
            return match[0] if quoted_outside else _CONTROL.get(simple, simple)
        if octal:
            return bytes([int(octal, 8) & 0xFF])
        if hexadecimal:
            return bytes([int(hexadecimal, 16)])
        point = int(code, 16)
        return chr(point).encode("utf-8", "surrogatepass") if point < 0x110000 else match[0]

    return _ESCAPE.sub(replacement, raw)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _concatenation(node: Node, scope: Scope, depth: int) -> str:
    """Return ``a . b . c …`` without recursion along the chain, however long it is."""
    parts: list[Node] = []
    current = node
    while current.type == "binary_expression" and text_of(_operator(current)) == ".":
        right = current.child_by_field_name("right")
        left = current.child_by_field_name("left")
        if left is None or right is None:
            raise NotLiteral(current)
        parts.append(right)
        current = left
    if current is node:
        raise NotLiteral(node)
    parts.append(current)
    texts = (as_text(evaluate(part, scope, depth), part) for part in reversed(parts))
    return _join(texts, node)


def _join(texts: Iterable[str], node: Node) -> str:
    joined: list[str] = []
    size = 0
    for text in texts:
        size += len(text)
        if size > _TEXT_LIMIT:
            raise NotLiteral(node)
        joined.append(text)
    return "".join(joined)


def _operator(node: Node) -> Node | None:
    return node.child_by_field_name("operator")


def _inner(node: Node, scope: Scope, depth: int) -> Scalar:
    inner = [part for part in node.named_children if part.type != "comment"]
    if len(inner) != 1:
        raise NotLiteral(node)
    return evaluate(inner[0], scope, depth)


def _integer(node: Node, scope: Scope, depth: int) -> int:
    text = text_of(node).replace("_", "").lower()
    octal = len(text) > 1 and text.startswith("0") and text[1:].isdigit()
    try:
        return int(text, 8) if octal else int(text, 0)
    except ValueError as error:
        raise NotLiteral(node) from error


def _float(node: Node, scope: Scope, depth: int) -> float:
    try:
        return float(text_of(node))
    except ValueError as error:
        raise NotLiteral(node) from error


def _sign(node: Node, scope: Scope, depth: int) -> Scalar:
    value = _inner(node, scope, depth)
    sign = text_of(node.children[0])
    if isinstance(value, bool) or not isinstance(value, int | float) or sign not in "+-":
        raise NotLiteral(node)
    return -value if sign == "-" else value


def _boolean(node: Node, scope: Scope, depth: int) -> bool:
    return text_of(node).lower() == "true"


def _null(node: Node, scope: Scope, depth: int) -> None:
    return None


def _name(node: Node, scope: Scope, depth: int) -> Scalar:
    name = text_of(node)
    if name in scope.values:
        return scope.values[name]
    if name in scope.expressions:
        return evaluate(scope.expressions[name], scope, depth + 1)
    raise NotLiteral(node)


def _static_call(node: Node, scope: Scope, depth: int) -> Scalar:
    """Return ``….::uncamelize(text, '-')``, the way modules spell their own page address."""
    arguments = node.child_by_field_name("arguments")
    given = [] if arguments is None else [a for a in arguments.named_children if a.named_children]
    if text_of(node.child_by_field_name("name")).lower() != "uncamelize" or not given:
        raise NotLiteral(node)
    values = [as_text(_inner(argument, scope, depth), node) for argument in given]
    return dashed(values[0], *values[1:2])


_KINDS: dict[str, Callable[[Node, Scope, int], Scalar]] = {
    "string": _single_quoted,
    "encapsed_string": _double_quoted,
    "heredoc": _heredoc,
    "nowdoc": _nowdoc,
    "binary_expression": _concatenation,
    "parenthesized_expression": _inner,
    "integer": _integer,
    "float": _float,
    "unary_op_expression": _sign,
    "boolean": _boolean,
    "null": _null,
    "variable_name": _name,
    "member_access_expression": _name,
    "class_constant_access_expression": _name,
    "scoped_call_expression": _static_call,
}
