"""The files of a run and how they refer to each other."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from hubwire.lint import patterns as re
from hubwire.lint.collect import LIMIT, binary, normalised
from hubwire.lint.config import Config
from hubwire.lint.facts import Facts, Func, Import
from hubwire.lint.markers import marked
from hubwire.lint.parse import broken, parse
from hubwire.lint.source import Source

Read = Callable[[str], bytes | None]
Names = Callable[[str], Collection[str]]
"""What a folder holds."""
_PY_MODULES = re.compile(
    r"[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([^\n#]+))"
)
_DEFINED = re.compile(r"def[\s\\]+(\w+)")
_WORD = re.compile(r"\w+")
_NAMES = re.compile(r"(\w+)(?:[ \t]+as[ \t]+(\w+))?")
_JS_IMPORT = re.compile(r"""(?:from|require\(|import\(|import)\s*['"]([^'"\n]+)['"]""")
_SCRIPT_ENDINGS = (
    ".ts",
    ".tsx",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.mjs",
)
_ALIASES = (
    ("@/", ("src/", "", "app/")),
    ("~/", ("src/", "app/", "")),
    ("src/", ("src/",)),
    ("@app/", ("src/", "app/")),
)
T = TypeVar("T")
_GENERATED = re.compile(
    r"(?i)openapi.?generator|auto-?generated (?:by|file)|@generated|do not edit|generated from our "
    r"openapi spec|swagger-codegen"
)
_TEST_PATH = re.compile(
    r"(^|/)(tests?|__tests__|specs?|__mocks__|mocks?|fixtures?|e2e|cypress|testdata)(/|$)", re.I
)
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|conftest|[^/]*(_test|\.test|\.spec|\.stories|-test))\.\w+$", re.I)


class Unit:
    """One file: source, facts and derived knowledge, each made on first use."""

    def __init__(self, source: Source, project: Project) -> None:
        self.source = source
        self.project = project
        self.path = source.path
        """Relative to the root of the run, with forward slashes."""
        self.folder = self.path.rpartition("/")[0]
        self._learned: dict[Any, Any] = {}

    @cached_property
    def facts(self) -> Facts:
        """The parsed file; empty for text that is not code."""
        self.project.parsed += len(self.source.data)
        return parse(self.source) if self.source.language else Facts(self.path, "")

    @cached_property
    def errors(self) -> int:
        """Bytes the parser can make no sense of. A file that has none is not read any further for it."""
        return self.facts.errors if self.is_parsed or broken(self.source) else 0

    @cached_property
    def speaks(self) -> bool:
        """Whether it says something of HubSpot, or its path does."""
        home = self.project.home
        return self.path in self.project.speaking or marked(self.source.data, f"{home}/{self.path}")

    @property
    def is_parsed(self) -> bool:
        """Whether its facts are at hand."""
        return "facts" in self.__dict__

    @cached_property
    def code(self) -> str:
        """The text with comments, docstrings and markup blanked, so that prose is no evidence."""
        text = self.source.scripts().decode("latin-1") if self.source.component else self.source.text
        if not self.facts.quiet:
            return text
        out = []
        last = 0
        for start, end in self.facts.quiet:
            if start < last:
                continue
            out.append(text[last:start])
            lines = text[start:end].split("\n")
            out.append("\n".join([" " * len(line) for line in lines]))
            last = end
        out.append(text[last:])
        return "".join(out)

    @cached_property
    def low(self) -> str:
        """The text in small letters, for looking up words."""
        return self.source.data.lower().decode("latin-1")

    @cached_property
    def generated(self) -> bool:
        """Whether a generator says in the head of the file that it wrote it; nobody mends such files by "
        "hand."""
        head = self.source.data[:1500].lower()
        said = b"generat" in head or b"do not edit" in head or b"swagger-codegen" in head
        return said and bool(_GENERATED.search(self.source.text, 0, 1500))

    @cached_property
    def is_test(self) -> bool:
        """Whether the path says that this is test code."""
        return bool(_TEST_PATH.search(self.path) or _TEST_FILE.search(self.path))

    def memo(self, make: Callable[[Unit], T]) -> T:
        """What `make` learns about this file, learned once."""
        if make not in self._learned:
            self._learned[make] = make(self)
        return self._learned[make]  # type: ignore[no-any-return]  # keyed by its maker

    def may_hold(self, name: str) -> bool:
        """Whether a file may define a function of this name or import what is called so, seen without parsing
        it: most names that Python files import from others are classes and constants."""
        if self.is_parsed or self.source.language != "py":
            return True
        named = (local for _, names in self.memo(imports_of) for local, _ in names)
        return name in self.memo(defined) or name in named

    def forget(self) -> None:
        """Drop the tree and what was learned from it; asked again, it is made again."""
        facts = self.__dict__.pop("facts", None)
        if facts is not None:
            # Expressions put off hold their reader, which holds the expressions.
            facts.known.clear()
            facts.branches_of = facts.compares_of = list
        self.__dict__.pop("code", None)
        self.__dict__.pop("low", None)
        self.source.__dict__.pop("text", None)
        self.source.__dict__.pop("starts", None)
        self._learned.clear()

    def ease(self) -> None:
        """Drop copies of the text that only its own check reads."""
        self.__dict__.pop("low", None)
        if not self.is_parsed:
            self.__dict__.pop("code", None)
            self.source.__dict__.pop("text", None)
            self.source.__dict__.pop("starts", None)

    def body(self, func: Func) -> str:
        """Code of a function, comments blanked."""
        return self.code[func.start : func.end]

    def around(self, offset: int) -> str:
        """Code of the outermost function around an offset, or of the whole file at module level."""
        chain = self.facts.chain(offset)
        if not chain:
            return self.code
        return self.body(self.facts.functions[chain[-1]])


class Project:
    """Units by path; a file that an import leads to is read when it is needed."""

    def __init__(
        self, read: Read, config: Config | None = None, folder: str = "", names: Names | None = None
    ) -> None:
        self.read = read
        self._names = names
        self.folder = folder
        self.home = folder.rpartition("/")[2]
        """Name of the folder that all paths are relative to: `hubspot-sync` says what its files are about."""
        self.config = config or Config()
        self.units: dict[str, Unit] = {}
        self.speaking: set[str] = set()
        """Files that are known to speak of HubSpot."""
        self._missing: set[str] = set()
        self._owned: dict[tuple[str, str], bool] = {}
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        self._modules: dict[tuple[str, str], Unit | None] = {}
        self._importers: dict[str, list[tuple[Unit, Import]]] = {}
        self.given: dict[tuple[str, str, int], bool] = {}
        """What the gates learned about names that other files import."""
        self.exchanging: dict[str, bool] = {}
        """Whether a file or what it imports speaks of OAuth, as far as anybody asked."""
        self.parsed = 0
        """Bytes parsed since the last `forget`."""

    def add(self, path: str, data: bytes) -> Unit:
        """Put a file under check."""
        unit = Unit(Source(path, normalised(data)), self)
        self.units[path] = unit
        return unit

    def get(self, path: str) -> Unit | None:
        """The unit at a path, read on demand."""
        if path in self.units:
            return self.units[path]
        if path in self._missing:
            return None
        data = self.read(path)
        if data is None or len(data) > LIMIT or binary(data):
            self._missing.add(path)
            return None
        return self.add(path, data)

    def forget(self, above: int) -> None:
        """Drop every tree once more than so many bytes are parsed, between two files under check."""
        if self.parsed > above:
            for unit in self.units.values():
                unit.forget()
            self.parsed = 0

    def resolve_module(self, unit: Unit, module: str) -> Unit | None:
        """The file of this repository that an import names."""
        if not module:
            return None
        key = (unit.folder, module)
        if key not in self._modules:
            self._modules[key] = self._resolve_module(unit, module)
        return self._modules[key]

    def _resolve_module(self, unit: Unit, module: str) -> Unit | None:
        python = unit.source.language == "py"
        if python and module[0] != "." and not self._own(unit.folder, module.partition(".")[0]):
            return None
        options = self._python(unit, module) if python else self._script(unit, module)
        for path in options:
            found = self.get(path)
            if found is not None:
                return found
        return None

    def _python(self, unit: Unit, module: str) -> Iterator[str]:
        folder = posixpath.dirname(unit.path)
        stripped = module.lstrip(".")
        dots = len(module) - len(stripped)
        tail = stripped.replace(".", "/")
        name = stripped.partition(".")[0]
        if dots:
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            bases: tuple[str, ...] = (folder,)
        else:
            bases = ancestors(folder)
        for base in bases:
            lead = f"{base}/" if base else ""
            path = lead + tail if tail else base
            if dots or self._holds(base, name):
                yield f"{path}.py"
                yield f"{path}/__init__.py" if path else "__init__.py"
            if not dots and self._holds(f"{lead}src", name):
                yield f"{lead}src/{tail}.py"

    def _own(self, folder: str, name: str) -> bool:
        """Whether a module or package may be the repository's: most imports name what is installed."""
        if self._names is None:
            return True
        key = (folder, name)
        if key not in self._owned:
            bases = [
                base for above in ancestors(folder) for base in (above, f"{above}/src" if above else "src")
            ]
            self._owned[key] = any(self._holds(base, name) for base in bases)
        return self._owned[key]

    def _holds(self, folder: str, name: str) -> bool:
        """Whether a folder may hold a module or a package."""
        if self._names is None:
            return True
        held = self._names(folder)
        return name in held or f"{name}.py" in held

    def _script(self, unit: Unit, module: str) -> Iterator[str]:
        folder = posixpath.dirname(unit.path)
        if module.startswith("."):
            yield from _spellings(posixpath.normpath(posixpath.join(folder, module)))
            return
        for base in ancestors(folder):
            for prefix, target in self.aliases(base):
                if module.startswith(prefix):
                    rest = module[len(prefix) :]
                    yield from _spellings(posixpath.normpath(posixpath.join(base, target, rest)))
        for prefix, targets in _ALIASES:
            if module.startswith(prefix):
                for base in ancestors(folder):
                    for target in targets:
                        yield from _spellings(posixpath.join(base, target + module[len(prefix) :]))

    def aliases(self, folder: str) -> list[tuple[str, str]]:
        """`paths` of the tsconfig or jsconfig in a folder, as prefix → folder."""
        if folder in self._aliases:
            return self._aliases[folder]
        out: list[tuple[str, str]] = []
        for name in ("tsconfig.json", "jsconfig.json"):
            data = self.read(posixpath.join(folder, name) if folder else name)
            if data is not None:
                out = _tsconfig_paths(data)
                break
        self._aliases[folder] = out
        return out

    def exported(self, unit: Unit, symbol: str, depth: int = 0) -> list[tuple[Unit, Func]]:
        """Functions of a module reachable under a name, through re-exports."""
        if not unit.may_hold(symbol):
            return []
        facts = unit.facts
        target = facts.exports.get(symbol, "")
        if ":" in target and depth < 4:
            module, _, name = target.partition(":")
            other = self.resolve_module(unit, module)
            return self.exported(other, name, depth + 1) if other else []
        if target.startswith("@"):
            offset = int(target[1:])
            return [(unit, f) for f in facts.functions if offset <= f.start <= offset + 200][:1]
        wanted = target or symbol
        found = [(unit, f) for f in facts.functions if f.name == wanted or f.name.endswith("." + wanted)]
        if found or depth >= 4:
            return found
        for imported in facts.imports:
            if imported.local == wanted and imported.symbol not in ("*", ""):
                other = self.resolve_module(unit, imported.module)
                return self.exported(other, imported.symbol, depth + 1) if other else []
        for key, value in facts.exports.items():
            if key.startswith("*"):
                other = self.resolve_module(unit, value.partition(":")[0])
                deeper = self.exported(other, symbol, depth + 1) if other else []
                if deeper:
                    return deeper
        return []

    def importers(self, unit: Unit) -> list[tuple[Unit, Import]]:
        """The marked files that import a file."""
        known = self._importers.get(unit.path)
        if known is None:
            known = self._importers[unit.path] = list(self._find_importers(unit))
        return known

    @cached_property
    def _mentions(self) -> dict[str, list[Unit]]:
        """Last part of a module name → the marked files whose import lines speak of it."""
        out: dict[str, list[Unit]] = {}
        for unit in list(self.units.values()):
            if unit.source.language and not unit.is_test:
                for word in _imported_words(unit):
                    out.setdefault(word, []).append(unit)
        return out

    def _leads_to(self, other: Unit, stem: str, unit: Unit) -> bool:
        """Whether an import line of a file names another, seen without parsing."""
        return any(self.resolve_module(other, m) is unit for m in other.memo(modules_of) if stem in m)

    def naming(self, unit: Unit) -> Iterator[Unit]:
        """The marked files whose import lines name a file, seen without parsing them."""
        stem = _stem(unit.path)
        for other in self._mentions.get(stem, ()):
            if other is not unit and self._leads_to(other, stem, unit):
                yield other

    def _find_importers(self, unit: Unit) -> Iterator[tuple[Unit, Import]]:
        stem = _stem(unit.path)
        for other in self.naming(unit):
            for imported in other.facts.imports:
                if stem not in f"{imported.module}.{imported.symbol}":
                    continue
                target = self.resolve_module(other, imported.module)
                if (target is None or target is not unit) and other.source.language == "py":
                    joint = imported.module if imported.module.endswith(".") else imported.module + "."
                    target = self.resolve_module(other, joint + imported.symbol)
                if target is unit:
                    yield other, imported


def _stem(path: str) -> str:
    """What an import calls a file: by its name, or by its folder's."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("index", "__init__") else stem


def _import_lines(unit: Unit) -> list[tuple[str, str, str]]:
    """The import lines of a Python file: the module and the names taken from it, or whole modules."""
    text = unit.source.text
    out = []
    at = text.find("import")
    while at >= 0:
        found = _PY_MODULES.match(text, text.rfind("\n", 0, at) + 1)
        if found is not None and found.end() > at:
            out.append(found.group(1, 2, 3))
            at = found.end()
        at = text.find("import", at + 1)
    return [(module or "", names or "", plain or "") for module, names, plain in out]


def _imported_modules(unit: Unit) -> Iterator[str]:
    """Modules that the import lines of a file name, without parsing it."""
    if unit.source.language != "py":
        yield from _JS_IMPORT.findall(unit.source.text)
        return
    for module, names, plain in unit.memo(_import_lines):
        for one in plain.split(",") if plain else ():
            yield one.split(" as ")[0].strip()
        if module:
            yield module
            joint = module if module.endswith(".") else module + "."
            yield from (joint + word for word in _WORD.findall(names))


def imports_of(unit: Unit) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Module → (local name, symbol) of the imports of a file, seen without parsing it.

    What a name of a script stands for is not told apart.
    """
    if unit.source.language != "py":
        return [(module, (("*", "*"),)) for module in set(_JS_IMPORT.findall(unit.source.text))]
    out: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for module, names, plain in unit.memo(_import_lines):
        for one in plain.split(",") if plain else ():
            name, _, local = one.partition(" as ")
            out.append((name.strip(), ((local.strip() or name.strip(), "*"),)))
        if module:
            pairs = [(n, local or n) for n, local in _NAMES.findall(names)]
            out.append((module, tuple((local, name) for name, local in pairs)))
    return out


def defined(unit: Unit) -> set[str]:
    """What the functions of a Python file are called, seen without parsing it."""
    return set(_DEFINED.findall(unit.source.text))


def modules_of(unit: Unit) -> frozenset[str]:
    """Modules that a file imports, seen without parsing it."""
    return frozenset(_imported_modules(unit))


def _imported_words(unit: Unit) -> set[str]:
    if unit.source.language == "py":
        return set(_WORD.findall("\n".join(unit.memo(modules_of))))
    modules = _JS_IMPORT.findall(unit.source.text)
    return {m.removesuffix("/index").rpartition("/")[2].partition(".")[0] for m in modules}


def _spellings(path: str) -> Iterator[str]:
    yield path
    stem = re.sub(r"\.(js|mjs|cjs|jsx)$", "", path)
    if stem != path:
        yield from (stem + ending for ending in (".ts", ".tsx", ".mts"))
    yield from (path + ending for ending in _SCRIPT_ENDINGS)


@lru_cache(2_000)
def ancestors(folder: str) -> tuple[str, ...]:
    """A folder and those above it, up to the root of the run."""
    out = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        out.append(folder)
    return tuple(out)


def _tsconfig_paths(data: bytes) -> list[tuple[str, str]]:
    import json

    text = re.sub(r"^\s*//[^\n]*|/\*.*?\*/", "", data.decode("utf-8", "replace"), flags=re.M | re.S)
    text = re.sub(r",(\s*[}\]])", r"\1", text)
    try:
        options = json.loads(text).get("compilerOptions", {})
    except (ValueError, AttributeError):
        return []
    base = options.get("baseUrl", ".")
    out = []
    for pattern, targets in (options.get("paths") or {}).items():
        for target in targets if isinstance(targets, list) else []:
            out.append(
                (pattern.rstrip("*"), posixpath.normpath(posixpath.join(base, str(target).rstrip("*"))))
            )
    if "baseUrl" in options:
        out.append(("", base))
    return out
