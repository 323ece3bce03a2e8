import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("modules_app", "0005_surfaces"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fail2BanSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("max_retry", models.PositiveIntegerField(default=20, verbose_name="attempts")),
                (
                    "find_time",
                    models.PositiveIntegerField(default=600, verbose_name="within seconds"),
                ),
                (
                    "ban_time",
                    models.PositiveIntegerField(default=600, verbose_name="banned for seconds"),
                ),
                (
                    "white_list",
                    models.JSONField(
                        blank=True, default=list, verbose_name="addresses never banned"
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of fail2ban",
                "verbose_name_plural": "settings of fail2ban",
            },
        ),
        migrations.CreateModel(
            name="FirewallTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(verbose_name="rules before")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("started_by", models.CharField(max_length=150, verbose_name="started by")),
            ],
            options={
                "verbose_name": "trial of firewall rules",
                "verbose_name_plural": "trials of firewall rules",
            },
        ),
        migrations.CreateModel(
            name="NetworkFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="description")),
                ("permit", models.JSONField(default=list, verbose_name="permitted addresses")),
                (
                    "deny",
                    models.JSONField(
                        blank=True, default=list, verbose_name="addresses left out"
                    ),
                ),
                ("priority", models.IntegerField(default=100, verbose_name="priority")),
                ("is_local", models.BooleanField(default=False, verbose_name="local network")),
                (
                    "never_block",
                    models.BooleanField(default=False, verbose_name="never banned"),
                ),
            ],
            options={
                "verbose_name": "network",
                "verbose_name_plural": "networks",
                "ordering": ["priority", "id"],
            },
        ),
        migrations.CreateModel(
            name="FirewallRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "module_id",
                    models.CharField(blank=True, max_length=64, verbose_name="module"),
                ),
                ("category", models.CharField(max_length=40, verbose_name="category")),
                ("description", models.CharField(max_length=100, verbose_name="rule")),
                (
                    "protocol",
                    models.CharField(
                        choices=[("tcp", "tcp"), ("udp", "udp"), ("icmp", "icmp")],
                        max_length=4,
                        verbose_name="protocol",
                    ),
                ),
                (
                    "port_from",
                    models.PositiveIntegerField(default=0, verbose_name="first port"),
                ),
                ("port_to", models.PositiveIntegerField(default=0, verbose_name="last port")),
                (
                    "port_from_key",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="setting of the first port"
                    ),
                ),
                (
                    "port_to_key",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="setting of the last port"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("allow", "allow"), ("block", "block")],
                        max_length=5,
                        verbose_name="action",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="modules_app.networkfilter",
                        verbose_name="network",
                    ),
                ),
            ],
            options={
                "verbose_name": "firewall rule",
                "verbose_name_plural": "firewall rules",
                "ordering": ["network", "module_id", "category", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("network", "module_id", "category", "description"),
                        name="one_decision_per_rule",
                    )
                ],
            },
        ),
    ]
