"""Which module is running: set by whoever calls module code, read by the rest of the SDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What a module may know of itself. ``code`` is its own folder and cannot be written to."""

    id: str
    label: str
    version: str
    contract: str
    code: Path
    release: str
    titles: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address of the module's first page."""
        return f"/m/{self.id}/"

    def title(self, language: str) -> str:
        """Return the module's name in ``language``, else in English, else its id."""
        return self.titles.get(language) or self.titles.get("en") or self.id


_current: ContextVar[ModuleFacts | None] = ContextVar("pbx_module", default=None)


@contextmanager
def running(facts: ModuleFacts) -> Iterator[ModuleFacts]:
    """Say that code of this module runs inside the block."""
    token = _current.set(facts)
    try:
        yield facts
    finally:
        _current.reset(token)


def current_module() -> ModuleFacts:
    """Return the running module; `RuntimeError` outside of module code."""
    facts = _current.get()
    if facts is None:
        raise RuntimeError("No module is running here; call this from a view, hook or installer.")
    return facts


def running_module() -> ModuleFacts | None:
    """Return the running module or None."""
    return _current.get()
