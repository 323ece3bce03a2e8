"""Reserved in the chain."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Nothing yet."""

    dependencies = [("modules_app", "0012_freepbx_hooks")]

    operations: list[object] = []
