# Each target does all its own set-up in .venv, on a machine that has only Python >= 3.11 and make.
# Another environment: make test VENV=.venv-pandas2 WITH="pandas<3"

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WITH ?=
SECONDS ?= 60
FORMATS ?=

.PHONY: demo test slow lint types bench figures fuzz help
help:  ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(VENV)/ready  ## Score the sample thread and print the queue
	@$(BIN)/moderation score data/council-budget.txt --to table

test: $(VENV)/ready-dev  ## Run the tests
	$(BIN)/python -m pytest

slow: $(VENV)/ready-dev  ## Run the slow tests, as CI does after the others
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/ready-dev  ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready-dev  ## Check types, strictly
	$(BIN)/mypy

bench: $(VENV)/ready-dev .venv-profanity/ready .venv-detoxify/ready  ## Time the whole job beside other tools, in one table
	@$(BIN)/python tests/benchmarks/bench_job.py

figures: $(VENV)/ready-dev .venv-profanity/ready .venv-detoxify/ready  ## The same, written into the README and docs/scale.md
	@$(BIN)/python tests/benchmarks/bench_job.py --write

# Each pins what it needs: a scikit-learn of its own, a PyTorch.
.venv-profanity/ready: OTHERS := alt-profanity-check
.venv-detoxify/ready: OTHERS := torch==2.13.0 transformers
.venv-profanity/ready .venv-detoxify/ready:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(OTHERS)
	@touch $@

fuzz: .venv-fuzz/ready  ## Fuzz the formats, a minute each: make fuzz SECONDS=600 FORMATS="csv page"
	@.venv-fuzz/bin/python tests/fuzz/fuzz_formats.py --seconds $(SECONDS) $(FORMATS)

# Atheris is compiled for some versions of Python only.
.venv-fuzz/ready: pyproject.toml
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --editable . atheris
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or later is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . $(if $(WITH),"$(WITH)")
	@touch $@

$(VENV)/ready-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]" $(if $(WITH),"$(WITH)")
	@touch $@ $(VENV)/ready
