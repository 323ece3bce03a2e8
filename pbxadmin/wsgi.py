"""The WSGI application of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxadmin.settings.web")
application = get_wsgi_application()

from modules_app.views.warming import warm_up  # noqa: E402 - needs the settings

warm_up()
