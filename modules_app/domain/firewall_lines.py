"""Lines that modules add to the firewall themselves (`on_after_iptables_reload`, reference M6.7).

A line is one statement of nftables that ends in a verdict, or a map that becomes one:
``{"action": "drop", "sources": ["203.0.113.0/24"], "protocol": "tcp", "ports": "80,443"}``.
A line can do nothing but judge packets: it holds no second statement, opens no block, reads no
file and jumps nowhere. What its words mean is tested by nftables itself afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from modules_app.domain.firewall_answers import Fault
from modules_app.domain.networks import Span, collapsed, read_span
from modules_app.exceptions import gettext_noop as _

LONGEST_LINE = 2000
MOST_LINES = 1000

_LETTERS = re.compile(r"""[A-Za-z0-9 _.,:/!=<>&|^(){}"*+-]+""")
_COMMENT = re.compile(r"""comment "[A-Za-z0-9 _.,:/+-]{0,100}"$""")
_FORBIDDEN = frozenset(
    "include define redefine undefine add create insert replace delete destroy flush list reset"
    " rename table chain set map element flowtable hook policy jump goto queue dup fwd"
    " tproxy redirect dnat snat masquerade notrack".split()
)
_VERDICT = re.compile(r"\b(?:accept|drop|return|continue|reject(?: with [a-z0-9 -]+)?)$")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PORTS = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*")
_ACTIONS = {"accept": "accept", "allow": "accept", "drop": "drop", "block": "drop"}
_ACTIONS["reject"] = "reject"


def read_lines(answer: Any) -> tuple[list[str], list[tuple[int, Fault]]]:
    """Return the statements of an answer, and the refused ones with their number from 1.

    An answer is one text with a line each, or a list of texts and maps. Empty lines and those that
    begin with # do not count.
    """
    items = answer.splitlines() if isinstance(answer, str) else list(answer or ())
    found: list[str] = []
    faults: list[tuple[int, Fault]] = []
    for number, item in enumerate(items, 1):
        if number > MOST_LINES:
            too_many = _("A module may add {most} lines; the rest is left out.")
            faults.append(
                (number, Fault("firewall-lines-too-many", too_many, {"most": MOST_LINES}))
            )
            break
        try:
            found += _statements(item)
        except ValueError as error:
            text = str(item).strip()[:120]
            message = _("The line “{text}” is refused: {why}")
            context = {"text": text, "why": str(error)}
            faults.append((number, Fault("firewall-line-refused", message, context)))
    return found, faults


def _statements(item: Any) -> list[str]:
    if isinstance(item, dict):
        return _of_map(item)
    if not isinstance(item, str):
        raise ValueError(_("it is neither a text nor a map."))
    text = item.strip()
    if not text or text.startswith("#"):
        return []
    _refuse_dangerous(text)
    return [text]


def _refuse_dangerous(text: str) -> None:
    if len(text) > LONGEST_LINE:
        raise ValueError(_("it is too long."))
    if not _LETTERS.fullmatch(text):
        raise ValueError(_("it holds a letter that no statement needs."))
    plain = _COMMENT.sub("", text).strip()
    if '"' in plain:
        raise ValueError(_("quotes are for a comment at the end only."))
    if not _is_balanced(plain):
        raise ValueError(_("its braces do not match."))
    words = {word.lower() for word in _WORD.findall(plain)}
    if words & _FORBIDDEN:
        raise ValueError(_("it does more than to judge a packet."))
    if not _VERDICT.search(plain):
        raise ValueError(_("it does not end with accept, drop, reject, return or continue."))


def _is_balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if not 0 <= depth <= 1:
            return False
    return depth == 0


def _of_map(item: dict[str, Any]) -> list[str]:
    action = _ACTIONS.get(str(item.get("action", "")).lower())
    if action is None:
        raise ValueError(_("its action is none of accept, drop and reject."))
    ports = _ports(item)
    comment = _comment(item.get("comment"))
    sources = item.get("sources")
    if sources is None:
        return [" ".join(part for part in (ports, action, comment) if part)]
    if not isinstance(sources, list):
        raise ValueError(_("its sources are no list."))
    return [
        " ".join(part for part in (selector, ports, action, comment) if part)
        for selector in saddr(collapsed(read_span(str(source)) for source in sources))
    ]


def _ports(item: dict[str, Any]) -> str:
    protocol = str(item.get("protocol", "")).lower()
    ports = str(item.get("ports", "")).replace(" ", "")
    if not protocol and not ports:
        return ""
    if protocol not in ("tcp", "udp"):
        raise ValueError(_("its protocol is none of tcp and udp."))
    if not ports:
        return f"meta l4proto {protocol}"
    if not _PORTS.fullmatch(ports):
        raise ValueError(_("its ports are not like 80,443 or 10000-10200."))
    return f"{protocol} dport {{ {ports.replace(',', ', ')} }}"


def _comment(value: Any) -> str:
    text = f'comment "{value}"' if value else ""
    if text and not _COMMENT.fullmatch(text):
        raise ValueError(_("its comment is too long or holds letters other than ASCII ones."))
    return text


def saddr(spans: Sequence[Span]) -> list[str]:
    """Return what selects packets from these addresses: one statement for each family."""
    found = []
    for version, word in ((4, "ip"), (6, "ip6")):
        own = [str(span) for span in spans if span.version == version]
        if own:
            found.append(f"{word} saddr {{ {', '.join(own)} }}")
    return found
