"""`/flows/`: trade of single products, page by page as JSON or whole as CSV."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings

from markets import queries
from markets.api.series import periods_asked
from markets.door.address import FIGURES_SECONDS, RecordView, ValueListView, list_parameters, record_parameters
from markets.door.parameters import (
    AS_OF,
    MARKET_FORM,
    SLUG_FORM,
    Parameter,
    choice,
    code,
    codes,
    moment,
    period,
)
from markets.downloads import CONTENT_TYPES, Form, content_disposition
from markets.errors import InvalidValue
from markets.models import TradeFlow
from markets.profiles.flow_page import FlowPage, flow_page
from markets.profiles.flows import (
    CSV_COLUMNS,
    FIGURES,
    FLOW_COLUMNS,
    NAMED_WITH_FIGURES,
    FlowRecord,
    csv_remarks,
    csv_rows,
    flow_records,
    loaded_datasets,
)
from markets.queries.copying import Begun, copied_csv
from markets.queries.flows import (
    FlowFilter,
    LoadedYear,
    counted_up_to,
    flow_datasets,
    flows,
    known_by,
    loaded_years,
)
from markets.vocabulary import Basis, Flow, Frequency, HSCode

# Counted no further than this: more rows take longer than a reader waits.
MOST_COUNTED: Final = 1_000_000
_PRODUCT_FORM: Final = r"\d{2}(\d{2}){0,2}\*?"
_YEAR_FORM: Final = r"[12]\d{3}"
# What says which part of the rows is wanted: a file has all of them, and all columns.
_OF_PAGES: Final = ("limit", "cursor", "count", "fields")
# A question that names none of these may match hundreds of millions of rows.
_AREAS: Final = ("exporter", "importer", "reporter", "partner")
_REST: Final = ("period", "flow", "basis", "classification", "dataset_id")


class CsvForm(BaseRenderer):
    """`text/csv`, so that it may be asked for. The rows are streamed past it; what it writes are refusals, as JSON."""

    media_type = "text/csv"
    format = Form.CSV.value
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """A refusal as every other."""
        plain = cast("Any", api_settings).DEFAULT_RENDERER_CLASSES[0]()
        return cast("bytes", plain.render(data, accepted_media_type, renderer_context))


class FlowView(RecordView):
    """One product from one market to another: every series that is loaded, by dataset and by whose word it is."""

    record = FlowPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(FlowPage, AS_OF)
    fresh_seconds = FIGURES_SECONDS

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """The markets in capitals."""
        return {**codes, **{side: codes[side].upper() for side in ("exporter", "importer") if codes[side].isascii()}}

    def found(self, **codes: Any) -> FlowPage:
        """The same as the page. Raises NotFound."""
        return flow_page(codes["exporter"], codes["importer"], codes["product"], self.asked["as_of"])


class FlowListView(ValueListView):
    """Trade of single products: by exporter, importer, product and period, each row with its basis and its source.

    With `format=csv`, or `Accept: text/csv`, all rows that match, however many; a last line that begins with `#` says
    that none is missing. `meta.loaded` names the datasets and years that are loaded: of others nothing is known here.
    """

    record = FlowRecord
    fresh_seconds = FIGURES_SECONDS
    also_as: ClassVar[Sequence[str]] = (CsvForm.media_type,)
    # What tells two rows apart stands in each order, by the indexes of the table.
    sorts: ClassVar = {
        "exporter": ("exporter_id", "product", "importer_id", *_REST),
        "importer": ("importer_id", "product", "exporter_id", *_REST),
        "period": ("period", "exporter_id", "product", "importer_id", *_REST[1:]),
    }
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        FlowRecord,
        codes("exporter", "Only what these sold, commas between them, whoever reports it.", "CHN", MARKET_FORM),
        codes("importer", "Only what these bought, whoever reports it.", "KAZ,UZB", MARKET_FORM),
        codes("reporter", "Only what these report; what nobody reported (reconciled) is left out.", "KAZ", MARKET_FORM),
        codes("partner", "Only reports about trade with these.", "CHN", MARKET_FORM),
        codes("product", "HS codes; with a `*` behind it, it and all codes below.", "8541,8418*", _PRODUCT_FORM),
        choice("level", "Only codes of so many digits.", [str(level) for level in HSCode.LEVELS]),
        code("classification", "Only codes of this revision.", "HS1992", r"HS\d{4}"),
        code("year", "Only this year, its months too.", "2021", _YEAR_FORM),
        period("period", "Only this period.", "2021"),
        period("period_from", "Only this period and later ones.", "2019"),
        period("period_to", "Only this period and earlier ones.", "2021"),
        choice("frequency", "A: years. M: months.", [Frequency.ANNUAL.value, Frequency.MONTHLY.value]),
        choice("basis", "Whose word it is.", [basis.value for basis in Basis]),
        choice("flow", "As the reporter states it; X where nobody reports.", [flow.value for flow in Flow]),
        code("dataset", "Only this dataset.", "baci", SLUG_FORM),
        AS_OF,
        moment(
            "updated_since",
            "Only years of a dataset that were published here anew since then, whole: a day (its start, UTC) or a"
            " moment. What is no longer in them was withdrawn.",
            "2025-06-30",
            from_start=True,
        ),
        choice(
            "sort",
            "Order of the records; a minus turns it round. `importer` where only importers are asked for, else"
            " `exporter`, by default; `period` needs one of exporter, importer, reporter, partner.",
            ["exporter", "-exporter", "importer", "-importer", "period", "-period"],
        ),
        choice("format", "`csv`: all rows that match as a file.", ("json", Form.CSV.value)),
    )

    def get_renderers(self) -> list[Any]:
        """JSON, and CSV beside it."""
        return [*super().get_renderers(), CsvForm()]

    def question(self, request: Request) -> Mapping[str, Any]:
        """What is asked. Raises InvalidRequest for what would be answered wrongly or never."""
        asked = dict(super().question(request))
        self.is_file = (asked["format"] or request.accepted_renderer.format) == Form.CSV.value
        # The paginator would count all rows.
        self.is_counted = bool(asked.pop("count"))
        asked["count"] = None
        if self.is_file:
            _refuse_half_a_file(request)
        else:
            # `format=json` beside a header that would take CSV.
            request.accepted_renderer, request.accepted_media_type = self.get_renderers()[0], "application/json"
        _refuse_figures_without_names(asked["fields"])
        if (asked["sort"] or "").endswith("period") and not any(asked[name] for name in _AREAS):
            expected = _("it needs one of %(allowed)s beside it") % {"allowed": ", ".join(_AREAS)}
            raise InvalidValue(parameter="sort", value=asked["sort"], expected=expected)
        return asked

    def get(self, request: Request) -> Any:
        """One page of records, or the file."""
        return self._file(request) if self.is_file else super().get(request)

    def rows(self) -> QuerySet[Any, Any]:
        """Flows that match, as plain rows."""
        found = self._found()
        self.total = counted_up_to(found, MOST_COUNTED) if self.is_counted else None
        return found.values_list(*FLOW_COLUMNS)

    def records(self, rows: Sequence[tuple[Any, ...]]) -> list[FlowRecord]:
        """The flows with their provenance."""
        return flow_records(rows)

    def columns(self) -> Sequence[str]:
        """What is read of each row."""
        return FLOW_COLUMNS

    def order(self) -> tuple[Sequence[str], bool]:
        """By the index that answers the question, where no order is asked for."""
        word = self.asked["sort"] or (
            "importer" if self.asked["importer"] and not self.asked["exporter"] else "exporter"
        )
        return self.sorts[word.removeprefix("-")], word.startswith("-")

    def meta(self, *, is_empty: bool) -> dict[str, Any]:
        """What is loaded at all, how many rows there are, and why there is none."""
        meta = super().meta(is_empty=is_empty)
        meta["loaded"] = loaded_datasets(self.loaded)
        if self.is_counted:
            meta["total"] = self.total
            if self.total is None:
                meta["total_above"] = MOST_COUNTED
        if is_empty and not self.asked["cursor"] and not self.in_question:
            meta.setdefault("note", _("not loaded: no source read here has a value"))
        return meta

    # ---------------------------------------------------------------- what is asked
    def _found(self) -> QuerySet[TradeFlow]:
        asked = self.asked
        self._refuse_unknown_codes()
        self.complete_until = queries.complete_until() if asked["updated_since"] else None
        self.withheld = queries.withheld_datasets()
        self.loaded = known_by(loaded_years(self.withheld), asked["as_of"])
        wanted = FlowFilter(
            exporters=asked["exporter"] or (),
            importers=asked["importer"] or (),
            reporters=asked["reporter"] or (),
            partners=asked["partner"] or (),
            products=asked["product"] or (),
            level=int(asked["level"] or 0),
            basis=asked["basis"] or "",
            flow=asked["flow"] or "",
            frequency=asked["frequency"] or "",
            classification=asked["classification"] or "",
        )
        self.in_question = self._in_question()
        is_part = bool(asked["as_of"] or asked["updated_since"])
        return flows(wanted, self.in_question, is_part=is_part).filter(**periods_asked(asked))

    def _in_question(self) -> list[LoadedYear]:
        """The loaded years that can hold what is asked."""
        asked, since = self.asked, self.asked["updated_since"]
        first = max((int(asked[name][:4]) for name in ("year", "period", "period_from") if asked[name]), default=0)
        last = min((int(asked[name][:4]) for name in ("year", "period", "period_to") if asked[name]), default=9999)
        return [
            year
            for year in self.loaded
            if asked["dataset"] in (None, year.dataset)
            and first <= year.year <= last
            and (since is None or (year.published_at is not None and year.published_at >= since.at))
        ]

    # ---------------------------------------------------------------- as a file
    def _file(self, request: Request) -> HttpResponseBase:
        rows = csv_rows(self._found())
        if self.asked["sort"]:
            fields, is_falling = self.order()
            rows = rows.order_by(*(f"-{field}" if is_falling else field for field in fields))
        pieces = Begun(self._pieces(rows))
        if request.method == "HEAD":
            pieces.close()
        response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[Form.CSV])
        response.headers["Content-Disposition"] = content_disposition("sogdia-flows.csv")
        return response

    def _pieces(self, rows: QuerySet[Any, Any]) -> Generator[bytes, None, None]:
        yield from copied_csv(rows, [key for key, _read in CSV_COLUMNS])
        remarks = csv_remarks(self.in_question)
        yield "".join(f"# {' '.join(remark.split())}\n" for remark in remarks).encode()

    # ---------------------------------------------------------------- refusals
    def _refuse_unknown_codes(self) -> None:
        """A code that names nothing would look like a market that trades nothing. Raises InvalidValue."""
        areas = queries.reference().areas
        for parameter in _AREAS:
            for given in self.asked[parameter] or ():
                if given not in areas:
                    expected = _("it is no market; /api/v1/markets/ lists them")
                    raise InvalidValue(parameter=parameter, value=given, expected=expected)
        dataset = self.asked["dataset"]
        if dataset and dataset not in (known := flow_datasets()):
            expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(known) or "–"}
            raise InvalidValue(parameter="dataset", value=dataset, expected=expected)


def _refuse_half_a_file(request: Request) -> None:
    """Raises InvalidValue for what only pages of records have."""
    for name in _OF_PAGES:
        if name in request.GET:
            expected = _("a CSV holds all rows that match, with all columns; leave it out")
            raise InvalidValue(parameter=name, value=request.GET[name], expected=expected)


def _refuse_figures_without_names(wanted: Sequence[str] | None) -> None:
    """A figure without its basis and its code would be added to what it cannot be. Raises InvalidValue."""
    missing = [name for name in NAMED_WITH_FIGURES if name not in (wanted or ())]
    if wanted is not None and missing and FIGURES & set(wanted):
        words = {"needed": ", ".join(missing)}
        expected = _("figures are told with %(needed)s, without which unlike things are added") % words
        raise InvalidValue(parameter="fields", value=",".join(wanted), expected=expected)
