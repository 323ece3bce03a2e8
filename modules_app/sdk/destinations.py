"""Choosing where a call goes, in forms of modules (reference F1.3, F9.6)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from modules_app.domain.destinations import DESTINATIONS, Offers
from modules_app.hooks.destinations import DestinationField, give

__all__ = ["DestinationField", "offer_destinations"]


def offer_destinations(form: forms.BaseForm, request: HttpRequest) -> None:
    """Fill every `DestinationField` of a module's form; call it where the form is made.

    Offered is what PBX Admin has and what the loaded modules of the FreePBX contract answer.
    """
    offers = getattr(request, DESTINATIONS, None)
    give(form, offers() if offers is not None else Offers(), request.get_full_path())
