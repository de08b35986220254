"""The messages people read: found in the code, kept in the catalogues, and held to account there.

English is written in the code and needs no catalogue. The other languages have one `.po` file each, which git
keeps; the `.mo` files that Django reads are compiled from them at installation.
"""

from __future__ import annotations

import ast
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from markets.errors import MarketsError

SOURCE_LANGUAGE: Final = "en"
TRANSLATOR_NOTE: Final = "Translators:"

# Which arguments of a call are singular, plural and context, in Babel's notation.
_CALLS: Final[Mapping[str, tuple[int | tuple[int, str], ...] | None]] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_TEXT: Final = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
# What Django makes of a template, the page around its messages left out: that is no Python.
_TEMPLATE_CALL: Final = re.compile(rf"(?:n?p?gettext|_)\((?:\s*{_TEXT}\s*,?)+\s*(?:count)?\s*\)|\#[^\n]*")

_PERCENT: Final = re.compile(r"%(?:\(\w+\))?[#0\-+]*(?:\d+|\*)?(?:\.\d+)?[diouxXeEfFgGcrsa]")
_BRACES: Final = re.compile(r"\{\w*(?:[.\[][^{}]*)?(?:![rsa])?(?::[^{}]*)?\}")
_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]*>")


def project_messages() -> Catalog:
    """Every message of the project: in the code, the templates and the error classes of its packages."""
    own = {Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    return messages_below(own | {settings.BASE_DIR / settings.ROOT_URLCONF.split(".", 1)[0]})


def messages_below(folders: Iterable[Path]) -> Catalog:
    """Messages of the Python files and the templates (any file below a folder `templates`) in these folders."""
    messages = Catalog(locale=SOURCE_LANGUAGE, fuzzy=False)
    classes: list[ast.ClassDef] = []
    for file in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
        if "templates" in file.parts:
            _add(messages, _python_of_template(file), {})
        elif file.suffix == ".py":
            source = file.read_bytes()
            nodes = list(ast.walk(ast.parse(source)))
            classes += (node for node in nodes if isinstance(node, ast.ClassDef))
            _add(messages, source, _aliases(nodes))
            for hint in _hints(nodes):
                messages.add(hint)
    for failure in _descendants(MarketsError.__name__, classes):
        # As the error itself takes its message from there; without one it has its parent's.
        if documented := ast.get_docstring(failure):
            messages.add(" ".join(documented.split("\n\n")[0].split()))
    return messages


def catalogue_paths() -> dict[str, Path]:
    """Where the catalogue of each language lies, by the locale's name; English has none."""
    folder = Path(settings.LOCALE_PATHS[0])
    locales = [to_locale(code) for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]
    return {locale: folder / locale / "LC_MESSAGES" / "django.po" for locale in locales}


def read_catalogue(path: Path, locale: str) -> Catalog:
    """The catalogue in a file; an empty one when there is no file yet."""
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def updated(catalogue: Catalog, messages: Catalog) -> Catalog:
    """The messages with the translations that are known. Guesses are dropped, and so is what nobody says any more."""
    fresh = Catalog(locale=catalogue.locale, fuzzy=False)
    for message in _sorted(messages):
        known = catalogue.get(_singular(message), message.context)
        is_known = known is not None and known.id == message.id and not known.fuzzy
        empty = ("",) * catalogue.num_plurals if message.pluralizable else ""
        fresh.add(
            message.id,
            known.string if known is not None and is_known else empty,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known is not None else (),
            context=message.context,
        )
    return fresh


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as a `.po` file in which a changed message changes its own lines alone.

    Sorted by message, without places in the code, dates or line breaks that depend on a message's length.
    """
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    head = (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalogue.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def problems(catalogue: Catalog, messages: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one line each; nothing when every message can be shown in its language."""
    for message in _sorted(messages):
        known = catalogue.get(_singular(message), message.context)
        if known is None or known.id != message.id:
            yield f"not in the catalogue: {_shown(message)}"
        else:
            yield from (f"{problem}: {_shown(message)}" for problem in _faults(known, catalogue.num_plurals))
    for message in _sorted(catalogue):
        if messages.get(_singular(message), message.context) is None:
            yield f"nobody says this any more: {_shown(message)}"


def _faults(message: Message, plural_count: int) -> Iterator[str]:
    forms = _wordings(message.string or "")
    if message.fuzzy:
        yield "fuzzy, a guess that nobody confirmed"
    if not any(forms):
        yield "untranslated"
        return
    if len(forms) != (plural_count if message.pluralizable else 1) or not all(forms):
        yield f"plural forms missing, {plural_count} are needed"
    # The plural names the number; some languages use one form for 1, 21 and 31, so each has to name it.
    source = _wordings(message.id)[-1]
    for form in filter(None, forms):
        if lost := _placeholders(source) ^ _placeholders(form):
            yield f"placeholders differ ({', '.join(sorted(lost))})"
        if _is_formatted(source) and "%" in _PERCENT.sub("", form.replace("%%", "")):
            yield "a lone % (write %%)"
        if _BRACES.search(source) and re.search(r"[{}]", _BRACES.sub("", form)):
            yield "a lone brace"
        if Counter(_MARKUP.findall(source)) != Counter(_MARKUP.findall(form)):
            yield "markup differs"


def _placeholders(text: str) -> set[str]:
    """`%(name)s`, `{name}`, and the sequence of nameless ones as one, because their order counts."""
    found = _PERCENT.findall(text.replace("%%", ""))
    nameless = " ".join(place for place in found if "(" not in place)
    return {place for place in found if "(" in place} | set(_BRACES.findall(text)) | ({nameless} - {""})


def _is_formatted(text: str) -> bool:
    return "%%" in text or _PERCENT.search(text) is not None


def _descendants(root: str, classes: Iterable[ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """The class of this name and all below it. Read, not imported: what is looked for needs nothing to run."""
    known = list(classes)
    yield from (node for node in known if node.name == root)
    for node in known:
        if root in {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}:
            yield from _descendants(node.name, known)


def _add(messages: Catalog, source: bytes, aliases: Mapping[str, str]) -> None:
    keywords = {**_CALLS, "_": None, **{alias: _CALLS[name] for alias, name in aliases.items()}}
    found = extract("python", io.BytesIO(source), keywords, comment_tags=(TRANSLATOR_NOTE,))
    for _line, message, notes, context in found:
        messages.add(message, auto_comments=notes, context=context)


def _aliases(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Other names that a module gives to Django's translation functions."""
    return {
        name.asname: name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in _CALLS
    }


def _hints(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What an InvalidValue expected instead: said in rooms that know no gettext, and translated by the doors."""
    for node in nodes:
        match node:
            case (
                ast.keyword(arg="expected", value=ast.Constant(value=str(hint)))
                | ast.Assign(targets=[ast.Name(id="expected")], value=ast.Constant(value=str(hint)))
            ):
                yield hint


def _python_of_template(file: Path) -> bytes:
    """The messages of a template as Python calls, one a line."""
    python = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    return "\n".join(_TEMPLATE_CALL.findall(python)).encode()


def _wordings(text: str | Sequence[str]) -> tuple[str, ...]:
    """Singular and plural, or the only form there is."""
    return (text,) if isinstance(text, str) else tuple(text)


def _singular(message: Message) -> str:
    return _wordings(message.id)[0]


def _sorted(catalogue: Catalog) -> list[Message]:
    """Without the header, whose text is empty."""
    return sorted((m for m in catalogue if m.id), key=lambda m: (_singular(m), m.context or ""))


def _shown(message: Message) -> str:
    return repr(_singular(message)) + (f" ({message.context})" if message.context else "")
