"""Operations may purge what earlier versions left in a module's data."""

from __future__ import annotations

from django.db import migrations, models

from modules_app.domain.states import Verb


class Migration(migrations.Migration):
    """One more verb."""

    dependencies = [("modules_app", "0010_batches")]

    operations = [
        migrations.AlterField(
            model_name="operation",
            name="verb",
            field=models.CharField(
                choices=[(verb, verb) for verb in Verb], max_length=12, verbose_name="operation"
            ),
        ),
    ]
