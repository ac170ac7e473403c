"""The WSGI entry that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
application = get_wsgi_application()


def settle() -> None:
    """Load what the first request would load, and keep it out of the garbage collector's rounds.

    A full round walks everything that was ever imported: 100 ms in the middle of somebody's page.
    """
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - imports every view
    gc.collect()
    gc.freeze()


settle()
