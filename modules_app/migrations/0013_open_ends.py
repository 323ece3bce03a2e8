"""How often a surface failed in a row, which modules have a page, captions of rights."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from modules_app.domain.pages import has_page


def find_pages(apps: Any, _editor: Any) -> None:
    """Fill the new column from what the packages say."""
    rows = apps.get_model("modules_app", "Module").objects
    for module in rows.only("id", "facts").iterator():
        rows.filter(pk=module.pk).update(has_page=has_page(module.facts))


class Migration(migrations.Migration):
    """The counter gives the pause before the next try, the column whether there is a way in."""

    dependencies = [("modules_app", "0012_first_run")]

    operations = [
        migrations.AddField(
            model_name="surfacestate",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="failures in a row"),
        ),
        migrations.AddField(
            model_name="module",
            name="has_page",
            field=models.BooleanField(
                default=True, editable=False, verbose_name="has a page to open"
            ),
        ),
        migrations.AddField(
            model_name="moduleright",
            name="captions",
            field=models.JSONField(blank=True, default=dict, verbose_name="captions by language"),
        ),
        migrations.RunPython(find_pages, migrations.RunPython.noop),
    ]
