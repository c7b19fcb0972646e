"""The maintainers' pages of the directory's values: lists, forms with live checks, history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from botkit.messages import Text
from botkit.web import language_of, member, render, services_of, staff
from directory.card import HOTLINE
from directory.curation import desk, forms
from directory.curation.history import history
from directory.curation.labels import hint, label
from directory.curation.lists import STATES, Filters, found, owners, rows
from directory.problems import Problem
from directory.running import Directory, directory_of
from directory.values import KINDS, Value

ROLES = frozenset({"maintainer"})
HOME = "/desk/directory/"
KIND = f"{{kind:{'|'.join(KINDS)}}}"
_ITEM = f"{HOME}{KIND}/{{slug:[a-z][a-z0-9_]*}}"
_PAGE = 50

desk_only = staff(*sorted(ROLES))


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    return (
        web.get(HOME, show_list),
        web.get(f"{HOME}{KIND}/new", show_new),
        web.post(f"{HOME}{KIND}/new", save),
        web.post(f"{HOME}{KIND}/check", check),
        web.get(f"{_ITEM}/edit", show_form),
        web.post(f"{_ITEM}/edit", save),
        web.post(f"{_ITEM}/check", check),
        web.get(f"{_ITEM}/history", show_history),
        web.post(f"{_ITEM}/remove", remove),
    )


@desk_only
async def show_list(request: web.Request) -> web.Response:
    """All values of a kind, filtered. What is unknown in the address is ignored."""
    directory, language = directory_of(services_of(request)), language_of(request)
    filters = Filters.of(request.query)
    services = services_of(request)
    today = services.clock.now().astimezone(services.settings.station.zone).date()
    values = found(directory, filters, today)
    page = _number(request.query.get("page", ""))
    shown = values[(page - 1) * _PAGE : page * _PAGE]
    return show(
        request,
        "list.html",
        filters=filters,
        states=STATES,
        rows=await rows(services_of(request), directory, shown, language),
        count=len(values),
        page=page,
        pages=max(1, -(-len(values) // _PAGE)),
        guide=directory.contents.guide,
        owners=owners(directory.contents.guide),
        turn=lambda to: str(request.rel_url.update_query(page=to)),
    )


@desk_only
async def show_new(request: web.Request) -> web.Response:
    """An empty form; the address may bring along what to begin with, such as residents' questions."""
    kind = request.match_info["kind"]
    return _form(request, kind, None, held=forms.typed(kind, _begun(request.query)))


@desk_only
async def show_form(request: web.Request) -> web.Response:
    """The form of a value; with more phrasings than it has, where the address brings some."""
    kind, value = request.match_info["kind"], _value(request)
    held = forms.filled(value)
    for name, more in _begun(request.query).items():
        lines = str(held.get(name, ""))
        if name.startswith("phrasings.") and name in held:
            held[name] = "\n".join(dict.fromkeys([*lines.split("\n"), *more])).strip()
    return _form(request, kind, value, held=held)


@desk_only
async def check(request: web.Request) -> web.Response:
    """What is wrong with a form so far, and how the bot would answer with it: asked while somebody types."""
    kind, value, sent = await _sent(request)
    done = desk.check(_directory(request), _given(request, kind, value, sent), value)
    return show(request, "checked.html", **_checked(request, kind, done))


@desk_only
async def save(request: web.Request) -> web.StreamResponse:
    """Propose what was typed, and show what it would change. A form with mistakes comes back as it was typed."""
    kind, value, sent = await _sent(request)
    done = desk.check(_directory(request), _given(request, kind, value, sent), value)
    if done.value is None:
        return _form(request, kind, value, held=forms.typed(kind, sent), done=done)
    if done.value == value:
        return _form(request, kind, value, held=forms.typed(kind, sent), notice="directory.desk.same")
    note = (sent.get("note") or [""])[0].strip()
    change = await desk.save(services_of(request), member(request), kind, done.value, note)
    return web.Response(status=303, headers={"Location": f"{HOME}changes/{change}"})


@desk_only
async def remove(request: web.Request) -> web.StreamResponse:
    """Propose that a value goes, unless others lean on it."""
    kind, value, sent = await _sent(request)
    assert value is not None
    leaning = desk.leaning(_directory(request).contents.guide, kind, value.slug)
    if leaning:
        return _form(request, kind, value, held=forms.filled(value), leaning=leaning)
    note = (sent.get("note") or [""])[0].strip()
    change = await desk.remove(services_of(request), member(request), kind, value.slug, note)
    return web.Response(status=303, headers={"Location": f"{HOME}changes/{change}"})


@desk_only
async def show_history(request: web.Request) -> web.Response:
    """All that happened to a value, the latest first, also after it is gone."""
    kind, slug = request.match_info["kind"], request.match_info["slug"]
    steps = await history(services_of(request), kind, slug)
    if not steps:
        raise web.HTTPNotFound
    return show(
        request, "history.html", kind=kind, slug=slug, steps=steps,
        value=_directory(request).contents.get(kind, slug),
    )  # fmt: skip


def _form(
    request: web.Request,
    kind: str,
    value: Value | None,
    *,
    held: Mapping[str, Any],
    done: desk.Checked | None = None,
    notice: str = "",
    leaning: tuple[Value, ...] = (),
) -> web.Response:
    directory = _directory(request)
    problems = done.problems if done else ()
    begun = desk.Checked(value, problems)
    return show(
        request,
        "form.html",
        status=422 if problems or leaning else 200,
        value=value,
        held=held,
        sections=forms.FORMS[kind],
        guide=directory.contents.guide,
        risks=forms.RISKS,
        room=max(forms.PHONES, len(held.get("phones", ()))),
        notice=notice,
        leaning=leaning,
        longest_note=desk.LONGEST_NOTE,
        **_checked(request, kind, begun),
    )


def _checked(request: web.Request, kind: str, done: desk.Checked) -> dict[str, Any]:
    """What the part of the page says that is renewed while somebody types."""
    services = services_of(request)
    hotline = HOTLINE in _directory(request).index.numbers
    names = [one.name for one in forms.inputs(kind)]
    problems = [(_input_of(problem, names), problem) for problem in done.problems]
    previews = [] if done.value is None else [
        (language, desk.preview(services, done.value, language, hotline=hotline)) for language in ("zh", "en")
    ]  # fmt: skip
    return {
        "kind": kind,
        "names": names,
        "problems": problems,
        "wrong": {name: problem for name, problem in reversed(problems)},
        "previews": [(language, lines) for language, lines in previews if lines],
    }


def _input_of(problem: Problem, names: list[str]) -> str:
    """The input beside which a problem is told; empty for one that concerns them all."""
    field = problem.field
    if field in names:
        return field
    return next((name for name in names if name.startswith(f"{field}.") or field.startswith(f"{name}.")), "")


async def _sent(request: web.Request) -> tuple[str, Value | None, dict[str, list[str]]]:
    kind = request.match_info["kind"]
    value = _value(request) if "slug" in request.match_info else None
    form = await request.post()
    return kind, value, {name: [str(item) for item in form.getall(name)] for name in form}


def _given(request: web.Request, kind: str, value: Value | None, sent: forms.Typed) -> forms.Form:
    if value is not None:
        return forms.given(kind, value.slug, sent)
    form = forms.given(kind, "", sent)
    return forms.given(kind, desk.named(_directory(request).contents, kind, form), sent)


def _begun(query: Any) -> dict[str, list[str]]:
    return {name: ["\n".join(query.getall(name))] for name in ("phrasings.zh", "phrasings.en") if name in query}


def _value(request: web.Request) -> Value:
    value = _directory(request).contents.get(request.match_info["kind"], request.match_info["slug"])
    if value is None:
        raise web.HTTPNotFound
    return value


def _directory(request: web.Request) -> Directory:
    return directory_of(services_of(request))


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def show(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page of the maintainers. Templates have, beside ``context``: ``say``, and ``label`` and ``hint`` of a field."""
    say: Callable[[Text | str], str] = partial(services_of(request).catalogues.render, language=language_of(request))
    return render(request, f"directory/desk/{template}", status=status, say=say, label=label, hint=hint, **context)
