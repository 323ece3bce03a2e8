"""What a FreePBX descriptor says of menu items, their rights, and first-run steps."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

GRANTS = ["authenticate", "core-assets", "public-routes", "public-pages"]


class Migration(migrations.Migration):
    """Every attribute of a menu item, a right for each, and how far first-run steps got."""

    dependencies = [("modules_app", "0011_purged_columns")]

    operations = [
        migrations.CreateModel(
            name="FirstRun",
            fields=[
                (
                    "module",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="first_run",
                        serialize=False,
                        to="modules_app.module",
                    ),
                ),
                ("method", models.CharField(max_length=100, verbose_name="method")),
                ("complete", models.BooleanField(default=False, verbose_name="complete")),
                ("note", models.JSONField(blank=True, null=True, verbose_name="note")),
                (
                    "actor",
                    models.CharField(blank=True, max_length=150, verbose_name="left out by"),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "first-run step",
                "verbose_name_plural": "first-run steps",
                "ordering": ["module_id"],
            },
        ),
        migrations.AddField(
            "menuitem",
            "link",
            models.CharField(blank=True, max_length=2000, verbose_name="link to another site"),
        ),
        migrations.AddField(
            "menuitem",
            "target",
            models.CharField(blank=True, max_length=32, verbose_name="target of the link"),
        ),
        migrations.AddField(
            "menuitem",
            "everyone",
            models.BooleanField(default=False, verbose_name="for everybody who is logged in"),
        ),
        migrations.AddField(
            "menuitem",
            "own_right",
            models.BooleanField(default=False, verbose_name="has a right of its own"),
        ),
        migrations.AddField(
            "menuitem",
            "public",
            models.BooleanField(default=False, verbose_name="asks to be open without a login"),
        ),
        migrations.AddField(
            "menuitem",
            "needs_engine",
            models.BooleanField(default=False, verbose_name="needs Asterisk"),
        ),
        migrations.AddField(
            "menuitem", "beta", models.BooleanField(default=False, verbose_name="beta")
        ),
        migrations.AddField(
            "moduleright",
            "item",
            models.CharField(blank=True, max_length=100, verbose_name="menu item that it is for"),
        ),
        migrations.AlterField(
            "modulegrant",
            "right",
            models.CharField(
                choices=[(grant, grant) for grant in GRANTS], max_length=40, verbose_name="grant"
            ),
        ),
    ]
