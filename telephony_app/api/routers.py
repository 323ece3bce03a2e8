"""One router for each kind of telephone record: list, show, add, change, delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import create_model

from modules_app.api.answers import ROOT, ApiRequest
from modules_app.api.gate import proven
from modules_app.api.schemas import Error
from modules_app.domain.api_keys import Scope
from telephony_app.api import schemas
from telephony_app.services.kinds import (
    RecordKind,
    kind_of,
    list_records,
    show_record,
    show_secret,
)

MOST = 1_000
_FOUND_NOTHING = {403: Error, 404: Error}
_REFUSED = {**_FOUND_NOTHING, 409: Error, 422: Error}


def router_of(name: str, asked: type[Any], shown: type[Any]) -> Router:
    """Return the router of one kind; ``asked`` is what is sent, ``shown`` what comes back."""
    kind = kind_of(name)
    router = Router(tags=["telephony"])
    _add_reading(router, kind, shown)
    if kind.create is not None:
        _add_creating(router, kind, asked, shown)
    _add_changing(router, kind, asked, shown)
    if kind.delete is not None:
        _add_deleting(router, kind)
    if kind.secret:
        _add_secret(router, kind)
    return router


def _named(verb: str, kind: RecordKind) -> str:
    return f"{verb}_{kind.name}".replace("-", "_")


def _add_reading(router: Router, kind: RecordKind, shown: type[Any]) -> None:
    plural = kind.plural.replace("-", "_")
    listed: Any = create_model(
        f"{shown.__name__.removesuffix('Out')}List",
        __base__=Schema,
        __doc__=f"Some of the {kind.plural}, and how many there are in all.",
        **{plural: (list[shown], ...), "count": (int, ...)},
    )

    def read_all(
        request: ApiRequest,
        search: str = Query("", max_length=100),
        offset: int = Query(0, ge=0, le=10_000_000),
        limit: int = Query(100, ge=1, le=MOST),
    ) -> dict[str, Any]:
        actor = request.caller.acting_in(Scope.VIEW_TELEPHONY)
        rows, count = list_records(
            actor=actor, kind=kind, search=search, offset=offset, limit=limit
        )
        return {plural: rows, "count": count}

    def read_one(request: ApiRequest, key: str) -> dict[str, Any]:
        actor = request.caller.acting_in(Scope.VIEW_TELEPHONY)
        return show_record(actor=actor, kind=kind, key=key)

    read_all.__name__, read_one.__name__ = f"list_{plural}", _named("show", kind)
    router.get("", url_name=kind.plural, response={200: listed, 403: Error, 422: Error},
               summary=f"List {kind.plural}")(read_all)  # fmt: skip
    router.get("/{str:key}", url_name=kind.name, response={200: shown, **_FOUND_NOTHING},
               summary=f"Show one by its {kind.key}")(read_one)  # fmt: skip


def _add_creating(router: Router, kind: RecordKind, asked: type[Any], shown: type[Any]) -> None:
    create = kind.create

    def add(request: ApiRequest, response: HttpResponse, record: Any) -> Status:
        actor = request.caller.acting_in(Scope.CHANGE_TELEPHONY)
        row = create(actor=actor, values=record.values()) if create else None
        shape = kind.shape(row)
        response["Location"] = f"{ROOT}{kind.plural}/{shape[kind.key]}"
        return Status(201, shape)

    add.__name__ = _named("add", kind)
    add.__annotations__["record"] = asked
    router.post("", url_name=kind.plural, response={201: shown, **_REFUSED},
                summary=f"Add to the {kind.plural}")(add)  # fmt: skip


def _add_changing(router: Router, kind: RecordKind, asked: type[Any], shown: type[Any]) -> None:
    def change(request: ApiRequest, key: str, record: Any) -> dict[str, Any]:
        actor = request.caller.acting_in(Scope.CHANGE_TELEPHONY)
        row = kind.change(
            actor=actor,
            record_id=kind.find(key).pk,
            values=record.values(),
            revision=record.revision,
        )
        return kind.shape(row)

    change.__name__ = _named("change", kind)
    change.__annotations__["record"] = asked
    router.patch("/{str:key}", url_name=kind.name, response={200: shown, **_REFUSED},
                 summary=f"Change one by its {kind.key}")(change)  # fmt: skip


def _add_deleting(router: Router, kind: RecordKind) -> None:
    delete = kind.delete

    def remove(
        request: ApiRequest,
        key: str,
        revision: int | None = Query(None, ge=0, le=2_000_000_000),
        anyway: bool = False,
    ) -> Status:
        actor = request.caller.acting_in(Scope.CHANGE_TELEPHONY)
        if delete is not None:
            record_id = kind.find(key).pk
            more = {} if kind.name == "ari-user" else {"anyway": anyway}
            delete(actor=actor, record_id=record_id, revision=revision, **more)
        return Status(204, None)

    remove.__name__ = _named("delete", kind)
    router.delete("/{str:key}", url_name=kind.name, response={204: None, **_REFUSED},
                  summary=f"Delete one by its {kind.key}")(remove)  # fmt: skip


def _add_secret(router: Router, kind: RecordKind) -> None:
    def secret(request: ApiRequest, key: str) -> dict[str, str]:
        actor = proven(request, Scope.CHANGE_TELEPHONY)
        return {"secret": show_secret(actor=actor, kind=kind, key=key)}

    secret.__name__ = _named("secret_of", kind)
    router.get("/{str:key}/secret", url_name=f"{kind.name}-secret",
               response={200: schemas.Secret, **_FOUND_NOTHING},
               summary="Show the password")(secret)  # fmt: skip


extensions = router_of("extension", schemas.ExtensionIn, schemas.ExtensionOut)
providers = router_of("provider", schemas.ProviderIn, schemas.ProviderOut)
incoming_routes = router_of("incoming-route", schemas.IncomingRouteIn, schemas.IncomingRouteOut)
outgoing_routes = router_of("outgoing-route", schemas.OutgoingRouteIn, schemas.OutgoingRouteOut)
codecs = router_of("codec", schemas.CodecIn, schemas.CodecOut)
ami_users = router_of("ami-user", schemas.ManagerUserIn, schemas.ManagerUserOut)
ari_users = router_of("ari-user", schemas.AriUserIn, schemas.AriUserOut)
dialplan_applications = router_of(
    "dialplan-application", schemas.ApplicationIn, schemas.ApplicationOut
)
