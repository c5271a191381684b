"""Writes the reference pages from the docstrings: `python tools/reference.py`, or `--check` to compare only.

Plain Markdown that reads well on its own. Sources are read as syntax trees, so that the pages do not depend
on the Python that writes them. What is public: the names in `PAGES`, and below each of them every attribute
and method without a leading underscore.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"


FORMS = ("msgspec.Struct", "NamedTuple", "Protocol")
"""Bases that say how a class is made, and nothing about what it is."""


@dataclass(frozen=True)
class Page:
    name: str
    title: str
    intro: str
    objects: tuple[str, ...]
    """`module:Name` each; `module:Name!` when its methods are told elsewhere."""


PAGES = (
    Page(
        "client",
        "The client",
        "`Hub` is an account, and what it gives: records, batches, associations, definitions. `AsyncHub` has "
        "the same methods to be awaited, and `async for` where `Hub` iterates.",
        (
            "hubwire:Hub",
            "hubwire:AsyncHub!",
            "hubwire.client.objects_sync:Records",
            "hubwire.client.selection_sync:Selection",
            "hubwire.client.bulk_sync:Batch",
            "hubwire.client.bulk_sync:Each",
            "hubwire.client.associations_sync:Associations",
            "hubwire.client.associations_sync:AssociationBatch",
            "hubwire.client.labels_sync:Labels",
            "hubwire.client.labels_sync:AssociationLimits",
            "hubwire.client.properties_sync:Properties",
            "hubwire.client.properties_sync:Groups",
            "hubwire.client.properties_sync:Rules",
            "hubwire.client.pipelines_sync:Pipelines",
            "hubwire.client.pipelines_sync:Stages",
            "hubwire.client.schemas_sync:Schemas",
            "hubwire.client.lists_sync:Lists",
            "hubwire.client.imports_sync:Imports",
            "hubwire.client.exports_sync:Exports",
            "hubwire.client.app_settings_sync:Webhooks",
            "hubwire.client.journal_sync:Journal",
            "hubwire.client.account_sync:Owners",
            "hubwire.client.account_sync:Account",
            "hubwire.client.account_sync:Users",
            "hubwire.client.account_sync:Limits",
        ),
    ),
    Page(
        "shapes",
        "Definitions, lists, jobs and settings",
        "What the families of calls answer. Attributes are HubSpot's names in snake case; `to_dict()` gives "
        "HubSpot's own.",
        (
            "hubwire.client.definitions:PropertyDefinition",
            "hubwire.client.definitions:GroupDefinition",
            "hubwire.client.definitions:ValidationRule",
            "hubwire.client.definitions:PipelineDefinition",
            "hubwire.client.definitions:StageDefinition",
            "hubwire.client.definitions:AuditEntry",
            "hubwire.client.definitions:SchemaDefinition",
            "hubwire.client.definitions:SchemaAssociation",
            "hubwire.client.definitions:AssociationLimit",
            "hubwire.client.definitions:Owner",
            "hubwire.client.shapes:ListDefinition",
            "hubwire.client.shapes:Membership",
            "hubwire.client.shapes:MembershipOf",
            "hubwire.client.shapes:MembershipChange",
            "hubwire.client.shapes:Import",
            "hubwire.client.shapes:ImportProblem",
            "hubwire.client.shapes:Export",
            "hubwire.client.shapes:User",
            "hubwire.client.shapes:Role",
            "hubwire.client.shapes:Team",
            "hubwire.client.shapes:WebhookSettings",
            "hubwire.client.shapes:WebhookSubscription",
            "hubwire.client.shapes:JournalFile",
            "hubwire.client.shapes:JournalSubscription",
        ),
    ),
    Page(
        "compat",
        "HubSpot's own clients through a hub",
        "`hubwire.compat` gives HubSpot's own Python clients a hub's token, quota, retries and connections.",
        ("hubwire.compat:hubspot_api_client", "hubwire.compat:hubspot_sdk"),
    ),
    Page(
        "values",
        "What goes in and comes out",
        "Records, outcomes and links, and the values that a write may hold.",
        (
            "hubwire:Record",
            "hubwire:NewRecord",
            "hubwire:Change",
            "hubwire:Filter",
            "hubwire:p",
            "hubwire.client.expressions:Property",
            "hubwire.client.plans:Plan",
            "hubwire:Outcome",
            "hubwire:Outcomes",
            "hubwire:Link",
            "hubwire:CLEAR",
            "hubwire:UNSET",
        ),
    ),
    Page(
        "typed",
        "Typed records",
        "What `hubwire types` writes is made of these, from `hubwire.client.typed`.",
        (
            "hubwire.client.typed_records_sync:TypedRecords",
            "hubwire.client.typed.record:TypedRecord",
            "hubwire.client.typed.record:NotLoaded",
            "hubwire.client.typed.fields:Text",
            "hubwire.client.typed.fields:Number",
            "hubwire.client.typed.fields:Bool",
            "hubwire.client.typed.fields:Date",
            "hubwire.client.typed.fields:Datetime",
            "hubwire.client.typed.fields:Choice",
            "hubwire.client.typed.fields:Choices",
            "hubwire.client.typed.fields:ReadOnly",
            "hubwire.client.typed.read:Other",
            "hubwire.client.typed.read:Odd",
            "hubwire.client.typed.labels:AssociationTypes",
            "hubwire.types:read_account",
            "hubwire.types:source",
            "hubwire.types:AccountTypes",
        ),
    ),
    Page(
        "schema",
        "Schema as code",
        "What a schema declares, and what becomes of it, from `hubwire.schema`. In TOML, objects, groups and "
        "properties are tables by their name, pipelines by their id; the settings are the same.",
        (
            "hubwire.schema:Schema",
            "hubwire.schema:CustomObject",
            "hubwire.schema:StandardObject",
            "hubwire.schema:Property",
            "hubwire.schema:Option",
            "hubwire.schema:Group",
            "hubwire.schema:Pipeline",
            "hubwire.schema:Stage",
            "hubwire.schema:Label",
            "hubwire.schema:load",
            "hubwire.schema:plan",
            "hubwire.schema:pull",
            "hubwire.schema:text",
            "hubwire.schema:Plan",
            "hubwire.schema:Change",
            "hubwire.schema:Refused",
            "hubwire.schema:Extra",
            "hubwire.schema.plans:Refusal",
            "hubwire.schema.plans:Stopped",
        ),
    ),
    Page(
        "settings",
        "Settings of a hub",
        "How much of the quota to take, how patient to be, and what was used.",
        (
            "hubwire:Quota",
            "hubwire:Validation",
            "hubwire.client.validation:Conditional",
            "hubwire.client.quota:QuotaStore",
            "hubwire:Usage",
            "hubwire.client.plan:Plan",
            "hubwire:Retry",
            "hubwire.wire.message:Timeout",
        ),
    ),
    Page(
        "events",
        "Events",
        "What hooks are told, from `hubwire.client.events`, and two hooks that are ready.",
        (
            "hubwire.client.events:Event",
            "hubwire.client.events:CallStarted",
            "hubwire.client.events:RequestSent",
            "hubwire.client.events:ResponseReceived",
            "hubwire.client.events:RequestFailed",
            "hubwire.client.events:Paused",
            "hubwire.client.events:Retried",
            "hubwire.client.events:TokenRefreshed",
            "hubwire.client.events:CallFinished",
            "hubwire.client.events:ErrorsMany",
            "hubwire.client.otel:OpenTelemetry",
            "hubwire.client.story:Story",
        ),
    ),
    Page(
        "errors",
        "Errors",
        "Everything that hubwire raises.",
        (
            "hubwire:errors",
            "hubwire:HubwireError",
            "hubwire:ConfigError",
            "hubwire.errors:NotConnected",
            "hubwire.errors:StateMismatch",
            "hubwire.errors:TokenStoreError",
            "hubwire:HubSpotError",
            "hubwire:Unauthorized",
            "hubwire:TokenExpired",
            "hubwire:Forbidden",
            "hubwire:NotFound",
            "hubwire:Conflict",
            "hubwire:Invalid",
            "hubwire:Preflight",
            "hubwire:RateLimited",
            "hubwire:DailyLimitReached",
            "hubwire:ServerError",
            "hubwire.errors:OAuthError",
            "hubwire.errors:ConsentDenied",
            "hubwire:Disconnected",
            "hubwire:UnexpectedAnswer",
            "hubwire.errors:Unexpected",
            "hubwire:ConnectionFailed",
            "hubwire:TimedOut",
            "hubwire.errors:QuotaKept",
            "hubwire.errors:FloorReached",
            "hubwire.errors:ErrorBudgetSpent",
            "hubwire:MaybeWritten",
            "hubwire.errors:Problem",
        ),
    ),
    Page(
        "auth",
        "Tokens and OAuth",
        "Where the token of a hub comes from.",
        (
            "hubwire:OAuthApp",
            "hubwire.auth.oauth:OAuthClient",
            "hubwire.auth:Scopes",
            "hubwire.auth:Departure",
            "hubwire.auth:Connected",
            "hubwire.auth:asgi_routes",
            "hubwire.auth:wsgi_routes",
            "hubwire.auth:TokenInfo",
            "hubwire.auth:token_info",
            "hubwire.auth:SunsetWarning",
            "hubwire.auth:Tokens",
            "hubwire.auth:OAuthTokens",
            "hubwire.auth:StoredTokens",
            "hubwire.auth:Timing",
            "hubwire.auth:StaticToken",
            "hubwire.auth:TokenSource",
            "hubwire.auth:profile_source",
            "hubwire.auth.profiles:Profile",
            "hubwire.auth:open_store",
            "hubwire.auth:TokenStore",
            "hubwire.auth:Key",
            "hubwire.auth:Kept",
            "hubwire.auth:Listed",
            "hubwire.auth:Lease",
            "hubwire.auth:MemoryStore",
            "hubwire.auth:SqliteStore",
            "hubwire.auth:PostgresStore",
            "hubwire.auth:RedisStore",
            "hubwire.auth:EnvironmentStore",
            "hubwire.auth:Keys",
            "hubwire.auth:new_key",
        ),
    ),
    Page(
        "webhooks",
        "Webhooks",
        "Receiving events and handling them.",
        (
            "hubwire.webhooks:App",
            "hubwire.webhooks:Backoff",
            "hubwire.webhooks:Event",
            "hubwire.webhooks:Context",
            "hubwire.webhooks:Retry",
            "hubwire.webhooks:Service",
            "hubwire.webhooks.service:Trust",
            "hubwire.webhooks.receiver:Limits",
            "hubwire.webhooks.worker:Working",
            "hubwire.webhooks:Secrets",
            "hubwire.webhooks:verify",
            "hubwire.webhooks:Delivery",
            "hubwire.webhooks:Answer",
        ),
    ),
    Page(
        "emulator",
        "The emulator",
        "A HubSpot account in this process, or on a socket.",
        (
            "hubwire.emulator:Emulator",
            "hubwire.emulator.faults:Fault",
            "hubwire.emulator:Clock",
            "hubwire.emulator:Identity",
            "hubwire.emulator:serve",
            "hubwire.emulator:StateError",
        ),
    ),
    Page(
        "testing",
        "The pytest fixtures",
        "Accounts for tests: the extra `testing` adds the fixtures `hubspot` and `hubspot_server` to pytest.",
        (
            "hubwire.testing.plugin:hubspot",
            "hubwire.testing.plugin:hubspot_server",
            "hubwire.testing.accounts:LocalAccount",
            "hubwire.testing.accounts:Account",
        ),
    ),
)


def written(page: Page) -> str:
    """The whole text of one page."""
    parts = [
        f"# {page.title}\n",
        "<!-- Generated by tools/reference.py from the docstrings: edit those, then run `make docs`. -->\n",
        f"{page.intro}\n",
    ]
    for dotted in page.objects:
        module, _, name = dotted.partition(":")
        parts.append(section(module, name))
    return "\n".join(parts).rstrip() + "\n"


def section(module: str, name: str) -> str:
    """One class, function, constant or module, with what is public below it."""
    name, brief = name.rstrip("!"), name.endswith("!")
    # Where users have no need to import it from, the bare name will do.
    title = f"## `{module}.{name}`\n" if name in public(module) or module == "hubwire" else f"## `{name}`\n"
    thing = getattr(importlib.import_module(module), name)
    if inspect.ismodule(thing):
        return "\n".join([title, *of_module(tree(thing.__name__))])
    for node in tree(home(module, name, thing)).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return "\n".join([title, *((doc(node),) if brief else of_class(node))])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return "\n".join([title, *of_function(node, name)])
    if type(thing).__doc__ is None:
        raise SystemExit(f"{module}:{name} says nothing about itself")
    return "\n".join([title, constant(tree(home(module, name, thing)), name)])


def public(module: str) -> Collection[str]:
    return getattr(importlib.import_module(module), "__all__", ())


def home(module: str, name: str, thing: object) -> str:
    """The module whose source defines it."""
    if inspect.isclass(thing) or inspect.isfunction(thing):
        return thing.__module__
    where: dict[str, str] = getattr(importlib.import_module(module), "_WHERE", {})
    return where.get(name, module)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(Path(inspect.getfile(importlib.import_module(module))).read_text("utf-8"))


def constant(source: ast.Module, name: str) -> str:
    """The string below an assignment."""
    for node, following in pairwise(source.body):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if name in [one.id for one in targets if isinstance(one, ast.Name)]:
            return f"{text(following)}\n"
    raise SystemExit(f"{name} has no docstring below it")


def text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(inspect.cleandoc(str(node.value.value)).split())
    return ""


def of_module(source: ast.Module) -> Iterator[str]:
    """Its docstring; its functions too, when it has no classes to speak of."""
    yield fenced(ast.get_docstring(source) or "") + "\n"
    if any(isinstance(node, ast.ClassDef) and node.name.endswith("Error") for node in source.body):
        return
    for node in source.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("running", "serve_forever"):
            yield f"### `{node.name}`\n"
            yield from of_function(node, node.name)


def of_class(node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(base for base in map(ast.unparse, node.bases) if base not in FORMS)
    init = next(
        (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None
    )
    if init is not None:
        yield f"```text\n{node.name}{arguments(init)}\n```\n"
    elif bases:
        yield f"A kind of `{bases}`.\n"
    yield doc(node)
    if init is not None and ast.get_docstring(init):
        yield doc(init)
    yield from attributes(node)
    for member in node.body:
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and not member.name.startswith("_"):
            if decorated(member) & {"setter", "overload"}:
                continue
            yield f"### `{node.name}.{member.name}`\n"
            yield from of_function(member, member.name)


def of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[str]:
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if decorated(node) & {"property", "cached_property"}:
        yield f"```text\n{name}{result.replace(' -> ', ': ')}\n```\n"
    else:
        start = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
        yield f"```text\n{start}{name}{arguments(node)}{result}\n```\n"
    yield doc(node)


def attributes(node: ast.ClassDef) -> Iterator[str]:
    """Annotated attributes with the string below each, as a list."""
    rows = []
    for member, following in pairwise([*node.body, ast.Pass()]):
        if not isinstance(member, ast.AnnAssign) or not isinstance(member.target, ast.Name):
            continue
        if member.target.id.startswith("_") or ast.unparse(member.annotation).startswith("ClassVar"):
            continue
        said = f" — {text(following)}" if text(following) else ""
        rows.append(f"- `{member.target.id}: {ast.unparse(member.annotation)}`{said}")
    if rows:
        yield "\n".join(rows) + "\n"
    kinds = [
        f"`{member.targets[0].id}`"
        for member in node.body
        if isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name)
        if isinstance(member.value, ast.Call) and ast.unparse(member.value.func) == "Kind"
    ]
    if kinds:
        yield f"The standard types, each `Records`: {', '.join(kinds)}.\n"


def decorated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {ast.unparse(one).rpartition(".")[2].partition("(")[0] for one in node.decorator_list}


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The parameters, self left out; one a line where they are many."""
    told = node.args
    if told.args and told.args[0].arg in ("self", "cls"):
        told = ast.arguments(
            told.posonlyargs,
            told.args[1:],
            told.vararg,
            told.kwonlyargs,
            told.kw_defaults,
            told.kwarg,
            told.defaults,
        )
    text = ast.unparse(told)
    if len(text) <= 70:
        return f"({text})"
    return "(\n" + "".join(f"    {one},\n" for one in split(text)) + ")"


def split(text: str) -> Iterator[str]:
    """The parameters of a signature, at the commas that stand in no bracket."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()


def doc(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The docstring as Markdown: what is indented stays as it stands."""
    return fenced(ast.get_docstring(node) or "") + "\n"


def fenced(text: str) -> str:
    """Indented blocks in fences: drawings and examples keep their lines."""
    lines, inside = [], False
    for line in text.splitlines():
        indented = line.startswith("    ")
        if indented and not inside:
            lines += ["```text", line[4:]]
        elif inside and not indented and line:
            while not lines[-1]:
                lines.pop()
            lines += ["```", "", line]
        else:
            lines.append(line[4:] if indented else line)
        inside = indented or (inside and not line)
    return "\n".join([*lines, "```"] if inside else lines)


def commands() -> str:
    """The page of the command line, from the parsers themselves."""
    from hubwire.cli.main import parser

    root = parser()
    parts = [
        "# The `hubwire` command\n",
        "<!-- Generated by tools/reference.py from the parsers: edit those, then run `make docs`. -->\n",
        f"{root.description}\n",
        "Exit codes: 0 done; 1 something of the job failed or was refused; 2 it could not start as asked; "
        "130 interrupted.\n",
    ]
    for name, sub in subcommands(root).items():
        parts += [f"## `hubwire {name}`\n", f"{(sub.description or '').strip()}\n", *options(sub)]
        for inner, within in subcommands(sub).items():
            description = (within.description or "").strip()
            parts += [f"### `hubwire {name} {inner}`\n", f"{description}\n", *options(within)]
    return "\n".join(parts).rstrip() + "\n"


def subcommands(root: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [one for one in root._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(sorted(found[0].choices.items())) if found else {}


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            continue
        value = action.metavar or (
            "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
        )
        shown = [f"{one} {value}" if action.nargs != 0 else one for one in action.option_strings] or [
            str(value)
        ]
        yield f"- `{'`, `'.join(shown)}` — {action.help}"
    yield ""


def coverage() -> str:
    """The page of what is emulated, from the catalogue, the handlers and the tests that vouch for them."""
    from hubwire.catalogue.versions import VERSIONS
    from hubwire.emulator.coverage import LEVELS, totals
    from hubwire.emulator.coverage import coverage as found

    rows = found()
    parts = [
        "# What the emulator serves\n",
        "<!-- Generated by tools/reference.py from catalogue, handlers and tools/witness.py. -->\n",
        "Every endpoint that hubwire knows, by API version. `hubwire emulator coverage` prints the same.\n",
        "\n".join(f"- **{level}**: {said}" for level, said in LEVELS.items()) + "\n",
        "`v3` stands for all numeric versions (v1 to v4). A dash: the endpoint does not exist there.\n",
        table(["version", *LEVELS], [[name, *counts.values()] for name, counts in totals(rows).items()]),
        table(
            ["operation", "method", "path", *VERSIONS],
            [
                [
                    f"`{row.op}`",
                    row.method,
                    f"`{next(reversed(row.cells.values())).path}`",
                    *(row.cells[version].level if version in row.cells else "–" for version in VERSIONS),
                ]
                for row in rows
                if row.cells
            ],
        ),
    ]
    return "\n".join(parts).rstrip() + "\n"


def table(heads: list[str], rows: list[list[object]]) -> str:
    lines: list[list[object]] = [[*heads], ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def index() -> str:
    rows = "- [The `hubwire` command](commands.md): what it can be told\n"
    rows += (
        "- [What the emulator serves](coverage.md): every endpoint, by API version, and how that is known\n"
    )
    rows += "\n".join(
        f"- [{page.title}]({page.name}.md): {page.intro.split('. ')[0].rstrip('.')}" for page in PAGES
    )
    return (
        "# Reference\n\n"
        "<!-- Generated by tools/reference.py: edit the docstrings, then run `make docs`. -->\n\n"
        f"{rows}\n"
    )


def main(check: bool) -> int:
    texts = {
        FOLDER / "index.md": index(),
        FOLDER / "commands.md": commands(),
        FOLDER / "coverage.md": coverage(),
    }
    texts |= {FOLDER / f"{page.name}.md": written(page) for page in PAGES}
    stray = set(FOLDER.glob("*.md")) - set(texts)
    if not check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        for path in stray:
            path.unlink()
        return 0
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in [*stale, *stray]:
        print(
            f"{path.relative_to(ROOT)} does not follow from the docstrings: run `make docs`", file=sys.stderr
        )
    return 1 if stale or stray else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a page is out of date"
    )
    raise SystemExit(main(parser.parse_args().check))
