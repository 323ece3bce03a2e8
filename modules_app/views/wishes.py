"""What a person asks for over several modules, read from a form or an address (U2.3 rule 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from modules_app.domain.batches import Mode
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb

BATCH_VERBS = (Verb.INSTALL, Verb.UPGRADE, Verb.ENABLE, Verb.DISABLE, Verb.REMOVE)

_MOST = 2000
"""Modules in one wish; a form may be written by anybody."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One verb over modules and waiting packages, and how it is to be done.

    ``offered`` are the steps that could be left out when the person last saw the plan, ``ticked``
    those of them that they want.
    """

    verb: Verb
    ids: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    enable: bool = False
    cascade: bool = False
    keep_data: bool = True
    force: bool = False
    mode: Mode = Mode.STOP
    offered: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()

    @property
    def without(self) -> tuple[str, ...]:
        """Return the ids of the steps that are to be left out."""
        wanted = {fold_id(one) for one in self.ticked}
        return tuple(one for one in self.offered if fold_id(one) not in wanted)

    @property
    def installs(self) -> bool:
        """Tell whether packages are brought in."""
        return self.verb in (Verb.INSTALL, Verb.UPGRADE)


def read_wish(request: HttpRequest) -> Wish | None:
    """Return what is asked for, None without a known verb or without modules and packages.

    Letting others be disabled along with it is always one change: all or none.
    """
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("verb") not in BATCH_VERBS:
        return None
    wish = _wish(sent, cascade=sent.get("cascade") == "1")
    return wish if wish.ids or wish.uploads else None


def _wish(sent: QueryDict, *, cascade: bool) -> Wish:
    return Wish(
        verb=Verb(sent["verb"]),
        ids=_some(sent, "id"),
        uploads=tuple(_uuids(_some(sent, "upload"))),
        enable=sent.get("enable") == "1",
        cascade=cascade,
        keep_data=sent.get("data", "keep") != "delete",
        force=sent.get("force") == "1",
        mode=Mode.TOGETHER if cascade else _mode(sent.get("mode", "")),
        offered=_some(sent, "offered"),
        ticked=_some(sent, "with"),
    )


def plan_address(verb: Verb, *, ids: Iterable[str] = (), uploads: Iterable[str] = ()) -> str:
    """Return the address of the plan page for this verb over these modules and packages."""
    query = [("verb", str(verb)), *(("id", one) for one in ids), *(("upload", u) for u in uploads)]
    return f"{reverse('batch-plan')}?{urlencode(query)}"


def _some(sent: QueryDict, name: str) -> tuple[str, ...]:
    """Return the words in a field, each once and in their order.

    Check boxes send one each; pages join many of them with blanks, for a form may have only so many
    fields.
    """
    words = " ".join(sent.getlist(name)).split()
    return tuple(dict.fromkeys(word[:100] for word in words))[:_MOST]


def _uuids(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        try:
            yield str(UUID(text))
        except ValueError:
            continue


def _mode(text: str) -> Mode:
    return Mode(text) if text in set(Mode) else Mode.STOP
