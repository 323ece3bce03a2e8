"""What a request to a module's REST brings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from modules_app.domain.json_text import TooDeep, read_json_text
from modules_app.sdk.rest import RestError

_JSON = "application/json"


def body_of(request: HttpRequest) -> Any:
    """Return the body: JSON, or the fields of a form. Raises `RestError` for anything else."""
    if request.content_type != _JSON:
        return request.POST.dict()
    if not request.body:
        return {}
    try:
        return read_json_text(request.body)
    except TooDeep:
        raise RestError(400, _("The JSON is nested too deeply.")) from None
    except ValueError:
        raise RestError(400, _("The body is no JSON.")) from None


def callback_request(request: HttpRequest, module_id: str, action: str) -> dict[str, Any]:
    """Return a request as ``module_rest_api_callback`` gets it (reference M6.4).

    ``data`` holds query and body together, ``input`` the body as it came; ``request`` is Django's,
    for what the seeds' modules take from elsewhere.
    """
    text = _text(request)
    sent = body_of(request)
    fields = sent if isinstance(sent, dict) else {}
    return {
        "action": action,
        "module": module_id,
        "data": {**request.GET.dict(), **fields},
        "input": text,
        "REQUEST_METHOD": str(request.method),
        "request": request,
    }


def _text(request: HttpRequest) -> str:
    """Return the body as text; a form with files is read as a form only."""
    if request.content_type == "multipart/form-data":
        return ""
    return request.body.decode("utf-8", "replace")
