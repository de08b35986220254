"""The three offices' files in our rows: right totals, subtotals once, names counted, other forms refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from markets import sources
from markets.errors import SourceChanged
from markets.sources.base import Delivery, TradeTotalRow
from markets.sources.national import KAZ, KGZ, SOURCES, UZB
from markets.sources.national.figures import Cell
from markets.vocabulary import FactKind, Flow, Frequency, ObsStatus, Transport
from tests.markets.office_files import (
    UZB_CSV,
    deliveries,
    kaz_rows,
    kgz_rows,
    only,
    payload,
    reason,
    values,
    xls,
    xlsx,
)

KAZ_NAME = "Основные показатели внешней торговли по странам_2022.xls"
KGZ_NAME = "4.03.00.20 Географическое распределение импорта товаров..xlsx"


def kaz(rows: list[list[Cell]], sheet: str = "2022") -> Delivery:
    return only(KAZ, payload(KAZ_NAME, xls({sheet: rows})))


def rows_of(delivery: Delivery, key: str) -> dict[tuple[str, str], TradeTotalRow]:
    (found,) = [each for each in delivery.slices if each.key == key]
    return {(row.partner, row.period): row for row in found.rows if isinstance(row, TradeTotalRow)}


# ---------------------------------------------------------------- Kazakhstan
def test_kazakhstan_in_whole_dollars_without_subtotals() -> None:
    delivery = kaz(kaz_rows())
    read = values(delivery)
    assert read[("M", "CHN", "2022")] == Decimal("11143739729.19")
    assert read[("X", "CHN", "2022")] == Decimal("13060205479.11")
    assert {partner for _flow, partner, _period in read} == {"WLD", "RUS", "UKR", "DEU", "CHN", "NIU"}
    members = sum(value for (flow, partner, _p), value in read.items() if flow == "M" and partner != "WLD" and value)
    assert read[("M", "WLD", "2022")] == members
    assert ("X", "NIU", "2022") not in read, "an empty cell is no statement"
    assert not any(each.unmapped for each in delivery.slices)


def test_nothing_finer_than_a_cent_is_kept() -> None:
    rows = kaz_rows(china=7871.79999999993)
    china = rows_of(kaz(rows), "KAZ/M/USD/")[("CHN", "2022")]
    assert (china.value, china.last_digit_exponent) == (7871800, -2)


def test_kazakhstan_says_whose_word_of_what() -> None:
    delivery = kaz(kaz_rows())
    assert (delivery.dataset, delivery.transport) == ("kaz-trade", Transport.FILE)
    assert {each.key: each.covers_periods for each in delivery.slices} == {
        "KAZ/X/USD/": ("2022",),
        "KAZ/M/USD/": ("2022",),
    }
    china = rows_of(delivery, "KAZ/M/USD/")[("CHN", "2022")]
    assert (china.valuation, china.currency, china.frequency) == (None, "USD", Frequency.ANNUAL)
    assert china.last_digit_exponent == -2
    assert "2022" in delivery.vintage.title
    assert delivery.vintage.released_on is None
    assert KAZ_NAME in delivery.vintage.citation
    assert len(delivery.payloads) == 1


def test_a_sheet_a_year_and_each_year_once() -> None:
    book = xls({"12_2022": kaz_rows("за январь-декабрь 2022 года"), "12_2021": kaz_rows("за январь-декабрь 2021 года")})
    delivery = only(KAZ, payload(KAZ_NAME, book))
    assert all(each.covers_periods == ("2021", "2022") for each in delivery.slices)
    twice = xls({"2022": kaz_rows(), "копия": kaz_rows()})
    assert "two sheets of one file state X of 2022" in reason(KAZ, payload(KAZ_NAME, twice))


def test_part_of_a_year_is_never_the_year() -> None:
    delivery = kaz(kaz_rows("за январь-июнь 2024 года"), "06_2024")
    row = rows_of(delivery, "KAZ/M/USD/")[("CHN", "2024-01/2024-06")]
    assert row.frequency is Frequency.YEAR_TO_DATE
    unclear = kaz_rows("за первые шесть месяцев 2024 года")
    assert "is not understood" in reason(KAZ, payload(KAZ_NAME, xls({"2024": unclear})))
    contradicting = kaz_rows("за 2024 год")
    assert "different periods: 2024, 2024-01/2024-06" in reason(KAZ, payload(KAZ_NAME, xls({"06_2024": contradicting})))


def test_no_year_anywhere_is_refused() -> None:
    assert "names no year" in reason(KAZ, payload(KAZ_NAME, xls({"Лист1": kaz_rows("")})))


def test_units_come_from_the_title_and_from_nowhere_else() -> None:
    millions = values(kaz(kaz_rows(unit="млн. долларов США")))
    assert millions[("M", "CHN", "2022")] == 11143739729190
    assert "no unit is named" in reason(KAZ, payload(KAZ_NAME, xls({"2022": kaz_rows(unit="")})))
    assert "not (only) US dollars" in reason(KAZ, payload(KAZ_NAME, xls({"2022": kaz_rows(unit="млн. тенге")})))


def test_an_unknown_partner_is_counted_and_not_dropped() -> None:
    delivery = kaz(kaz_rows(extra=[["Атлантида", 12.5, 0.1, "", "", 12.5, 0.1]]))
    unmapped = {each.key: [(row.scheme, row.code) for row in each.unmapped] for each in delivery.slices}
    assert unmapped == {"KAZ/X/USD/": [], "KAZ/M/USD/": [("partner name", "Атлантида")]}


def test_a_subtotal_of_a_strange_name_is_found_by_its_sum() -> None:
    rows = kaz_rows()
    germany = next(index for index, row in enumerate(rows) if row[:1] == ["Германия"])
    rows.insert(germany, ["Союз новых друзей", *rows[germany][1:]])
    assert values(kaz(rows)) == values(kaz(kaz_rows()))
    assert not any(each.unmapped for each in kaz(rows).slices)


def test_an_overlapping_group_of_a_strange_name_is_found_by_what_is_too_much() -> None:
    rows = kaz_rows()
    russia, china = (next(row for row in rows if row[:1] == [name]) for name in ("Россия", "Китай"))
    both: list[Cell] = ["Большая двойка"]
    both += [
        float(a) + float(b) if index in {0, 2, 4} else 1.0
        for index, (a, b) in enumerate(zip(russia[1:], china[1:], strict=False))
    ]
    rows.insert(7, both)
    assert values(kaz(rows)) == values(kaz(kaz_rows()))
    assert not any(each.unmapped for each in kaz(rows).slices)


def test_members_beyond_the_total_are_refused_with_numbers() -> None:
    rows = kaz_rows()
    rows.append(["Китай", 1000.0, 1.0, 500.0, 1.0, 500.0, 1.0])
    said = reason(KAZ, payload(KAZ_NAME, xls({"2022": rows})))
    assert "500" in said
    assert "more than the stated total" in said


def test_the_rest_alone_is_a_partner_nobody_knows() -> None:
    rows = [row for row in kaz_rows() if row and row[0] not in {"Германия", "Китай", "Ниуэ"}]
    delivery = kaz(rows)
    assert {u.code for each in delivery.slices for u in each.unmapped} == {"Остальные страны мира"}
    assert {partner for _f, partner, _p in values(delivery)} == {"WLD", "RUS", "UKR"}


def test_two_different_totals_are_refused() -> None:
    rows = [*kaz_rows(), ["Всего", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    assert "state different totals" in reason(KAZ, payload(KAZ_NAME, xls({"2022": rows})))


def test_figures_that_are_none_are_refused_with_their_place() -> None:
    rows = kaz_rows()
    rows[9][5] = "17880630,5 (оценка)"
    assert "row 10, column 6 (M 2022)" in reason(KAZ, payload(KAZ_NAME, xls({"2022": rows})))
    rows[9][5] = -5.0
    assert "is no figure" in reason(KAZ, payload(KAZ_NAME, xls({"2022": rows})))


def test_figures_without_a_name_are_refused() -> None:
    rows = [*kaz_rows(), ["", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    assert "has figures and no name" in reason(KAZ, payload(KAZ_NAME, xls({"2022": rows})))


def test_hidden_sheets_and_sheets_of_words_are_not_read() -> None:
    book = xls({"2022": kaz_rows(), "старое": kaz_rows(china=1.0), "О данных": [["Методология"]]}, hidden=["старое"])
    assert values(only(KAZ, payload(KAZ_NAME, book))) == values(kaz(kaz_rows()))


def test_one_unreadable_sheet_is_told_and_the_others_go_on() -> None:
    book = xls({"2022": kaz_rows(), "2021": kaz_rows("за 2021 год", unit="")})
    (delivery,) = deliveries(KAZ, payload(KAZ_NAME, book))
    assert {each.covers_periods for each in delivery.slices} == {("2022",)}
    (problem,) = delivery.problems
    assert problem.key == f"{KAZ_NAME} / 2021"
    assert "no unit" in str(problem.error)


def test_the_file_that_reaches_furthest_comes_last() -> None:
    new = payload("a.xls", xls({"2023": kaz_rows("за 2023 год"), "2022": kaz_rows()}))
    old = payload("b.xls", xls({"2022": kaz_rows(china=11143739.0)}))
    part = payload("c.xls", xls({"06_2023": kaz_rows("за январь-июнь 2023 года")}))
    bad = payload("d.xls", b"nothing")
    read = deliveries(KAZ, new, bad, old, part)
    assert [delivery.payloads[0].request for delivery in read] == ["d.xls", "b.xls", "c.xls", "a.xls"]
    assert [bool(delivery.problems) for delivery in read] == [True, False, False, False]


# ---------------------------------------------------------------- Kyrgyzstan
def test_kyrgyzstan_all_years_of_one_table() -> None:
    delivery = only(KGZ, payload(KGZ_NAME, xlsx({"import": kgz_rows(), "Лист1": []})))
    (imports,) = delivery.slices
    assert imports.key == "KGZ/M/USD/"
    assert imports.covers_periods == ("1994", "2022", "2023")
    rows = rows_of(delivery, "KGZ/M/USD/")
    assert rows[("CHN", "1994")].value == 44200
    assert rows[("CHN", "2023")].value == Decimal("5353257.34"), "5353.257336 thousand"
    assert rows[("DEU", "2022")].value == 100100
    assert rows[("WLD", "2023")].value == 9000500
    assert {row.partner for row in rows.values()} == {"WLD", "DEU", "RUS", "CHN", "KAZ", "SLV", "HTI"}


def test_kyrgyzstan_none_zero_and_the_first_word_of_a_year() -> None:
    rows = rows_of(only(KGZ, payload(KGZ_NAME, xlsx({"import": kgz_rows()}))), "KGZ/M/USD/")
    none = rows[("DEU", "1994")]
    assert (none.value, none.last_digit_exponent, none.obs_status) == (None, None, ObsStatus.NONE_RECORDED)
    low = rows[("KAZ", "2022")]
    assert (low.value, low.obs_status) == (0, ObsStatus.LOW)
    assert rows[("CHN", "2023")].obs_status is ObsStatus.PROVISIONAL
    assert rows[("CHN", "2022")].obs_status is ObsStatus.NORMAL
    assert ("HTI", "2023") not in rows


def test_kyrgyzstan_two_names_of_one_country_and_nobodys_names() -> None:
    delivery = only(KGZ, payload(KGZ_NAME, xlsx({"import": kgz_rows()})))
    salvador = [row for row in delivery.slices[0].rows if row.subject == "SLV"]
    assert {(row.period, row.value) for row in salvador} == {("1994", None), ("2022", 9800), ("2023", 4500)}
    assert sorted(row.code for row in delivery.slices[0].unmapped) == ["Европа Бирлиги (ЕБ)", "Такталбаган өлкө"]
    labels = {row.code: row.label for row in delivery.slices[0].unmapped}
    assert labels["Такталбаган өлкө"] == "Неопределенная страна / Undefined country"


def test_two_figures_of_one_country_both_stand_for_the_gate() -> None:
    rows = kgz_rows()
    rows[16][5] = 2.5
    delivery = only(KGZ, payload(KGZ_NAME, xlsx({"import": rows})))
    both = [row.value for row in delivery.slices[0].rows if (row.subject, row.period) == ("SLV", "2023")]
    assert both == [4500, 2500]


def test_kyrgyzstan_flow_by_title_and_never_against_the_name() -> None:
    exports = xlsx({"export": kgz_rows("экспорта")})
    assert only(KGZ, payload("table.xlsx", exports)).slices[0].key == "KGZ/X/USD/"
    assert "name says import" in reason(KGZ, payload(KGZ_NAME, exports))


@pytest.mark.parametrize("heading", ["20231", 20231.0, "2023¹", "2023 1", "2023*"])
def test_footnote_marks_are_no_part_of_the_year(heading: Cell) -> None:
    rows = kgz_rows()
    rows[2][5] = heading
    delivery = only(KGZ, payload(KGZ_NAME, xlsx({"import": rows})))
    assert delivery.slices[0].covers_periods == ("1994", "2022", "2023")


def test_a_heading_that_is_more_than_a_year_is_refused() -> None:
    rows = kgz_rows()
    rows[2][5] = "2023 (оценка)"
    assert "is no period that is known" in reason(KGZ, payload(KGZ_NAME, xlsx({"import": rows})))


def test_the_same_year_twice_is_refused() -> None:
    rows = kgz_rows()
    rows[2][5] = "2022"
    assert "two columns state M of 2022" in reason(KGZ, payload(KGZ_NAME, xlsx({"import": rows})))


# ---------------------------------------------------------------- Uzbekistan
def uzb(text: str = UZB_CSV, name: str = "sdmx_data_1105.csv", encoding: str = "utf-8") -> Delivery:
    return only(UZB, payload(name, text.encode(encoding)))


def test_uzbekistan_by_code_whatever_its_zeros() -> None:
    delivery = uzb()
    (exports,) = delivery.slices
    assert (exports.key, exports.covers_periods) == ("UZB/X/USD/", ("2022", "2023"))
    rows = rows_of(delivery, "UZB/X/USD/")
    assert rows[("CHN", "2023")].value == 2486557300
    assert rows[("ALB", "2023")].value == 543800
    assert rows[("AZE", "2023")].value == 133392800
    assert rows[("SVK", "2023")].value == 1063700
    assert rows[("SDN", "2023")].obs_status is ObsStatus.LOW


def test_uzbekistan_total_is_what_is_stated_and_never_a_sum() -> None:
    assert ("WLD", "2023") not in rows_of(uzb(), "UZB/X/USD/")
    stated = UZB_CSV + "001,Jami,Всего,Total,30000000.0,30000000.5\n"
    assert rows_of(uzb(stated), "UZB/X/USD/")[("WLD", "2023")].value == 30000000500


def test_uzbekistan_rest_and_states_of_the_past_are_counted() -> None:
    unmapped = [(row.scheme, row.code, row.label) for row in uzb().slices[0].unmapped]
    assert unmapped.count(("M49", "0", "Boshqa mamlakatlar / Другие страны / Other countries")) == 2
    assert {code for _scheme, code, _label in unmapped} == {"0", "530"}


@pytest.mark.parametrize(
    ("name", "flow"),
    [
        ("sdmx_data_1105.csv", Flow.EXPORT),
        ("2024/sdmx_data_1176.csv", Flow.IMPORT),
        ("import_2023.csv", Flow.IMPORT),
        ("Экспорт товаров.csv", Flow.EXPORT),
    ],
)
def test_uzbekistan_flow_by_the_name_of_the_file(name: str, flow: Flow) -> None:
    assert uzb(name=name).slices[0].key.startswith(f"UZB/{flow}/")


def test_uzbekistan_without_a_flow_is_refused_and_told_how_to_say_it() -> None:
    said = reason(UZB, payload("table.csv", UZB_CSV.encode()))
    assert "names no flow (import or export)" in said
    assert "say import or export in the file's name" in said
    hinted = type(UZB)(UZB.card, "UZB", UZB.endings, is_headed=True, multiplier=Decimal(1000), flow=Flow.IMPORT)
    assert only(hinted, payload("table.csv", UZB_CSV.encode())).slices[0].key == "UZB/M/USD/"


def test_uzbekistan_other_delimiters_encodings_and_workbooks() -> None:
    expected = values(uzb())
    semicolons = "\n".join(
        line.replace(".", "\0").replace(",", ";").replace("\0", ",") for line in UZB_CSV.splitlines()
    )
    assert values(uzb(semicolons)) == expected
    cyrillic = UZB_CSV.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "")
    assert values(uzb(cyrillic, encoding="cp1251")) == expected
    lines = [line.split(",") for line in cyrillic.splitlines()]
    table: list[list[Cell]] = [[*lines[0]]]
    table += [[float(line[0]), *line[1:4], float(line[4]), float(line[5])] for line in lines[1:]]
    assert values(only(UZB, payload("export.xlsx", xlsx({"Data": table})))) == expected


def test_a_code_that_contradicts_its_name_is_nobodys() -> None:
    delivery = uzb(UZB_CSV.replace("192,Kuba", "276,Kuba"))
    assert "276" in {row.code for row in delivery.slices[0].unmapped}


# ---------------------------------------------------------------- the sources
def test_the_three_offices_are_sources() -> None:
    assert set(SOURCES) == {"kaz-trade", "kgz-trade", "uzb-trade"}
    for key, office in SOURCES.items():
        card = sources.card(key)
        assert card == office.card
        assert (card.kind, card.refresh_every) == (FactKind.TRADE_TOTALS, None)
        assert {"CHN", "RUS"} <= set(card.required)
        assert card.licence
        assert sources.readable(key) is office
        assert sources.downloadable(key) is None
    assert sources.readable("worldbank") is not None
    assert sources.readable("unctad") is None


def test_no_file_is_no_delivery() -> None:
    assert deliveries(KAZ) == []


def test_statements_raise_for_who_asks_one_by_one() -> None:
    with pytest.raises(SourceChanged, match="is empty"):
        KAZ.statements(payload("x.xls", b""))
