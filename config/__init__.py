"""Wiring: settings, addresses, the job queue and the embedded servers. No business word in it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
