import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("modules_app", "0008_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "public",
                    models.CharField(max_length=8, unique=True, verbose_name="beginning"),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("scopes", models.JSONField(default=list, verbose_name="scopes")),
                (
                    "networks",
                    models.JSONField(blank=True, default=list, verbose_name="networks"),
                ),
                ("created_by", models.CharField(max_length=150, verbose_name="made by")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ends at"),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last used"),
                ),
                (
                    "last_used_from",
                    models.CharField(blank=True, max_length=45, verbose_name="last used from"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="revoked at"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("name",),
                name="one_open_key_per_name",
            ),
        ),
    ]
