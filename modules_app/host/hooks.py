"""The internal call by which web and operator ask the loaded modules (design 3).

``POST /_hooks/<name>`` on the private socket: one hook of one module, JSON both ways.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from modules_app.bridge.names import COLLECT
from modules_app.bridge.statement import META_KEY, BadStatement, read
from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.domain.destinations import DESTINATIONS
from modules_app.host.asking import ask
from modules_app.host.between import answer_between
from modules_app.host.destinations import destinations
from modules_app.host.first_run import FIRST_RUN, first_run
from modules_app.host.loader import LoadedModule, current_result
from modules_app.host.marker import Doing, marked
from modules_app.host.references import references_to_many
from modules_app.host.remote import BETWEEN
from modules_app.host.stored import stored_answer
from modules_app.host.user import StatementUser
from modules_app.sdk.context import running


@csrf_exempt
def hook(request: HttpRequest, name: str) -> HttpResponseBase:
    """Ask one module; the body holds "module", "arguments", "language" and "seconds".

    With a statement the hook knows the person who reads the page.
    """
    try:
        asked = json.loads(request.body)
        loaded = current_result().loaded.get(asked["module"])
        seconds = float(asked["seconds"])
        _set_user(request)
    except (ValueError, KeyError, TypeError, BadStatement) as error:
        return HttpResponseBadRequest(str(error))
    if loaded is None or loaded.conf is None:
        return JsonResponse({"ok": False, "error": "not-loaded"}, status=404)
    with translation.override(asked.get("language") or settings.LANGUAGE_CODE):
        return JsonResponse(_ask(loaded, name, asked.get("arguments") or {}, seconds, request))


def _ask(
    loaded: LoadedModule,
    name: str,
    arguments: dict[str, Any],
    seconds: float,
    request: HttpRequest,
) -> dict[str, Any]:
    given = {**arguments, "request": request}
    with marked(loaded.module.id, Doing.HOOK), running(loaded.facts):
        if name == BETWEEN:
            return answer_between(loaded, arguments, seconds)
        if name == FIRST_RUN:
            return first_run(loaded, seconds)
        if name == DESTINATIONS:
            return destinations(loaded, seconds)
        if name == COLLECT:
            return stored_answer(loaded, arguments, seconds)
        if name == CORE_REFERENCES and "ids" in arguments.get("question", ()):
            return references_to_many(loaded, arguments["question"], seconds)
        return ask(loaded.conf, loaded.facts, name, given, seconds=seconds)


def _set_user(request: HttpRequest) -> None:
    token = request.META.get(META_KEY, "")
    statement = read(token, settings.PBX_STATEMENT_KEY) if token else None
    request.user = StatementUser(statement) if statement else AnonymousUser()  # type: ignore[assignment]
