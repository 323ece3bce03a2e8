"""All files of Asterisk for 100, 1,000 and 10,000 phones with 50 modules, beside plain text."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bench.figures import Figures
from modules_app.domain.dialplan_edits import Edit
from modules_app.domain.settings import SETTINGS
from modules_app.hooks.text import LAST, Piece
from modules_app.surfaces.base import Rendering
from telephony_app.domain.reader import check
from telephony_app.domain.snapshot import (
    Codec,
    IncomingRoute,
    OutgoingRoute,
    Phone,
    Provider,
    Snapshot,
)
from telephony_app.generators.rendering import render

COUNTS = (100, 1_000, 10_000)
MODULES, CONTRIBUTING = 50, 10
MEGABYTE = 1024 * 1024

PLAIN_HOOKS = {
    "extension_globals": "BENCH_{n}=1",
    "extension_gen_contexts": "[bench-{n}]\nexten => _X!,1,NoOp()\n\tsame => n,Return()",
    "extension_gen_internal": "exten => *{n}99,1,Goto(bench-{n},1,1)",
    "extension_gen_all_peers_context": "same => n,NoOp(bench {n})",
    "extension_gen_create_channel_dialplan": "same => n,NoOp(bench {n})",
    "generate_manager_conf": "[bench{n}]\nsecret = s{n}",
}


@dataclass(frozen=True)
class Contributions:
    """What the ten modules say that say something; each changes one telephone, too."""

    by_hook: Mapping[str, Sequence[Piece]]
    changed: Mapping[str, str]

    def pieces(self, hook: str, key: str = "") -> Sequence[Piece]:
        """Return the texts."""
        return self.by_hook.get(hook, ()) if not key else ()

    def keys(self, hook: str) -> Collection[str]:
        """Return the telephones that are changed."""
        return self.changed if hook == "override_pjsip_options" else ()

    def overrides(self, hook: str, key: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return one changed option."""
        owner = self.changed.get(key) if hook == "override_pjsip_options" else None
        return ((owner, {"rtp_timeout": "77"}),) if owner else ()

    def edits(self) -> Sequence[tuple[str, int, Edit]]:
        """Return nothing: the ten are modules of the other contract."""
        return ()

    def files(self) -> Sequence[tuple[str, str, str]]:
        """Return nothing."""
        return ()


def rendering(figures: Figures) -> None:
    """Measure one round."""
    for count in COUNTS:
        snapshot, answers = system(count), contributions()
        lines = _lines(render(snapshot, answers))
        rest = _lines(render(replace(snapshot, phones=()), answers))
        ways: dict[str, Callable[[], object]] = {
            "ours": partial(render, snapshot, answers),
            "formatted in one loop": partial(formatted, snapshot, rest),
            "lines that are there, joined": partial("".join, lines),
        }
        for name, draw in ways.items():
            started = time.process_time()
            draw()
            figures.add(label(name, count), time.process_time() - started)
        started = time.process_time()
        faults = check(render(snapshot, answers).texts)
        figures.add(label("ours, and read strictly", count), time.process_time() - started)
        if faults:
            raise RuntimeError(f"a file has faults: {faults[:3]}")


def label(name: str, count: int) -> str:
    """Return the name of a figure."""
    return f"files of {count} phones, {name}"


def ratios(figures: Figures) -> None:
    """Name the pairs and aims, and measure memory once."""
    for count in COUNTS:
        own = label("ours", count)
        figures.ratio(own, label("formatted in one loop", count), "aim 4")
        figures.ratio(own, label("lines that are there, joined", count), "for comparison")
        snapshot, answers = system(count), contributions()
        size, peak = _memory(partial(render, snapshot, answers))
        limit = 3 * size + 50 * MEGABYTE
        figures.fact(
            f"{count} phones: {size / MEGABYTE:.1f} MB of files, {peak / MEGABYTE:.1f} MB at most "
            f"in memory while they are written (aim: {limit / MEGABYTE:.1f})"
        )


def system(count: int) -> Snapshot:
    """Return a system with so many phones."""
    return Snapshot(
        settings={key: spec.default for key, spec in SETTINGS.items()},
        codecs=(Codec("alaw"), Codec("ulaw"), Codec("opus"), Codec("g722")),
        phones=tuple(
            Phone(str(10_000 + n), f"Person {n}", f"secret-of-{n:08}", "udp") for n in range(count)
        ),
        providers=tuple(
            Provider(f"SIP-TRUNK-{n}", f"Trunk {n}", "outbound", f"sip{n}.example.com")
            for n in range(5)
        ),
        incoming=tuple(
            IncomingRoute(n, n, f"SIP-TRUNK-{n % 5}", f"7495{n:07}", str(10_000 + n % count))
            for n in range(50)
        ),
        outgoing=tuple(
            OutgoingRoute(n, f"Route {n}", f"SIP-TRUNK-{n % 5}", n, str(n), 10) for n in range(10)
        ),
    )


def contributions() -> Contributions:
    """Return the texts of every fifth of fifty modules."""
    ids = [f"ModuleBench{n:02}" for n in range(0, MODULES, MODULES // CONTRIBUTING)]
    by_hook = {
        hook: [Piece(one, LAST, text.format(n=place)) for place, one in enumerate(ids)]
        for hook, text in PLAIN_HOOKS.items()
    }
    changed = {f"{10_000 + place}/endpoint": one for place, one in enumerate(ids)}
    return Contributions(by_hook, changed)


def formatted(snapshot: Snapshot, rest: list[str]) -> str:
    """Return as much text in the plainest way: an f-string for each phone, the rest as it is."""
    return "".join(rest) + "".join(
        [
            f"; --- PEER: {one.number} - {one.name} ---\n"
            f"[{one.number}-AUTH]\ntype = auth\nusername = {one.number}\n"
            f"password = {one.secret}\n[{one.number}](aor-common)\n[{one.number}](endpoint-udp)\n"
            f"callerid = {one.name} <{one.number}>\naors = {one.number}\n"
            f"auth = {one.number}-AUTH\noutbound_auth = {one.number}-AUTH\n"
            f"dtmf_mode = {one.dtmf_mode}\n; ---\n"
            f"exten => {one.number},1,Goto(internal-users,{one.number},1)\n"
            f"exten => {one.number},1,Set(__ISTRANSFER=transfer_)\n"
            "\tsame => n,Set(__QUEUE_SRC_CHAN=)\n"
            f"\tsame => n,Goto(internal-users,{one.number},1)\n"
            f"exten => {one.number},hint,PJSIP/{one.number}&Custom:{one.number}\n"
            for one in snapshot.phones
        ]
    )


def _lines(drawn: Rendering) -> list[str]:
    return [line for file in drawn.files for line in file.text.splitlines(keepends=True)]


def _memory(draw: Callable[[], Rendering]) -> tuple[int, int]:
    """Return the size of all files and the most memory that was in use meanwhile, in bytes."""
    tracemalloc.start()
    drawn = draw()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return sum(len(file.text.encode()) for file in drawn.files), peak
