"""The module's logic, free of pages and hooks."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from .models import BlackListNumbers

PLACEHOLDER = "0000000000"
CONTEXT = "module-black-list"
REJECTED = 21
"""The cause with which a call is refused (Q.850): a provider hears “403 Forbidden”."""


class BlackListMain:
    """Everything one can do with the list."""

    def numbers(self, search: str = "") -> QuerySet[BlackListNumbers]:
        """Return the blocked numbers whose number or description holds ``search``."""
        numbers = BlackListNumbers.objects.all()
        if search:
            numbers = numbers.filter(Q(number__contains=search) | Q(description__icontains=search))
        return numbers

    def seed(self) -> None:
        """Put one number that nobody has into an empty list, so that the page shows its shape."""
        if not BlackListNumbers.objects.exists():
            BlackListNumbers.objects.create(number=PLACEHOLDER)

    def is_blocked(self, caller: str) -> bool:
        """Tell whether calls from this number are refused."""
        return BlackListNumbers.objects.filter(number=caller).exists()

    def context(self) -> str | None:
        """Return the context with an extension for each blocked number; None for an empty list.

        Asterisk finds an extension among thousands at once, so a long list costs a call nothing.
        """
        digits = {number.lstrip("+") for number in self.numbers().values_list("number", flat=True)}
        lines = [f"exten => {number},1,Hangup({REJECTED})" for number in sorted(digits)]
        return "\n".join([f"[{CONTEXT}]", *lines]) if lines else None

    def step(self) -> str:
        """Return the step of an incoming call that refuses a blocked caller.

        Only digits of what the caller sent are looked at: anything else may be an attempt to
        write dialplan.
        """
        caller = "${FILTER(0-9,${CALLERID(num)})}"
        known = f"${{DIALPLAN_EXISTS({CONTEXT},{caller},1)}}"
        return f"same => n,GosubIf($[{known}]?{CONTEXT},{caller},1)"
