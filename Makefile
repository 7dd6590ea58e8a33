# make demo   a whole city's devices, edge boxes, cloud and live wall on this machine; installs no server
# make fuzz   every parser under coverage-guided fuzzing, one after the other, FUZZ_SECONDS each; finds go to var/fuzz
# make bench  how long a visitor waits at the kiosk, beside the limits (docs/performance.md); MODELS: the face check's weights
# make commitments  the acceptance tests of the plan's commitments, and a table of what they say
# make week   a simulated week of four offices, a thousand visitors a day each, with outages and power cuts: a table, some minutes
# make test   everything that must hold before a change goes in (on Debian it first installs the real servers the tests use)
PYTHON ?= python3

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: demo test lint fuzz bench week commitments clean

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

demo: $(VENV)/.installed-demo
	@$(BIN)/onetrip demo

test:
	tests/prepare.sh
	@$(MAKE) --no-print-directory lint
	$(PYTEST) -n 3 --cache-clear $(PURE)
	$(PYTEST) -n 4 $(addprefix --ignore=,$(PURE)) tests || { test $$? -eq 1 && echo '$(AGAIN)' && \
	  $(PYTEST) -n 1 --last-failed --last-failed-no-failures none tests; }

# Two runs: what only computes on more workers than there are cores, then what starts servers, browsers and devices.
# Of these a test that fails is run once more with the machine to itself: where that passes, it was the load.
AGAIN := These failed with the machine full of others; once more, alone:
PYTEST := $(BIN)/python -m pytest --dist loadfile
PURE := tests/unit tests/golden tests/architecture tests/conformance

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

FUZZ_SECONDS ?= 600

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS) --corpus var/fuzz-corpus

MODELS ?= var/models

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.bench --models '$(MODELS)'

commitments: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.acceptance

WEEK ?= --days 7 --per-day 1000 --seed 2018

week: $(VENV)/.installed-dev
	$(BIN)/python -m tests.week $(WEEK)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: installed again only when the project's metadata or the pinned versions change.
$(VENV)/.installed-demo: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing OneTrip into $(VENV) (only the first time, and after a change of its dependencies)"
	@$(PIP_INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing OneTrip and its development tools into $(VENV)"
	@$(PIP_INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed-demo

$(BIN)/python:
	@command -v '$(PYTHON)' >/dev/null || \
	  { echo "OneTrip needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "OneTrip needs Python 3.11 or newer; '$(PYTHON)' is $$('$(PYTHON)' -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip' 2>/dev/null || { $(install_python3_venv); }
	@'$(PYTHON)' -m venv $(VENV) || { rm -rf $(VENV); echo "'$(PYTHON)' could not make $(VENV) (see above)" >&2; exit 1; }

# Debian splits ensurepip off into a package of its own.
define install_python3_venv
  needed="'$(PYTHON)' has no ensurepip, which makes $(VENV). On Debian, as root: apt-get install python3-venv"; \
  command -v apt-get >/dev/null || { echo "$$needed" >&2; exit 1; }; \
  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
  [ -z "$$as_root" ] || command -v sudo >/dev/null || { echo "$$needed" >&2; exit 1; }; \
  echo "Installing Debian's python3-venv"; \
  { $$as_root apt-get -qq update && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install python3-venv >/dev/null; } \
    || { echo "$$needed" >&2; exit 1; }; \
  '$(PYTHON)' -c 'import ensurepip' || { echo "$$needed" >&2; exit 1; }
endef
