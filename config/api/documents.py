"""The description of the API: as a document for machines, and to read and try in a browser."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.rendering import OrjsonRenderer
from markets.door.address import Door


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of this version, in English. Made once: it changes with the code alone."""
    with translation.override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


class OpenApiView(Door):
    """The OpenAPI document."""

    schema = None

    def get(self, request: Request) -> Response:  # noqa: ARG002 DRF's signature
        """As application/json, which every tool reads."""
        return Response(openapi_document())


class SwaggerView(SpectacularSwaggerSplitView):
    """The OpenAPI document to read and try: files of our own only, no script or style inside the page."""

    schema = None
    url_name = "api_itself:openapi"
    template_name = "api/swagger.html"
    renderer_classes = [*SpectacularSwaggerSplitView.renderer_classes, OrjsonRenderer]
    authentication_classes = ()
    permission_classes = ()
