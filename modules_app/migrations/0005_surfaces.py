from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0004_hook_answers")]

    operations = [
        migrations.CreateModel(
            name="CustomFile",
            fields=[
                (
                    "path",
                    models.CharField(
                        max_length=200, primary_key=True, serialize=False, verbose_name="file"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("append", "add below what is generated"),
                            ("override", "use instead of what is generated"),
                        ],
                        max_length=12,
                        verbose_name="mode",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "changed_by",
                    models.CharField(blank=True, max_length=150, verbose_name="changed by"),
                ),
            ],
            options={
                "verbose_name": "custom file",
                "verbose_name_plural": "custom files",
                "ordering": ["path"],
            },
        ),
        migrations.CreateModel(
            name="SurfaceState",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="name"
                    ),
                ),
                (
                    "digest",
                    models.CharField(blank=True, max_length=64, verbose_name="applied digest"),
                ),
                (
                    "asked_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="digest asked for"),
                ),
                (
                    "files",
                    models.JSONField(blank=True, default=list, verbose_name="applied files"),
                ),
                (
                    "applied_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="applied"),
                ),
                (
                    "looked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last look"),
                ),
                (
                    "complaints",
                    models.JSONField(blank=True, default=list, verbose_name="complaints"),
                ),
                ("notes", models.JSONField(blank=True, default=list, verbose_name="notes")),
                ("problem", models.JSONField(blank=True, null=True, verbose_name="problem")),
                (
                    "asked",
                    models.BooleanField(default=False, verbose_name="a look is asked for"),
                ),
                (
                    "looking",
                    models.BooleanField(default=False, verbose_name="a look is under way"),
                ),
                (
                    "again",
                    models.BooleanField(
                        default=False, verbose_name="everything is to be done again"
                    ),
                ),
            ],
            options={
                "verbose_name": "generated configuration",
                "verbose_name_plural": "generated configuration",
                "ordering": ["name"],
            },
        ),
    ]
