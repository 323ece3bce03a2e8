"""Who may do what. Services ask here; a hidden button is no protection (reference W04)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.exceptions import NotAllowed
from modules_app.exceptions import gettext_noop as _


class Right(StrEnum):
    """The rights: four on modules, two on the telephone part; each is a Django permission."""

    VIEW = "view"
    OPERATE = "operate"
    INSTALL = "install"
    REMOVE = "remove"
    VIEW_TELEPHONY = "view_telephony"
    CHANGE_TELEPHONY = "change_telephony"

    @property
    def permission(self) -> str:
        """Return the name of the Django permission, with its application."""
        if self in TELEPHONY:
            return f"telephony_app.{self.value}"
        return f"modules_app.{self.value}_module"


TELEPHONY = frozenset({Right.VIEW_TELEPHONY, Right.CHANGE_TELEPHONY})


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
        rights = frozenset(r for r in Right if user.has_perm(r.permission))
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
