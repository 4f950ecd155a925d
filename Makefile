# make demo      install, then run the default study and print where the report is
# make test      install, then run the tests
# make install   only the environment in .venv (Python 3.11, exact pins)
# make lock      renew requirements.lock from pyproject.toml
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
CORES ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Where a python3.11 is missing, a python3 of that version will do.
FOUND := $(shell command -v $(PYTHON) || command -v python3)

.PHONY: help install demo test lock clean-venv

help:
	@sed -n 's/^# make/make/p' Makefile

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@"$(FOUND)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "Error: Python 3.11 is needed and '$(PYTHON)' is not it; install it (Debian: apt-get install python3.11 python3.11-venv) or run: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 3; }
	@command -v git >/dev/null || { echo "Error: git is needed; install it (Debian: apt-get install git)" >&2; exit 3; }
	@echo "Installing into $(VENV) (once; torch is large) ..."
	@"$(FOUND)" -m venv --clear $(VENV) || \
	  { echo "Error: this Python cannot make virtual environments (Debian: apt-get install python3.11-venv)" >&2; exit 3; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)
	@if [ -t 1 ]; then bars="--logger rich"; fi; $(BIN)/snakemake --cores $(CORES) $$bars
	@echo "Report: $(CURDIR)/results/studies/registers/report.html"

test: $(STAMP)
	@$(BIN)/python -m pytest -n $(CORES)

# The lock file is what an empty environment gets from pyproject.toml today.
lock:
	@rm -rf .venv-lock && "$(FOUND)" -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet 'setuptools>=77' '.[dev]'
	@{ echo "# Exact pins for Python 3.11 on Linux; 'make lock' renews them."; \
	   .venv-lock/bin/python -m pip freeze --all --exclude pip --exclude reasoning-boundary \
	   | sed 's/^\(torch==[0-9.]*\)+.*/\1/'; } > requirements.lock
	@rm -rf .venv-lock build

clean-venv:
	rm -rf $(VENV)
