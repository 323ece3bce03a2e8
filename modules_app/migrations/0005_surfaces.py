from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0004_hook_answers")]

    operations = []
