from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0006_firewall")]

    operations = [
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("model", models.CharField(max_length=64, verbose_name="record")),
                (
                    "record_id",
                    models.CharField(max_length=200, verbose_name="id of the record"),
                ),
                ("action", models.CharField(max_length=16, verbose_name="kind")),
                (
                    "changed",
                    models.JSONField(blank=True, default=list, verbose_name="changed fields"),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EventCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("module_id", models.CharField(max_length=64, verbose_name="module")),
                ("id_fold", models.CharField(editable=False, max_length=64)),
                ("hook", models.CharField(max_length=64, verbose_name="hook")),
                (
                    "position",
                    models.PositiveBigIntegerField(default=0, verbose_name="dealt with up to"),
                ),
                (
                    "delivered",
                    models.PositiveBigIntegerField(default=0, verbose_name="delivered"),
                ),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="failed tries")),
                ("error", models.TextField(blank=True, verbose_name="last error")),
                (
                    "error_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last failure"),
                ),
            ],
            options={
                "verbose_name": "delivery of events",
                "verbose_name_plural": "deliveries of events",
                "ordering": ["id_fold", "hook"],
            },
        ),
        migrations.CreateModel(
            name="LostEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("module_id", models.CharField(max_length=64, verbose_name="module")),
                ("id_fold", models.CharField(editable=False, max_length=64)),
                ("hook", models.CharField(max_length=64, verbose_name="hook")),
                ("event_id", models.PositiveBigIntegerField(default=0, verbose_name="event")),
                ("payload", models.JSONField(default=dict, verbose_name="payload")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="given up at")),
            ],
            options={
                "verbose_name": "lost event",
                "verbose_name_plural": "lost events",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="eventcursor",
            constraint=models.UniqueConstraint(
                fields=("id_fold", "hook"), name="one_cursor_per_hook"
            ),
        ),
    ]
