from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0005_surfaces")]

    operations = []
