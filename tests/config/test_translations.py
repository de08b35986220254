"""Translations: every message is found, every translation fits its message, and pages speak one language."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from markets.errors import MarketsError, error_tree
from markets.management import messages
from markets.refresh import refresh

RUSSIAN_FORMS = ("%(n)s рынок", "%(n)s рынка", "%(n)s рынков")


def found_in(folder: Path, name: str, text: str) -> Catalog:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return messages.messages_below([folder])


def texts(catalogue: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalogue if message.id}


def russian(*entries: tuple[str | tuple[str, str], str | tuple[str, ...]]) -> Catalog:
    catalogue = Catalog(locale="ru", fuzzy=False)
    for message, translation in entries:
        catalogue.add(message, translation)
    return catalogue


def source(*ids: str | tuple[str, str]) -> Catalog:
    catalogue = Catalog(locale="en", fuzzy=False)
    for one in ids:
        catalogue.add(one)
    return catalogue


# ---------------------------------------------------------------- what is found
def test_every_call_of_gettext_in_python_is_found(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        "page.py",
        "from django.utils.translation import gettext as _, gettext_lazy, gettext_lazy as _later\n"
        "from django.utils.translation import gettext, ngettext, pgettext, npgettext_lazy as counted, gettext_noop\n"
        "_('plain'), gettext('by its name'), gettext_lazy('lazy'), _later('under another name')\n"
        "ngettext('%(n)s row', '%(n)s rows', n)\n"
        "pgettext('a month', 'May')\n"
        "counted('of a file', 'line', 'lines', n)\n"
        "gettext_noop('marked '\n    'over two lines')\n"
        "unknown('not a message')\n",
    )
    assert texts(found) == {
        ("plain", None),
        ("by its name", None),
        ("lazy", None),
        ("under another name", None),
        (("%(n)s row", "%(n)s rows"), None),
        ("May", "a month"),
        (("line", "lines"), "of a file"),
        ("marked over two lines", None),
    }


def test_every_translation_tag_of_a_template_is_found(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        "markets/templates/markets/page.html",
        "{% load i18n %}\n"
        "   <h1 title=\"it's {{ thing }}\">{% translate 'Markets' %}</h1>\n"
        "  {% translate \"May\" context 'a month' %} {% trans '100% sure' %}\n"
        '\t{% blocktranslate trimmed with name=market.name %}\n  Profile of\n  {{ name }}: "all" of it\n'
        "{% endblocktranslate %}\n"
        "{% blocktranslate count counter=rows|length %}{{ counter }} row{% plural %}{{ counter }} rows"
        "{% endblocktranslate %}\n"
        "{% blocktranslate context 'of a file' %}Line{% endblocktranslate %}\n"
        "{{ _('In a variable') }} {% include 'x.html' with label=_('In a tag') %} {{ x|default:_('In a filter') }}\n"
        "\u00a0(brackets, quotes ' \" and # signs outside of tags are nothing)\u3000\n"
        "{# Translators: shown above the map #}\n{% translate 'Legend' %}\n",
    )
    assert texts(found) == {
        ("Markets", None),
        ("May", "a month"),
        ("100%% sure", None),
        ('Profile of %(name)s: "all" of it', None),
        (("%(counter)s row", "%(counter)s rows"), None),
        ("Line", "of a file"),
        ("In a variable", None),
        ("In a tag", None),
        ("In a filter", None),
        ("Legend", None),
    }
    legend = found.get("Legend")
    assert legend is not None
    assert legend.auto_comments == ["Translators: shown above the map"]


def test_errors_are_found_by_descent_and_say_their_first_paragraph(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        "errors.py",
        'class Lost(errors.MarketsError):\n    """{thing} is\n    lost.\n\n    A note."""\n'
        "class Silent(Lost):\n    pass\n"
        'class Buried(Silent):\n    """{thing} is buried."""\n'
        'class Other(Exception):\n    """Not for people."""\n',
    )
    assert texts(found) == {("{thing} is lost.", None), ("{thing} is buried.", None)}


def test_what_is_expected_instead_of_a_wrong_value_is_found_where_there_is_no_gettext(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        "vocabulary.py",
        "def parse(text):\n"
        "    expected = 'write a day'\n"
        "    raise InvalidValue(value=text, expected=expected) or InvalidValue(value=text, expected='write a code')\n",
    )
    assert texts(found) == {("write a day", None), ("write a code", None)}


def test_the_message_of_every_error_of_the_product_is_found() -> None:
    found = messages.project_messages()
    own = [failure for failure in error_tree() if failure.__module__.split(".")[0] in {"markets", "companies"}]
    assert MarketsError in own
    assert [failure for failure in own if found.get(failure().template) is None] == []


# ---------------------------------------------------------------- what is kept
def test_an_update_keeps_translations_and_drops_guesses_and_what_nobody_says() -> None:
    known = russian(("Save", "Сохранить"), ("Gone", "Ушло"), (("%(n)s market", "%(n)s markets"), RUSSIAN_FORMS))
    known.add("Guessed", "Угадано", flags=["fuzzy"])
    updated = messages.updated(known, source("Save", "New", "Guessed", ("%(n)s market", "%(n)s markets")))
    translations = {message.id: message.string for message in updated if message.id}
    assert translations == {
        "Save": "Сохранить",
        "New": "",
        "Guessed": "",
        ("%(n)s market", "%(n)s markets"): RUSSIAN_FORMS,
    }
    assert not any(message.fuzzy for message in updated)


def test_a_message_that_came_to_have_a_plural_is_translated_anew() -> None:
    updated = messages.updated(russian(("row", "строка")), source(("row", "rows")))
    assert [message.string for message in updated if message.id] == [("", "", "")]


def test_the_file_is_sorted_without_places_or_dates_and_reads_back_the_same(tmp_path: Path) -> None:
    long = "A sentence that is much longer than any line of a catalogue would be if lines were broken somewhere." * 2
    catalogue = messages.updated(russian(("Beta", "Бета"), ("Alpha", "Альфа"), (long, "Длинно")), source("Beta", long))
    catalogue = messages.updated(catalogue, source("Beta", "Alpha", long))
    file = tmp_path / "django.po"
    file.write_bytes(messages.as_text(catalogue))
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("msgid ")][1:] == [
        f'msgid "{long}"',
        'msgid "Alpha"',
        'msgid "Beta"',
    ]
    assert not any(line.startswith("#:") or "-Date" in line for line in lines)
    again = messages.read_catalogue(file, "ru")
    assert not again.fuzzy
    assert again.num_plurals == len(RUSSIAN_FORMS)
    assert messages.as_text(again) == file.read_bytes()


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("message", "translation", "problem"),
    [
        ("Save", "", "untranslated"),
        ("Of %(name)s", "Из", "placeholders differ (%(name)s)"),
        ("Of %(name)s", "Из %(имя)s", "placeholders differ (%(name)s, %(имя)s)"),
        ("Of %(number)s", "Из %(number)d", "placeholders differ (%(number)d, %(number)s)"),
        ("The source {source} failed", "Источник {sourse} недоступен", "placeholders differ ({source}, {sourse})"),
        ("The source {source} failed", "Источник {source недоступен", "placeholders differ ({source})"),
        ("The source {source} failed", "Источник {source}} недоступен", "a lone brace"),
        ("%s of %d", "%d из %s", "placeholders differ (%d %s, %s %d)"),
        ("%(number)s%%", "%(number)s %", "a lone % (write %%)"),
        ("100%% sure", "на 100 % точно", "a lone % (write %%)"),
        ("See <a href='%(x)s'>it</a>", "См. <a href='%(x)s'>это", "markup differs"),
        (("%(n)s market", "%(n)s markets"), RUSSIAN_FORMS[:2], "plural forms missing, 3 are needed"),
        (("%(n)s market", "%(n)s markets"), (*RUSSIAN_FORMS[:2], ""), "plural forms missing, 3 are needed"),
        (("One market", "%(n)s markets"), ("Один рынок", *RUSSIAN_FORMS[1:]), "placeholders differ (%(n)s)"),
    ],
)
def test_a_translation_that_does_not_fit_is_named(
    message: str | tuple[str, str], translation: str | tuple[str, ...], problem: str
) -> None:
    found = list(messages.problems(russian((message, translation)), source(message)))
    shown = message if isinstance(message, str) else message[0]
    assert f"{problem}: {shown!r}" in found


def test_a_guess_an_absence_and_a_leftover_are_named() -> None:
    known = russian(("Gone", "Ушло"))
    known.add("Guessed", "Угадано", flags=["fuzzy"])
    assert list(messages.problems(known, source("Guessed", "New"))) == [
        "fuzzy, a guess that nobody confirmed: 'Guessed'",
        "not in the catalogue: 'New'",
        "nobody says this any more: 'Gone'",
    ]


def test_a_translation_that_fits_is_let_through() -> None:
    entries: list[tuple[str | tuple[str, str], str | tuple[str, ...]]] = [
        ("%(number)s%%", "%(number)s\u00a0%%"),
        ("%(position)s of %(of)s", "%(position)s из %(of)s"),
        ("The source {source} failed: {reason}.", "{reason}: источник {source} не ответил."),
        ("Share, %", "Доля, %"),
        (("One market", "%(n)s markets"), RUSSIAN_FORMS),
    ]
    catalogue = russian(*entries)
    assert list(messages.problems(catalogue, source(*(message for message, _translation in entries)))) == []


def test_the_command_names_each_problem_and_ends_with_an_error(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    call_command("translations", "--update")
    assert {path.parent.parent.name for path in tmp_path.rglob("django.po")} == {"zh_Hans", "ru"}
    with pytest.raises(CommandError) as refused:
        call_command("translations", "--check")
    assert refused.value.returncode == 1
    assert "zh_Hans: untranslated: 'The source {source} failed: {reason}.'" in capsys.readouterr().err


# ---------------------------------------------------------------- the catalogues of the product
def test_every_message_of_the_product_is_translated() -> None:
    call_command("translations", "--check")


def test_the_catalogues_are_as_an_update_would_write_them() -> None:
    for locale, path in messages.catalogue_paths().items():
        catalogue = messages.updated(messages.read_catalogue(path, locale), messages.project_messages())
        assert path.read_bytes() == messages.as_text(catalogue), f"run `manage.py translations --update` ({locale})"


# ---------------------------------------------------------------- pages
PAGES = [
    "",
    "markets/",
    "markets/?search=nobody",
    "markets/KAZ/",
    "markets/KAZ/?as_of=1999-12-31",
    "markets/KAZ/?as_of=nonsense",
    "markets/NOBODY/",
    "markets/KAZ/indicators/median_age_years/",
    "indicators/",
    "indicators/median_age_years/",
    "products/",
    "products/8418/",
    "products/12345/",
    "categories/",
    "categories/appliances/",
    "data/",
    "data/gapminder/",
    "search/?search=8418",
    "search/?search=qqqqzzzz",
    "help/",
    "methods/ranks/",
    "methods/missing/",
    "nothing/",
]


class Shown(HTMLParser):
    """What a page shows or reads aloud, in pieces; what it marks as English itself is meant to be."""

    SPOKEN = frozenset({"alt", "aria-label", "data-label", "placeholder", "title"})
    WITHOUT_END = frozenset(
        {"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "use", "wbr"}
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: set[str] = set()
        self._open: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self._open[-1][1] if self._open else None)
        if tag not in self.WITHOUT_END:
            self._open.append((tag, language))
        for name in self.SPOKEN & given.keys():
            self._add(given[name] or "", language)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] not in {"script", "style", "code", "pre"}:
            self._add(data, self._open[-1][1])

    def _add(self, text: str, language: str | None) -> None:
        if language != "en":
            self.pieces.add(" ".join(text.split()))


def english_of(locale: str) -> re.Pattern[str]:
    """Any of our English that this language says otherwise; %(name)s and {name} stand for any words.

    Sentences are seen within a text too; a word or two only as the whole of it, because they may be a name.
    """
    sentences = {
        " ".join(sentence.replace("%%", "%").split())
        for message in messages.read_catalogue(messages.catalogue_paths()[locale], locale)
        for wording in ((message.id,) if isinstance(message.id, str) else message.id)
        for sentence in re.split(r"<[^>]*>", wording)
        if message.string not in (message.id, "")
    }
    patterns = []
    for sentence in filter(None, sentences):
        parts = re.split(r"%\(\w+\)s|\{\w+\}", sentence)
        words = len(re.findall(r"[A-Za-z]{2,}", " ".join(parts)))
        pattern = ".+".join(re.escape(part) for part in parts)
        if words >= 4:
            patterns.append(f".*{pattern}.*")
        elif words >= 2 or (words and len(parts) == 1):
            patterns.append(pattern)
    return re.compile("|".join(patterns))


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "locale"), [("zh-hans", "zh_Hans"), ("ru", "ru")])
def test_no_page_speaks_english_where_it_has_words_of_its_own(client: Client, language: str, locale: str) -> None:
    refresh("gapminder", bundled=True)
    english = english_of(locale)
    for page in PAGES:
        response = client.get(f"/{language}/{page}")
        assert response.status_code in {200, 400, 404}, page
        shown = response.content.decode()
        assert f'<html lang="{language}"' in shown, page
        assert sorted(piece for piece in Shown(shown).pieces if english.fullmatch(piece)) == [], page


@pytest.mark.django_db
def test_the_check_of_pages_sees_english(client: Client) -> None:
    refresh("gapminder", bundled=True)
    english = english_of("ru")
    for page in PAGES:
        pieces = Shown(client.get(f"/en/{page}").content.decode().replace(' lang="en"', "")).pieces
        assert any(english.fullmatch(piece) for piece in pieces), page
