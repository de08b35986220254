"""Settings of a worker whose queue hands out again after three seconds what was not done by then."""

from config.settings import *  # noqa: F403 settings are what they are but for one
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS as _PATIENT

CELERY_BROKER_TRANSPORT_OPTIONS = _PATIENT | {
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
