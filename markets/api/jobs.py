"""`/jobs/{id}/`: one piece of background work, as far as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from markets.door.address import RecordView, record_parameters
from markets.door.parameters import Parameter
from markets.profiles import job_record
from markets.profiles.jobs import JobRecord

# A job that runs moves on every few seconds; asking more often tells nobody anything.
ASK_AGAIN_SECONDS: Final = 2


class JobView(RecordView):
    """One job: what it does, how far it is, made and met; while it is open, Retry-After says when to ask again."""

    record = JobRecord
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(JobRecord)
    fresh_seconds = 0
    is_open: bool = False

    def found(self, **codes: Any) -> JobRecord:
        """The same as the job's page. Raises NotFound."""
        record = job_record(codes["id"])
        self.is_open = record.is_open
        return record

    def get(self, request: Request, **codes: Any) -> HttpResponseBase:
        """The job, and when to ask again."""
        response = super().get(request, **codes)
        if self.is_open:
            response["Retry-After"] = str(ASK_AGAIN_SECONDS)
        return response
