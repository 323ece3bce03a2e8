"""API keys from the console: ``module token new|list|revoke``."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table, say
from modules_app.exceptions import NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.api_keys import key_record, key_state, list_keys
from modules_app.services.api_keys import create_key, revoke_key


def token(args: Any) -> int:
    """Do what is asked for."""
    return {"new": _new, "list": _list, "revoke": _revoke}[args.what](args)


def _new(args: Any) -> int:
    """Make a key and print it: on stdout stands nothing else, so that it can go into a file."""
    made = create_key(
        actor=actor(),
        owner=_owner(args.user),
        name=_named(args),
        scopes=args.scope,
        networks=args.network,
        days=args.days,
    )
    if args.json:
        print_json({**key_record(made.token), "key": made.key})
        return 0
    say(gettext("This is the only time that the key is shown:"))
    sys.stdout.write(made.key + "\n")
    return 0


def _list(args: Any) -> int:
    keys = list(list_keys())
    if args.json:
        print_json({"keys": [key_record(one) for one in keys]})
        return 0
    heads = ("Name", "Begins", "Owner", "Scopes", "Ends", "Last used", "State")
    print_table(
        [gettext(head) for head in heads],
        (
            (
                one.name,
                one.shown,
                one.owner.get_username() if one.owner else "-",
                " ".join(one.scopes),
                f"{one.expires_at:%Y-%m-%d}" if one.expires_at else "-",
                f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "-",
                key_state(one),
            )
            for one in keys
        ),
    )
    return 0


def _revoke(args: Any) -> int:
    ended = revoke_key(actor=actor(), name=_named(args))
    if args.json:
        print_json(key_record(ended))
    else:
        sys.stdout.write(gettext("The key {name} no longer works.").format(name=ended.name) + "\n")
    return 0


def _named(args: Any) -> str:
    if not args.name:
        raise Refused("key-name-missing", _("Say which key is meant by its name."))
    return str(args.name)


def _owner(name: str) -> Any:
    if not name:
        return None
    found = get_user_model().objects.filter(username=name, is_active=True).first()
    if found is None:
        raise NotFound(
            "user-not-found",
            _("There is no user “{name}”."),
            context={"name": name},
            hint=_("Names are written exactly as at the login."),
        )
    return found
