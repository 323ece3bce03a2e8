"""Small telephone systems, written by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from modules_app.domain.dialplan_edits import Edit
from modules_app.domain.settings import SETTINGS
from modules_app.hooks.text import LAST, Piece
from telephony_app.domain.snapshot import (
    Codec,
    IncomingRoute,
    Network,
    OutgoingRoute,
    Phone,
    Provider,
    Snapshot,
)

ANN = Phone("201", "Ann", "S")
TRUNK = Provider("U", "Trunk", "outbound", "sip.example.com", username="A", secret="T")  # noqa: S106


def small(**settings: str) -> Snapshot:
    """Return one phone, one provider and a route each way; settings as they come, but these."""
    return Snapshot(
        settings={**{key: spec.default for key, spec in SETTINGS.items()}, **settings},
        codecs=(Codec("alaw"), Codec("ulaw"), Codec("opus")),
        phones=(ANN,),
        providers=(TRUNK,),
        incoming=(IncomingRoute(1, 1, "U", "74951234567", "201"),),
        outgoing=(OutgoingRoute(5, "long", "U", 1, "9", 10, trim_from_begin=1, prepend="8"),),
        networks=(Network(1, "Office", ("192.0.2.0/24",), ()),),
    )


@dataclass
class Said:
    """Answers of modules, as a test wants them."""

    texts: Mapping[tuple[str, str], Sequence[Piece]] = field(default_factory=dict)
    changes: Mapping[tuple[str, str], Sequence[tuple[str, Mapping[str, str]]]] = field(
        default_factory=dict
    )
    edited: Sequence[tuple[str, int, Edit]] = ()
    written: Sequence[tuple[str, str, str]] = ()

    def pieces(self, hook: str, key: str = "") -> Sequence[Piece]:
        """Return texts."""
        return self.texts.get((hook, key), ())

    def keys(self, hook: str) -> Collection[str]:
        """Return keys."""
        return {key for name, key in (*self.texts, *self.changes) if name == hook}

    def overrides(self, hook: str, key: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return options."""
        return self.changes.get((hook, key), ())

    def edits(self) -> Sequence[tuple[str, int, Edit]]:
        """Return edits."""
        return self.edited

    def files(self) -> Sequence[tuple[str, str, str]]:
        """Return files."""
        return self.written


def said(hook: str, text: str, *, key: str = "", by: str = "ModuleX", priority: int = LAST) -> Said:
    """Return the answer of one module to one hook."""
    return Said({(hook, key): (Piece(by, priority, text),)})
