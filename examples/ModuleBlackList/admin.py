"""How the numbers look among the raw records."""

from __future__ import annotations

from modules_app.sdk import ModelAdmin, register_admin

from .models import BlackListNumbers


class BlackListNumbersAdmin(ModelAdmin):
    """A list with a search field."""

    list_display = ["number", "description"]
    search_fields = ["number", "description"]


register_admin(BlackListNumbers, BlackListNumbersAdmin)
