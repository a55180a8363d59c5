import os

from django.core.asgi import get_asgi_application
from starlette.routing import Mount, Router

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pottery.settings.production")

django_app = get_asgi_application()

from stockroom.main import app as stockroom  # noqa: E402

application = Router([Mount("/stockroom", stockroom), Mount("/", django_app)])
