"""How often a surface failed in a row."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A counter from which the pause before the next try follows."""

    dependencies = [("modules_app", "0013_first_run")]

    operations = [
        migrations.AddField(
            model_name="surfacestate",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="failures in a row"),
        ),
    ]
