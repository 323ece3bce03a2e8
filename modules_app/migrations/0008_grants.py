from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0007_events")]

    operations = []
