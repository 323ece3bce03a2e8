"""Accounts of programs: AMI and ARI users (reference M6.7)."""

from __future__ import annotations

from django.db import transaction

from modules_app.permissions import Actor
from modules_app.services.core_records import refuse_if_referred
from telephony_app.domain.passwords import new_secret
from telephony_app.domain.records import ARI_USER, MANAGER_USER
from telephony_app.domain.rights import ami_rights
from telephony_app.models import AriUser, ManagerUser
from telephony_app.services import records
from telephony_app.services.records import Values

MANAGER_LINKS = {"network_filter": records.network}
MANAGER_FIELDS = (*MANAGER_USER, *MANAGER_LINKS)
ARI_FIELDS = tuple(ARI_USER)


def create_manager_user(*, actor: Actor, values: Values) -> ManagerUser:
    """Add an AMI user; without a ``secret`` one is generated, without ``rights`` it has none.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        row = ManagerUser(rights=ami_rights({}))
        _store_manager(row, {"username": "", **values})
        records.tell(actor, "ami-user-add", row.username)
    return row


def change_manager_user(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> ManagerUser:
    """Change an AMI user; an empty ``secret`` leaves the password. Raises as the others do."""
    records.may_change(actor)
    with transaction.atomic():
        row = records.to_change(ManagerUser, record_id, revision)
        changed = _store_manager(row, values)
        records.tell(actor, "ami-user-change", row.username, changed)
    return row


def delete_manager_user(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete an AMI user. Raises as the others do."""
    records.may_change(actor)
    refuse_if_referred(kind="ami-users", record_id=record_id, anyway=anyway)
    with transaction.atomic():
        row = records.to_change(ManagerUser, record_id, revision)
        records.tell(actor, "ami-user-delete", row.username)
        row.delete()


def create_ari_user(*, actor: Actor, values: Values) -> AriUser:
    """Add an ARI user; without a ``password`` one is generated.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        row = AriUser()
        _store_ari(row, {"username": "", **values})
        records.tell(actor, "ari-user-add", row.username)
    return row


def change_ari_user(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> AriUser:
    """Change an ARI user; an empty ``password`` leaves it. Raises as the others do."""
    records.may_change(actor)
    with transaction.atomic():
        row = records.to_change(AriUser, record_id, revision)
        changed = _store_ari(row, values)
        records.tell(actor, "ari-user-change", row.username, changed)
    return row


def delete_ari_user(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete an ARI user; modules cannot refer to one. Raises as the others do."""
    records.may_change(actor)
    with transaction.atomic():
        row = records.to_change(AriUser, record_id, revision)
        records.tell(actor, "ari-user-delete", row.username)
        row.delete()


def _store_manager(row: ManagerUser, values: Values) -> list[str]:
    records.refuse_unknown(values, MANAGER_FIELDS)
    kept = row.secret
    changed = records.fill(row, values, MANAGER_USER, MANAGER_LINKS)
    row.secret = row.secret or kept or new_secret()
    records.refuse_taken(row, "username")
    row.save()
    return [name for name in changed if name != "secret" or row.secret != kept]


def _store_ari(row: AriUser, values: Values) -> list[str]:
    records.refuse_unknown(values, ARI_FIELDS)
    kept = row.password
    changed = records.fill(row, values, ARI_USER, {})
    row.password = row.password or kept or new_secret()
    records.refuse_taken(row, "username")
    row.save()
    return [name for name in changed if name != "password" or row.password != kept]
