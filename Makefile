# `make` lists the verbs. Each one does its own set-up: a virtual environment in .venv, remade when pyproject.toml changes.
# Needs Python 3.11 or newer, make and git. Node.js with npm is optional: without it the Node witness is skipped.

# A pyenv or Microsoft Store shim is on PATH without running, so a candidate counts only when it answers.
CANDIDATES := python3.13 python3.12 python3.11 python3 python python3.14
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
NODE_ORACLE := tests/oracle/node
NODE_READY := $(shell command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 && echo $(NODE_ORACLE)/node_modules/.package-lock.json)
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types imports unasync reference witnesses witness mutants docs bench clean

help: ## list these verbs
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## the main job: 5,000 rows of a CSV into an emulated HubSpot account (ARGS="FILE.csv --keep")
	@$(BIN)/hubwire demo $(ARGS)

test: $(VENV)/.dev $(NODE_READY) ## all tests (ARGS="-k name" narrows them)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: lint types imports unasync reference witnesses test ## everything CI runs

format: $(VENV)/.dev ## rewrite the formatting, and what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lint: $(VENV)/.dev ## formatting and lint rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.dev ## which package may import which
	$(BIN)/lint-imports --no-logo

unasync: $(VENV)/.dev ## the blocking facade equals what is generated from the async one
	$(BIN)/python tools/unasync.py --check

reference: $(VENV)/.dev ## the reference pages equal what is generated from the docstrings
	$(BIN)/python tools/reference.py --check

witnesses: $(VENV)/.dev ## the contract tests still ask for every endpoint that the coverage page says they do
	$(BIN)/python tools/witness.py --check
	@$(BIN)/python tools/mutants.py --count

witness: $(VENV)/.dev $(NODE_READY) ## find out anew which tests vouch for which endpoints; then `make docs`
	$(BIN)/python tools/witness.py

mutants: $(VENV)/.dev ## which facts of the catalogue no contract test would miss (ARGS="limits.toml"; long)
	$(BIN)/python tools/mutants.py $(ARGS)

docs: $(VENV)/.dev ## write the reference pages anew
	$(BIN)/python tools/reference.py

bench: $(VENV)/.dev ## side-by-side measurements against other clients, as ratios (ARGS="--full")
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove what the other verbs made
	rm -rf $(VENV) $(NODE_ORACLE)/node_modules build dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo >&2 "hubwire needs Python 3.11 or newer with the venv module; none of these answers: $(CANDIDATES)."; \
	echo >&2 "Install one (Debian: apt install python3-venv), or name it: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 "$(PYTHON) is older than Python 3.11."; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.ready: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[all]'
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --group dev
	@$(BIN)/python -m pip install --quiet --group sdk-next || echo "the hubspot-sdk pre-release does not install here: its tests are skipped"
	@touch $@

$(NODE_ORACLE)/node_modules/.package-lock.json: $(NODE_ORACLE)/package.json $(NODE_ORACLE)/package-lock.json
	npm ci --prefix $(NODE_ORACLE) --no-audit --no-fund --loglevel=error
	@touch $@
