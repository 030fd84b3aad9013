# Each target does all its own set-up in .venv, on a machine that has only Python >= 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test slow lint types bench help
help:  ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: .venv/ready  ## Score the sample thread and print the queue
	@$(BIN)/moderation score data/council-budget.txt

test: .venv/ready-dev  ## Run the tests
	$(BIN)/python -m pytest

slow: .venv/ready-dev  ## Run the slow tests, as CI does after the others
	$(BIN)/python -m pytest -m slow

lint: .venv/ready-dev  ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev  ## Check types, strictly
	$(BIN)/mypy

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or later is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/ready-dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ .venv/ready
