import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = ["authenticate", "core-assets", "public-routes"]


class Migration(migrations.Migration):
    dependencies = [
        ("modules_app", "0007_events"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="menuitem",
            name="right",
            field=models.CharField(blank=True, max_length=120, verbose_name="right it needs"),
        ),
        migrations.AddField(
            model_name="menuitem",
            name="missing",
            field=models.BooleanField(default=False, verbose_name="its page is missing"),
        ),
        migrations.CreateModel(
            name="ModuleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[(grant, grant) for grant in GRANTS],
                        max_length=40,
                        verbose_name="grant",
                    ),
                ),
                ("granted_by", models.CharField(max_length=150, verbose_name="granted by")),
                ("granted_at", models.DateTimeField(verbose_name="granted at")),
                (
                    "groups",
                    models.ManyToManyField(blank=True, to="auth.group", verbose_name="groups"),
                ),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="modules_app.module",
                    ),
                ),
            ],
            options={
                "verbose_name": "grant to a module",
                "verbose_name_plural": "grants to modules",
                "ordering": ["module_id", "right"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("module", "right"), name="one_grant_per_module_and_right"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ModuleRight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("caption", models.CharField(max_length=200, verbose_name="caption")),
                (
                    "pages",
                    models.JSONField(blank=True, default=list, verbose_name="addresses"),
                ),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rights",
                        to="modules_app.module",
                    ),
                ),
                (
                    "permission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
            ],
            options={
                "verbose_name": "right of a module",
                "verbose_name_plural": "rights of modules",
                "ordering": ["module_id", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("module", "name"), name="module_right_name_per_module"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ModuleAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("module_id", models.CharField(max_length=64, verbose_name="module")),
                ("login", models.CharField(max_length=150, verbose_name="name at the login")),
                (
                    "home_page",
                    models.CharField(blank=True, max_length=200, verbose_name="first page"),
                ),
                ("signed_in_at", models.DateTimeField(verbose_name="signed in at")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="module_account",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "person of a module",
                "verbose_name_plural": "people of modules",
                "ordering": ["module_id", "login"],
            },
        ),
    ]
