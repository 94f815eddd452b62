# Two commands do everything on a machine that has Python >= 3.11 and make: `make demo` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# One more than there are processors: many tests wait for a process or a socket.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

# Many processes are started, in the tests above all: what they import is to be compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint types unit browser pictures chaos fuzz bench lock wheel clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.run: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Herald needs Python 3.11 or newer: https://www.python.org/downloads/"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
		echo "No virtual environment could be made. On Debian: apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the development tools ..."
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.run ## see Herald work: no token, no network, nothing to install
	@$(BIN)/herald demo $(ARGS)

test: lint types unit ## lint, types, tests: what CI runs

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy --strict
	@$(BIN)/mypy

unit: $(VENV)/.dev browser ## pytest, the test of import directions among them
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

# Never an obstacle: without a browser, and without the right to install one, those tests skip and say so.
browser: ## a Chromium for tests/browser, if there is none and this is root on Debian
	@for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do \
		command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests ..."; \
		(timeout 120 apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -qqy --no-install-recommends chromium) \
			</dev/null >/dev/null 2>&1 || echo "No Chromium could be installed: the browser tests will skip."; \
	else echo "No Chromium here: the browser tests will skip."; fi

pictures: $(VENV)/.dev browser ## docs/*.png anew, from the browser tests
	@HERALD_PICTURES=docs $(BIN)/pytest tests/browser/test_pictures.py

chaos: $(VENV)/.dev ## hurt the real bot for minutes, count what was lost or doubled: ARGS="--seconds 600 --seed 7"
	@$(BIN)/python -m tests.chaos $(ARGS)

fuzz: $(VENV)/.dev ## read broken and rewritten documents for as long as one likes: ARGS="--seconds 600 --seed 7"
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/.dev ## measurements, as ratios where there is something to compare with
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev ## newest versions that pyproject.toml allows, written to the lock files
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile --system-certs --universal --python-version 3.11 --generate-hashes --no-header -q --upgrade \
		--extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --system-certs --universal --python-version 3.11 --generate-hashes --no-header -q --upgrade \
		--all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock

wheel: $(VENV)/.dev ## dist/herald-*.whl
	@$(BIN)/pip wheel -q --no-deps --no-build-isolation -w dist .

clean: ## remove what was made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .hypothesis
