"""An event of a deleted record says what people called it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0015_asked_questions")]

    operations = [
        migrations.AddField(
            model_name="outboxevent",
            name="name",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="name"),
        ),
    ]
