from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0003_trust")]

    operations = [
        migrations.AddField(
            model_name="hookresult",
            name="priority",
            field=models.IntegerField(default=10000, verbose_name="priority"),
        ),
        migrations.AddField(
            model_name="hookresult",
            name="answer",
            field=models.JSONField(blank=True, null=True, verbose_name="last answer"),
        ),
        migrations.AddField(
            model_name="hookresult",
            name="answered_generation",
            field=models.CharField(
                blank=True, max_length=40, verbose_name="answer of generation"
            ),
        ),
    ]
