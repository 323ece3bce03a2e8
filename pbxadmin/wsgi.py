"""The WSGI application of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxadmin.settings.web")
application = get_wsgi_application()
