# Every target that needs the command installs it first; nothing else is needed beforehand than
# Python 3.11, make, git and, where official downloads are closed, Go.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STACK ?= local
# Of tests, each with a control plane of its own (1 GiB). They wait half of the time: more than processors pays.
WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help install up down test check format lock bench torture clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: onestack needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=<a newer one>." >&2; exit 4; }
	@echo "installing the Python packages into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q onestack components infra # where PYTHONDONTWRITEBYTECODE is set, every process would do it again
	@touch $@

install: $(READY) ## Install the command and its packages into .venv

up: $(READY) ## Bring the local environment to life and deploy to it
	@$(BIN)/onestack tools
	@$(BIN)/onestack local up
	@$(BIN)/onestack deploy $(STACK)

down: $(READY) ## Take the local environment down
	@$(BIN)/onestack local down --destroy $(STACK)

test: $(READY) ## Run the tests (the everyday set)
	@$(BIN)/onestack tools >/dev/null
	@# A file's tests share what is dear; files in the order that tests/conftest.py gives them, long ones first.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not torture"

torture: $(READY) ## Run the long tests
	@$(BIN)/python -m pytest -m torture

bench: $(READY) ## Measure, side by side, and print ratios
	@$(BIN)/onestack tools >/dev/null
	@$(BIN)/python -m tests.bench

check: $(READY) ## Formatting, linting, types, import contracts, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.actionlint

format: $(READY) ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(READY) ## Pin the newest packages that work together, by version and hash
	@$(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --extra dev --extra fuzz --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.lock pyproject.toml

clean: ## Remove the virtual environment (the state and the control plane's data stay)
	rm -rf $(VENV)
