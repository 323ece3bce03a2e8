"""Records whose changes modules are told of: row and event are stored together (M5.5)."""

from __future__ import annotations

from typing import Any

from django.db import models, router, transaction


class WatchedModel(models.Model):
    """Saves in a transaction of its own where there is none.

    Django commits the row before it says that it is saved. A process that died between the two
    would leave a change that no module hears of. Deleting needs nothing: whatever is listened to
    is deleted in a transaction.
    """

    class Meta:
        abstract = True

    def save_base(self, *args: Any, **options: Any) -> None:
        """Store the row with what listens to `pre_save` and `post_save`: both or neither."""
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save_base(*args, **options)
