from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("modules_app", "0008_grants")]

    operations = []
