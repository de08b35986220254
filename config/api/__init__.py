"""What holds for every API of the house: JSON, errors, paging. Wired through the settings of Django REST framework.

Views, the OpenAPI document and health live in modules of their own: the settings name what is imported here
before Django REST framework itself is ready.
"""

from config.api.paging import KeysetPagination
from config.api.parsing import ExactJSONParser
from config.api.problems import problem_response
from config.api.rendering import JSONFirst, OrjsonRenderer
from config.api.throttling import RequestThrottle

__all__ = [
    "ExactJSONParser",
    "JSONFirst",
    "KeysetPagination",
    "OrjsonRenderer",
    "RequestThrottle",
    "problem_response",
]
