"""What a new module can be written with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modules_app.domain.fail2ban import underscored
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

FEATURES = (
    "page",
    "rest",
    "telephony",
    "worker",
    "cron",
    "firewall",
    "fail2ban",
    "nginx",
    "settings",
    "language",
    "freepbx",
)
"""Names for ``module new --with``; ``freepbx`` chooses that contract."""

_MIKOPBX_ID = re.compile(r"Module[A-Z][A-Za-z0-9]{1,50}")
_FREEPBX_ID = re.compile(r"[a-z][a-z0-9]{1,50}")


@dataclass(frozen=True, slots=True)
class Names:
    """The spellings of one id that files and texts use (reference M14)."""

    id: str

    @property
    def short(self) -> str:
        """Return ``BlackList`` of ``ModuleBlackList``, ``Hellopbx`` of ``hellopbx``."""
        return self.id.removeprefix("Module") if self.id[0].isupper() else self.id.capitalize()

    @property
    def words(self) -> list[str]:
        """Return the words of the short name: ``Black``, ``List``."""
        return re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[0-9]+", self.short)

    @property
    def kebab(self) -> str:
        """Return ``black-list``."""
        return "-".join(self.words).lower()

    @property
    def snake(self) -> str:
        """Return ``black_list``."""
        return "_".join(self.words).lower()

    @property
    def title(self) -> str:
        """Return ``Black list``."""
        return " ".join(self.words).capitalize()

    def as_dict(self) -> dict[str, str]:
        """Return what templates may use between double brackets."""
        return {
            "id": self.id,
            "short": self.short,
            "kebab": self.kebab,
            "snake": self.snake,
            "title": self.title,
            "jail": underscored(self.id),
        }


def check_choice(module_id: str, features: Sequence[str]) -> tuple[str, ...]:
    """Return the features in the table's order. Raises `Refused` for a wrong id or name."""
    for name in features:
        if name not in FEATURES:
            raise Refused(
                "no-such-feature",
                _("There is nothing called “{name}” to write a module with."),
                context={"name": name, "names": ", ".join(FEATURES)},
                hint=_("Choose among: {names}."),
            )
    pattern = _FREEPBX_ID if "freepbx" in features else _MIKOPBX_ID
    if not pattern.fullmatch(module_id):
        raise Refused(
            "id-not-usual",
            _("“{id}” is no usual id of a module."),
            context={"id": module_id},
            hint=_("ModuleBlackList for the MikoPBX contract, small letters for FreePBX."),
        )
    return tuple(name for name in FEATURES if name in features)
