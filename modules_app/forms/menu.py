"""Where a module's entry stands in the sidebar (reference M12.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.domain.menu import GROUP_CAPTIONS, GROUPS


def _groups() -> list[tuple[str, str]]:
    return [(key, gettext(GROUP_CAPTIONS[key][0])) for key in GROUPS]


class PlacementForm(forms.Form):
    """Show or hide, group, caption and order of one sidebar entry."""

    shown = forms.BooleanField(label=_("Show in the sidebar"), required=False)
    group = forms.ChoiceField(label=_("Group"), choices=_groups)
    caption = forms.CharField(
        label=_("Caption"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty to use the caption of the module, in each reader's language."),
    )
    order = forms.IntegerField(
        label=_("Order"),
        min_value=-1000,
        max_value=1000,
        help_text=_("Smaller numbers stand higher within the group."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].widget.attrs["inputmode"] = "numeric"
