# `make` or `make help` lists the verbs. The first use of each sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## List the verbs
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once) ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Everloom needs Python 3.11 or later; name one with PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY) ## Start Temporal, workers and API, import the demo products, stay up (ONCE=1: report and exit)
	@$(BIN)/everloom dev --run product-import --input @apps/mail_platform/demo/import.json $(if $(ONCE),--once)

test: $(READY) ## Run the tests (ARGS='-k name' for some)
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto --dist loadfile)

check: $(READY) ## Format, lint, types, room contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

fix: $(READY) ## Format and repair what can be repaired
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) ## Measure (ONLY=B1,B6 for some)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(ARGS)

golden: $(READY) ## Write the golden files of the compiler anew, for review
	@$(BIN)/python -m tests.language.golden_files

lock: $(READY) ## Resolve requirements.lock anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml requirements-build.in -o requirements.lock

.PHONY: help run test check fix bench golden lock
