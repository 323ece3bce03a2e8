"""The typed settings over REST."""

from __future__ import annotations

from typing import Any

from ninja import Router

from modules_app.api.answers import ApiRequest
from modules_app.api.gate import proven
from modules_app.api.schemas import Changed, Error, Settings, SettingsIn
from modules_app.domain.api_keys import Scope
from modules_app.domain.settings import SETTINGS
from modules_app.selectors.settings import all_settings
from modules_app.services.settings import write_settings

router = Router(tags=["settings"])


@router.get("", url_name="settings", response={200: Settings, 403: Error})
def read_settings(request: ApiRequest) -> dict[str, Any]:
    """Every typed setting with its value."""
    request.caller.acting_in(Scope.SETTINGS)
    values = all_settings()
    return {"settings": {key: values[key] for key in SETTINGS}}


@router.patch("", url_name="settings", response={200: Changed, 403: Error, 422: Error})
def change_settings(request: ApiRequest, asked: SettingsIn) -> dict[str, Any]:
    """Store the settings that are sent; all of them or none."""
    actor = proven(request, Scope.SETTINGS)
    return {"changed": write_settings(actor=actor, values=asked.settings)}
