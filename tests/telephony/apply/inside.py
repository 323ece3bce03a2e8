"""What runs inside a case of the tests that kill: a wish to apply, and the look after a start."""

from __future__ import annotations

from typing import Any

from modules_app.models import PbxSetting, SurfaceState
from modules_app.operator.surfaces import refresh
from modules_app.permissions import Actor
from telephony_app.models import ApplyRequest, Extension, SipAccount
from telephony_app.selectors.apply import waiting
from telephony_app.services.apply import apply_now
from telephony_app.surface.asterisk import AsteriskSurface

NAME = "asterisk"


def change(payload: dict[str, Any]) -> None:
    """Add a phone, ask for applying, and look as the operator does."""
    values = {"value": str(payload["port"])}
    PbxSetting.objects.update_or_create(key="AMIPort", defaults=values)
    made = Extension.objects.create(number=payload["number"], name="Phone")
    SipAccount.objects.create(extension=made, secret="a-long-secret-of-tests")
    apply_now(actor=Actor.system(channel="web", name="boss"))
    refresh(None, [NAME])  # type: ignore[arg-type]


def look(_payload: dict[str, Any]) -> dict[str, Any]:
    """Look as the operator does after its start, if anything is due; say how it stands then."""
    if AsteriskSurface().is_due():
        refresh(None, [NAME])  # type: ignore[arg-type]
    state = SurfaceState.objects.get(name=NAME)
    return {
        "problem": state.problem,
        "requests": list(ApplyRequest.objects.order_by("id").values_list("state", flat=True)),
        "waits": waiting() is not None,
    }
