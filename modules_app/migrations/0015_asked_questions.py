"""What keyed hooks were asked is kept once for all modules instead of once for each."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was kept is dropped: the modules are asked once more."""

    dependencies = [("modules_app", "0014_keyed_answers")]

    operations = [
        migrations.CreateModel(
            name="AskedQuestions",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=32, primary_key=True, serialize=False, verbose_name="name"
                    ),
                ),
                ("digests", models.TextField(verbose_name="digests")),
            ],
            options={
                "verbose_name": "asked questions",
                "verbose_name_plural": "asked questions",
                "ordering": ["name"],
            },
        ),
        migrations.RemoveField(model_name="hookresult", name="asked_with"),
        migrations.AddField(
            model_name="hookresult",
            name="asked_with",
            field=models.CharField(blank=True, max_length=32, verbose_name="asked with"),
        ),
    ]
