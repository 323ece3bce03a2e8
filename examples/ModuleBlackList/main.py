"""The module's logic, free of pages and hooks."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from .models import BlackListNumbers

PLACEHOLDER = "0000000000"


class BlackListMain:
    """Everything one can do with the list."""

    def numbers(self, search: str = "") -> QuerySet[BlackListNumbers]:
        """Return the blocked numbers whose number or description holds ``search``."""
        numbers = BlackListNumbers.objects.all()
        if search:
            numbers = numbers.filter(
                Q(number__contains=search) | Q(description__icontains=search)
            )
        return numbers

    def seed(self) -> None:
        """Put one number that nobody has into an empty list, so that the page shows its shape."""
        if not BlackListNumbers.objects.exists():
            BlackListNumbers.objects.create(number=PLACEHOLDER)

    def is_blocked(self, caller: str) -> bool:
        """Tell whether calls from this number are refused."""
        return BlackListNumbers.objects.filter(number=caller).exists()
