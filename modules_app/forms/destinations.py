"""Choosing where a call goes, in forms of PBX Admin.

    class RouteForm(forms.Form):
        destination = DestinationField()

    form = RouteForm(request.POST or None, initial={"destination": route.destination})
    offer_destinations(form, request)

The template draws the field as any other, ``{{ form.destination.as_field_group }}``, and the page
extends ``base.html``. `modules_app.domain.destinations` says who offers what.
"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language

from modules_app.hooks.destinations import DestinationField, DestinationSelect, give
from modules_app.services.destinations import list_offers

__all__ = ["DestinationField", "DestinationSelect", "offer_destinations"]


def offer_destinations(form: forms.BaseForm, request: HttpRequest) -> None:
    """Fill every `DestinationField` of a form; call it where the form is made.

    Modules are asked now, for a second at most; one that gives no answer is named at the field.
    """
    offers = list_offers(request.user, language=get_language() or "en")
    give(form, offers, request.get_full_path())
