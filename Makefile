# Everything needed is Python 3.11 or newer and make. `make` alone lists the targets.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
UV     := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --no-emit-find-links \
          --custom-compile-command "make requirements"
# Where uv cannot reach an index that pip knows, pip does it.
INTO    = $(if $(PIP_INDEX_URL),UV_DEFAULT_INDEX=$(PIP_INDEX_URL)) UV_HTTP_RETRIES=1 \
          $(BIN)/uv pip install --quiet --python $(1)/bin/python --no-deps --require-hashes -r $(2) \
          2> /dev/null || $(1)/bin/python -m pip install -qq --disable-pip-version-check \
          --no-input --no-deps --require-hashes -r $(2)
INSTALL = $(call INTO,$(VENV),$(1))
EXTRAS := --extra web --extra reports
IMAGE_EXTRAS := --extra postgresql --extra lake --extra sail
PEERS  := .venv-peers
ORACLES := .venv-oracles
SPARK  := .venv-spark

# Debian packages that tests use; installed when missing, where apt and root are at hand.
SYSTEM_PACKAGES := chromium hledger ledger libreoffice-calc postgresql

# What the scripts and styles of the pages are bundled from.
FRONTEND := hatch_build.py $(wildcard frontend/.npmrc frontend/*.json frontend/src/*)

PYTEST ?= -n 2 --dist worksteal
LINTS  := ruff format types imports tidy

.DELETE_ON_ERROR:
.PHONY: help demo test test-cluster coverage check $(LINTS) docs screenshots bench soak requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .make/frontend ## the sample programme through the whole river; DEMO_SERVE=0 prints and exits
	@$(BIN)/truelift demo -w demo

test: .make/dev .make/frontend .make/system .make/oracles ## tests; the last lines name what could not run here
	@$(BIN)/python -m pytest $(PYTEST) -m "not soak"

test-cluster: .make/dev .make/frontend .make/system .make/spark ## every query on Apache Spark, every workspace in PostgreSQL; an hour
	@TRUELIFT_SPARK_HOME=$$($(SPARK)/bin/python -c 'import pyspark; print(*pyspark.__path__)') \
		$(BIN)/python -m pytest -n 0 tests/engines/test_queries.py tests/engines/test_outgrown.py \
		tests/engines/test_older_lake.py tests/engines/test_parts.py
	@TRUELIFT_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(PYTEST) -m "not soak" tests/store \
		tests/ledger tests/operations tests/workspace tests/stories tests/cli
	@$(BIN)/python -m pytest $(PYTEST) -m soak tests/engines tests/cli/test_migrating.py \
		tests/worker/test_node_kills.py tests/worker/test_node_outage.py

coverage: .make/dev .make/frontend .make/system .make/oracles ## all tests, and that the pure stages are run whole
	@$(BIN)/python -m pytest $(PYTEST) --cov

check: .make/dev ## lint, types, import contracts, tidiness and documents, in seconds
	@+$(MAKE) --no-print-directory --keep-going --jobs 4 --output-sync=target $(LINTS)

ruff: .make/dev
	@$(BIN)/ruff check --quiet
format: .make/dev
	@$(BIN)/ruff format --quiet --check
types: .make/dev
	@$(BIN)/mypy --no-error-summary
imports: .make/dev
	@$(BIN)/lint-imports --no-logo > .make/imports.log || { cat .make/imports.log; exit 1; }
tidy: .make/dev
	@$(BIN)/python -m pytest -q --no-header tests/test_tidy.py tests/test_docs.py \
		tests/test_architecture.py tests/test_requirements.py

docs: .make/dev ## writes the pages that list what the code has, and checks the others
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m pytest -q --no-header tests/test_docs.py tests/test_architecture.py

screenshots: .make/dev .make/system ## pictures of every page, light, dark and on a phone: docs/screenshots
	@test -d demo || DEMO_SERVE=0 $(BIN)/truelift demo -w demo > /dev/null
	@$(BIN)/python docs/screenshots.py demo docs/screenshots

bench: .make/dev .make/peers ## speed and lift beside peers; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks --peers $(PEERS)/bin/python

soak: .make/dev .make/frontend .make/system ## longer tests; true lifts over 200 seeds; invariants over 1,000
	@$(BIN)/python -m pytest $(PYTEST) -m soak
	@HYPOTHESIS_EXAMPLES=300 $(BIN)/python -m pytest $(PYTEST) -m "not soak" tests/base tests/facts \
		tests/attribution tests/measurement tests/ledger tests/valuation tests/decisions tests/reports
	@$(BIN)/python -m benchmarks.sample_seeds 200
	@$(BIN)/python -m benchmarks.journal_seeds 1000

requirements: .make/dev ## pins requirements/*.txt again from pyproject.toml and requirements/*.in
	@$(UV) $(EXTRAS) pyproject.toml requirements/core.in -o requirements/core.txt
	@$(UV) $(EXTRAS) pyproject.toml requirements/core.in requirements/dev.in -o requirements/dev.txt
	@$(UV) $(EXTRAS) $(IMAGE_EXTRAS) -c requirements/dev.txt pyproject.toml -o requirements/image.txt
	@$(UV) -c requirements/core.txt requirements/build.in -o requirements/build.txt
	@$(UV) requirements/peers.in -o requirements/peers.txt
	@$(UV) requirements/oracles.in -o requirements/oracles.txt
	@$(UV) requirements/spark.in -o requirements/spark.txt
	@$(UV) requirements/tools.in -o requirements/tools.txt

clean: ## removes the environment, the demo and everything cached
	@rm -rf .make $(VENV) $(PEERS) $(ORACLES) $(SPARK) demo build dist .coverage .hypothesis \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		frontend/node_modules src/truelift/web/static/built
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up: each stamp is as old as the last time its list was installed. The lists are complete, so
# nothing is resolved again: pip would look for the newest `coverage[toml]` and refuse its hash.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
		echo "Truelift needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make an environment; on Debian: apt install python3-venv" >&2; exit 1; }

.make/core: $(VENV)/pyvenv.cfg requirements/tools.txt requirements/core.txt pyproject.toml
	@mkdir -p .make
	@$(PIP) --no-deps --require-hashes -r requirements/tools.txt
	@$(call INSTALL,requirements/core.txt)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.make/dev: .make/core requirements/dev.txt
	@$(call INSTALL,requirements/dev.txt)
	@touch $@

# Installing builds it the first time; after that, when a source has changed. No node is needed on
# the path: npm comes as a wheel of requirements/core.in, and nothing of it is used at run time.
.make/frontend: .make/core $(FRONTEND)
	@$(BIN)/python hatch_build.py > .make/frontend.log
	@touch $@

# Without its peers `make bench` still runs, and its table says who is missing.
.make/peers: requirements/peers.txt
	@mkdir -p .make
	@echo "Setting up $(PEERS), the peers of the benchmarks (once)"
	@$(PYTHON) -m venv $(PEERS) && $(PEERS)/bin/python -m pip install -qq --no-input \
		--disable-pip-version-check --no-deps --require-hashes -r requirements/peers.txt \
		&& touch $@ || echo "The peers could not be installed" >&2

# Without them the tests that read exports back by other programs say so and are skipped.
.make/oracles: requirements/oracles.txt
	@mkdir -p .make
	@echo "Setting up $(ORACLES), programs that read the exports back (once)"
	@$(PYTHON) -m venv $(ORACLES) && $(ORACLES)/bin/python -m pip install -qq --no-input \
		--disable-pip-version-check --no-deps --require-hashes -r requirements/oracles.txt \
		&& touch $@ || echo "The readers of exports could not be installed" >&2

# Apache Spark with its Java programs, beside Truelift: 480 MB that nothing else needs.
.make/spark: .make/core requirements/spark.txt
	@echo "Setting up $(SPARK), Apache Spark (once)"
	@command -v java > /dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq -y --no-install-recommends openjdk-17-jre-headless > /dev/null; }
	@$(PYTHON) -m venv $(SPARK)
	@$(call INTO,$(SPARK),requirements/core.txt)
	@$(call INTO,$(SPARK),requirements/spark.txt)
	@touch $@

.make/system: Makefile
	@mkdir -p .make
	@missing=; for name in $(SYSTEM_PACKAGES); do \
		dpkg -s $$name > /dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq -y --no-install-recommends $$missing > /dev/null \
		|| echo "apt could not install:$$missing" >&2; \
	fi
	@touch $@
