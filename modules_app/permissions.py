"""Who may do what. Services ask here; a hidden button is no protection (reference W04)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.exceptions import NotAllowed
from modules_app.exceptions import gettext_noop as _


class Right(StrEnum):
    """The four rights, each a Django permission ``modules_app.<right>_module``."""

    VIEW = "view"
    OPERATE = "operate"
    INSTALL = "install"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asked, from where, with which rights.

    ``session`` is the public name of the session, ``proof_age`` the seconds since its person last
    typed the password; both are empty where there is no session.
    """

    name: str
    channel: str
    rights: frozenset[Right]
    address: str = ""
    session: str = ""
    proof_age: int | None = None

    @classmethod
    def of_user(
        cls,
        user: Any,
        channel: str = "web",
        *,
        address: str = "",
        session: str = "",
        proof_age: int | None = None,
    ) -> Actor:
        """Return the actor for a Django user."""
        rights = frozenset(r for r in Right if user.has_perm(f"modules_app.{r}_module"))
        return cls(user.get_username(), channel, rights, address, session, proof_age)

    @classmethod
    def system(cls, channel: str = "cli", name: str = "system") -> Actor:
        """Return the actor with every right: the command line and the operator itself."""
        return cls(name=name, channel=channel, rights=frozenset(Right))


def require(actor: Actor, right: Right) -> None:
    """Raise ``NotAllowed`` unless the actor has the right."""
    if right not in actor.rights:
        raise NotAllowed(
            "not-allowed",
            _("“{actor}” may not do this: the right “{right}” is missing."),
            context={"actor": actor.name, "right": str(right)},
            hint=_("Ask an administrator to grant the right in the raw records of users."),
        )
