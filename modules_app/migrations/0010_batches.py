import django.db.models.deletion
from django.db import migrations, models

from modules_app.domain.batches import Mode
from modules_app.domain.states import Verb


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0009_api")]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[(verb, verb) for verb in Verb],
                        max_length=12,
                        verbose_name="operation",
                    ),
                ),
                ("actor", models.CharField(max_length=150, verbose_name="who")),
                ("channel", models.CharField(max_length=12, verbose_name="from where")),
                (
                    "mode",
                    models.CharField(
                        choices=[(mode, mode) for mode in Mode],
                        max_length=12,
                        verbose_name="mode",
                    ),
                ),
                ("plan", models.JSONField(blank=True, default=dict, verbose_name="plan")),
                (
                    "request_key",
                    models.CharField(editable=False, max_length=64, null=True, unique=True),
                ),
                ("cancel_requested", models.BooleanField(default=False)),
                ("queued_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(mode__in=list(Mode)), name="batch_mode"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="operation",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="operations",
                to="modules_app.batch",
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="place in the batch"),
        ),
    ]
