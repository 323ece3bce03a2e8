"""The form behind "Grant": which groups people of a module may get."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _


class GrantForm(forms.Form):
    """What the administrator chooses; ``groups`` counts for signing people in."""

    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        required=False,
        label=_("Groups that these people may get"),
        help_text=_(
            "Without a group they can log in and see nothing. Groups are made in the raw records."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
