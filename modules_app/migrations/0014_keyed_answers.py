"""With which arguments a hook was asked, for those that are asked once for each record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows that are there belong to hooks without arguments, so nothing is filled in."""

    dependencies = [("modules_app", "0013_open_ends")]

    operations = [
        migrations.AddField(
            model_name="hookresult",
            name="asked_with",
            field=models.JSONField(blank=True, default=dict, verbose_name="asked with"),
        ),
    ]
