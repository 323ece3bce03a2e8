"""What one row of the table of hooks says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HookKind(StrEnum):
    """What the answer of a hook means."""

    TEXT = "text"  # lines for a generated file, in the order of priorities
    MAP = "map"  # one value per module; empty ones are left out
    MUTATE = "mutate"  # the hook changes its first argument
    VETO = "veto"  # exactly False refuses; everything else lets it go on (reference M3.1)
    NOTIFY = "notify"  # the answer does not matter
    FIRST = "first"  # the first answer that is not empty wins


class Interface(StrEnum):
    """The seeds' five interfaces of a configuration class."""

    SYSTEM = "System"
    REST = "RestAPI"
    WEB = "WebUI"
    CDR = "CDR"
    ASTERISK = "Asterisk"


class Surface(StrEnum):
    """Where a hook's result lands."""

    OPERATION = "operation"
    SIDEBAR = "sidebar"
    PAGES = "pages"
    BLOCKS = "blocks"
    FORMS = "forms"
    RIGHTS = "rights"
    REST = "rest"
    EVENTS = "events"
    CRON = "cron"
    WORKERS = "workers"
    FIREWALL = "firewall"
    FAIL2BAN = "fail2ban"
    NGINX = "nginx"
    ORDER = "order"
    CALLS = "calls"
    DIALPLAN = "dialplan"
    PJSIP = "pjsip"
    ASTERISK = "asterisk"
    NETWORK = "network"


class Value(StrEnum):
    """The shapes of arguments and answers; ``OBJECT`` stands for a class of the SDK."""

    NONE = "None"
    TEXT = "str"
    NUMBER = "int"
    BOOL = "bool"
    LIST = "list"
    DICT = "dict"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a hook; ``type`` is how Python writes it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class HookSpec:
    """One named point where a module plugs in; ``seed_name`` is the seeds' spelling.

    ``called`` is False where nothing here calls it, and ``reason`` says why. A ``collected`` hook
    is asked when the module is switched on or asks for it, and its answer is stored as a row;
    any other is asked at the moment when something happens. A ``keyed`` one has arguments, so it
    is asked once for each record that it is about, and again when that record changes (see
    `modules_app.hooks.questions`). ``returns`` are the shapes that an answer may have, None
    besides.
    """

    name: str
    seed_name: str
    interface: Interface
    kind: HookKind
    surface: Surface
    docs: str
    arguments: tuple[Argument, ...] = ()
    returns: tuple[Value, ...] = ()
    reference: str = ""
    since: str = "1.0"
    called: bool = True
    reason: str = ""
    collected: bool = False
    keyed: bool = False

    @property
    def signature(self) -> str:
        """Return the arguments as a method of the configuration class takes them."""
        return ", ".join(["self", *(argument.name for argument in self.arguments)])


def arguments(*pairs: str) -> tuple[Argument, ...]:
    """Return arguments from texts as ``"menu: Menu"``."""
    return tuple(Argument(*(part.strip() for part in pair.split(":", 1))) for pair in pairs)
