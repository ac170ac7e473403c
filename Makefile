# Everything a newcomer needs: `make run` serves the demo community, `make test` runs the suite.
# Nothing but make and Python 3.11 to 3.13 is assumed; only package registries are reached, only during set-up.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev assets run demo test test-postgres journeys check bench lock clean

help:            ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The stamp names the lock it was made from, so a changed lock installs again.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.run          ## Install what the product needs
setup-dev: $(VENV)/.dev      ## Install what its developers need, too

build/assets/.done: package-lock.json package.json $(wildcard frontend/*) $(VENV)/.run
	$(BIN)/python frontend/build.py
	@touch $@

assets: build/assets/.done   ## Build the chart and map bundles (git-ignored)

demo: setup      ## Build the demo community in var/ if there is none
	$(BIN)/yuanzhi demo --if-missing

run: setup assets demo       ## Serve the demo community on http://127.0.0.1:8000
	YUANZHI_DEMO=1 $(BIN)/yuanzhi serve

test: setup-dev  ## The suite on SQLite
	$(BIN)/python -m pytest -n $(JOBS)

test-postgres: setup-dev     ## The same suite on PostgreSQL (DATABASE_URL, or the server on 127.0.0.1:5432)
	DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} $(BIN)/python -m pytest -n $(JOBS)

journeys: setup-dev assets   ## Browser journeys in Debian's Chromium
	$(BIN)/python -m pytest -m journey tests/journeys

check: setup-dev ## Lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint yuanzhi
	$(BIN)/lint-imports
	$(BIN)/mypy yuanzhi demo

bench: setup-dev ## What is measured; writes docs/bench.md
	$(BIN)/python -m bench

lock: | $(BIN)/python        ## Resolve the dependencies anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:           ## Forget everything that was built (keeps var/)
	rm -rf $(VENV) build node_modules
