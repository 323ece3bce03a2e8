"""What a person asks for over several extensions, read from a form or an address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from telephony_app.selectors.lists import Asked
from telephony_app.views.lists import read_asked

VERBS = ("on", "off", "delete")
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Wish:
    """A verb over ticked extensions, or with ``all`` over everything that matches ``asked``."""

    verb: str
    ids: tuple[int, ...] = ()
    all: bool = False
    asked: Asked = Asked()

    @property
    def search(self) -> str:
        """Return the search that decides what matches."""
        return self.asked.search

    @property
    def state(self) -> str:
        """Return the filter that decides what matches."""
        return self.asked.state


def read_wish(request: HttpRequest) -> Wish | None:
    """Return what is asked for, None without a known verb."""
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("verb") not in VERBS:
        return None
    return Wish(sent["verb"], tuple(read_ids(request)), sent.get("all") == "1", read_asked(request))


def read_ids(request: HttpRequest) -> list[int]:
    """Return the ticked records; check boxes send one each, pages join many with blanks."""
    sent = request.POST if request.method == "POST" else request.GET
    words = " ".join(sent.getlist("id")).split()
    numbers = (word for word in words if word.isascii() and word.isdigit())
    return list(dict.fromkeys(int(word) for word in numbers if len(word) <= _MOST_DIGITS))
