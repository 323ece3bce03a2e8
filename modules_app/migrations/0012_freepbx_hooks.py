"""Reserved in the chain."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Nothing yet."""

    dependencies = [("modules_app", "0011_purged_columns")]

    operations: list[object] = []
