"""The web process: what Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only the web process keeps a pool: the forks of the worker must not share connections.
os.environ.setdefault("DATABASE_POOL_SIZE", "8")
# A page that takes longer than this has lost its reader; jobs may take their time.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "15")

application = get_wsgi_application()
