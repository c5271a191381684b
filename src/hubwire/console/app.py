"""The console's pages. Everything is drawn on the server; the script only fetches the list again."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hubwire.console import view
from hubwire.console.guard import COOKIE, FIELD, GATES, HEADERS, HOURS, LOOPBACK, Guard, own_form
from hubwire.webhooks.inbox import DEAD, STATES, Inbox, Selection, StoreError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

Next = Callable[[Request], Awaitable[Response]]
SHORTEST_TOKEN = 16


class Console:
    """An ASGI application that shows an inbox to whoever knows `token`.

    It answers under the names in `hosts` only (this machine's own, unless told otherwise); behind https say
    `secure=True`. The inbox is opened and closed by whoever made it, on the same event loop.
    """

    def __init__(
        self,
        inbox: Inbox,
        token: str,
        *,
        hosts: Collection[str] = (),
        secure: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        if len(token.strip()) < SHORTEST_TOKEN:
            raise ValueError(f"the console's login token needs {SHORTEST_TOKEN} characters or more")
        self._inbox, self._now = inbox, now
        self._guard = Guard(token.strip(), frozenset(hosts) | LOOPBACK, secure, now)
        self._pages = Environment(
            loader=PackageLoader("hubwire.console"), autoescape=True, undefined=StrictUndefined
        )
        self._pages.globals.update(moment=view.moment, words=view.WORDS, states=STATES)
        self._app = Starlette(
            routes=[
                Route("/", self._home),
                Route("/events", self._rows),
                Route("/events/{id:int}", self._event),
                Route("/login", self._login, methods=["GET", "POST"]),
                Route("/logout", self._logout, methods=["POST"]),
                Route("/{verb:str}", self._act, methods=["POST"]),
                Mount("/static", StaticFiles(packages=[("hubwire.console", "static")])),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=partial(_gates, self._guard))],
            exception_handlers={StoreError: _unreadable, HTTPException: _said},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._app(scope, receive, send)

    async def _home(self, request: Request) -> Response:
        return await self._list(request, "home.html")

    async def _rows(self, request: Request) -> Response:
        """The list alone, for the script; its first line is what has to be counted."""
        return await self._list(request, "rows.html")

    async def _list(self, request: Request, template: str) -> Response:
        asked = view.Asked.of(request.query_params)
        stats = await self._inbox.stats()
        rows = await self._inbox.list(asked.selection, before=asked.before, most=view.ON_A_PAGE + 1)
        now = int(self._now() * 1000)
        return self._page(
            request,
            template,
            asked=asked,
            stats=stats,
            tiles=view.tiles(stats),
            oldest=view.age(stats.oldest, now),
            rows=rows[: view.ON_A_PAGE],
            after=rows[view.ON_A_PAGE - 1].id if len(rows) > view.ON_A_PAGE else None,
            replayable=view.REPLAYABLE,
            done=_count(request.query_params.get("done")),
            verb=request.query_params.get("verb", ""),
        )

    async def _event(self, request: Request) -> Response:
        entry = await self._inbox.show(request.path_params["id"])
        if entry is None:
            raise HTTPException(404, "There is no such event: it may have been purged.")
        return self._page(
            request,
            "event.html",
            entry=entry,
            event=entry.summary,
            payload=view.payload(entry.raw),
            can_replay=entry.summary.state in view.REPLAYABLE,
            can_discard=entry.summary.state in view.DISCARDABLE,
        )

    async def _act(self, request: Request) -> Response:
        """Replays or discards one event, or all that are dead; then shows where one was."""
        if not await own_form(self._guard, request):
            raise HTTPException(
                403, "The form is of another session: nothing was done. Go back and load the page."
            )
        form, verb = await request.form(), request.path_params["verb"]
        number = str(form.get("id", ""))
        if form.get("all") == DEAD:
            chosen = Selection(states=[DEAD])
        elif number.isdecimal():
            chosen = Selection(ids=[int(number)])
        else:
            raise HTTPException(400, "No event was named: nothing was done.")
        match verb:
            case "replay":
                done = await self._inbox.replay(chosen, int(self._now() * 1000))
            case "discard":
                done = await self._inbox.discard(chosen)
            case _:
                raise HTTPException(404, "There is no such page.")
        home = request.scope.get("root_path", "")
        back = f"{home}/events/{number}" if chosen.ids else f"{home}/?state={DEAD}&verb={verb}&done={done}"
        return RedirectResponse(back, 303)

    async def _login(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page(request, "login.html", wrong=False)
        form = await request.form()
        if not self._guard.knows(str(form.get("token", ""))):
            return self._page(request, "login.html", status=401, wrong=True)
        response = RedirectResponse((request.scope.get("root_path", "") or "") + "/", 303)
        response.set_cookie(
            COOKIE,
            self._guard.session(),
            max_age=HOURS * 3600,
            path=request.scope.get("root_path", "") or "/",
            httponly=True,
            samesite="strict",
            secure=self._guard.secure,
        )
        return response

    async def _logout(self, request: Request) -> Response:
        root = request.scope.get("root_path", "")
        response = RedirectResponse(root + "/login", 303)
        response.delete_cookie(COOKIE, path=root or "/")
        return response

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        text = self._pages.get_template(template).render(
            root=request.scope.get("root_path", ""),
            field=FIELD,
            csrf=self._guard.csrf(cookie) if cookie else "",
            **values,
        )
        return HTMLResponse(text, status)


async def _gates(guard: Guard, request: Request, following: Next) -> Response:
    response = next((no for gate in GATES if (no := gate(guard, request)) is not None), None)
    response = response or await following(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


async def _unreadable(request: Request, problem: Exception) -> Response:
    return PlainTextResponse(f"The inbox cannot be read: {problem}. Nothing was done.\n", 503)


async def _said(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, HTTPException):
        raise problem
    return PlainTextResponse(f"{problem.detail}\n", problem.status_code, problem.headers)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
