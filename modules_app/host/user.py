"""The person behind a request, as the signed statement describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class StatementUser:
    """Looks like a Django user to views, templates and the admin, but has no row here.

    Rights are the four of PBX Admin (``modules_app.operate_module`` …) and those that modules
    named (``modules_app.<id>:<right>``); whoever may operate modules has every right on the
    records of the module that is asked.
    """

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, statement: Mapping[str, Any]) -> None:
        self.pk = self.id = statement["user_id"]
        self.username: str = statement["username"]
        self.name: str = statement.get("name") or self.username
        self.is_superuser: bool = bool(statement.get("is_superuser"))
        self._rights = frozenset(statement.get("permissions", ()))
        self._page_rights = frozenset(statement.get("page_rights", ()))

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """Tell whether the admin of the module is open to this person."""
        return self.has_perm("modules_app.operate_module")

    def get_username(self) -> str:
        """Return the login name."""
        return self.username

    def get_full_name(self) -> str:
        """Return the name for greetings."""
        return self.name

    get_short_name = get_full_name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer for ``modules_app.<right>_module`` and for permissions of the module's models."""
        label, _dot, name = perm.partition(".")
        if self.is_superuser:
            return True
        if label == "modules_app":
            if ":" in name:
                return name in self._page_rights
            return name.removesuffix("_module") in self._rights
        if label == "telephony_app":
            return name in self._rights
        return label.startswith("m_") and "operate" in self._rights

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Tell whether all of the permissions are held."""
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether there is any permission on an application's records."""
        return self.has_perm(f"{app_label}.view")
