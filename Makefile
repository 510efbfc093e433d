# Everything happens in .venv. `make demo` needs only the default install; the other targets add tools and torch.
# PYTHON=python3.12 chooses the interpreter; TESTS, ARGS narrow `test` and `bench`, NAME narrows `sockets`.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { command -v "$$p"; break; }; done)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
TESTS ?= tests
ARGS ?=
NAME ?=
CODE := src training tests benchmarks examples scripts

.DEFAULT_GOAL := help
.PHONY: help demo setup test fast sweep sockets lint types docs bench fix clean

help:  ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r t h; do \
		printf '  make %-8s %s\n' "$$t" "$$h"; done

demo: $(VENV)/.stamp-run  ## watch a real meeting transcript shrink to a third (default install only)
	$(BIN)/tamis compress examples/meeting.txt --rate 0.33 --show

setup: $(VENV)/.stamp  ## install everything that development needs (with torch)

test: $(VENV)/.stamp  ## run the suite
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not sweep" $(TESTS) $(ARGS)

fast: $(VENV)/.stamp  ## run the suite without its slow tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not sweep" $(TESTS) $(ARGS)

sweep: $(VENV)/.stamp  ## the rest of the ten thousand generated documents, tables and broken files (8 minutes more)
	$(BIN)/python -m pytest -q -n auto --dist load -m sweep $(TESTS) $(ARGS)

sockets: $(VENV)/.stamp-run  ## test what plugs into other packages, each in its own environment (NAME=langchain for one)
	PYTHON=$(BIN)/python bash scripts/sockets.sh $(NAME) $(if $(ARGS),-- $(ARGS))

lint: $(VENV)/.stamp  ## check style, format and the direction of imports
	$(BIN)/ruff check $(wildcard $(CODE))
	$(BIN)/ruff format --check $(wildcard $(CODE))
	$(BIN)/lint-imports

types: $(VENV)/.stamp  ## check types strictly
	$(BIN)/mypy

docs: $(VENV)/.stamp-docs  ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.stamp-bench  ## measure speed and quality (ARGS=speed for one of: speed footprint fuzz quality peers)
	$(BIN)/python -m benchmarks.prompt $(ARGS)

fix: $(VENV)/.stamp  ## repair style and format, rewrite docs/cli.md and docs/expect.md
	-$(BIN)/ruff check --fix $(wildcard $(CODE))
	$(BIN)/ruff format $(wildcard $(CODE))
	$(BIN)/python scripts/cli_reference.py
	$(BIN)/python scripts/expectations.py

clean:  ## remove the environment and every build product
	rm -rf $(VENV) .venv-sockets site dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Stamps: what is installed depends on these two files only, so that a second run is instant.
# pip is brought up first: `--group` (PEP 735) needs 25.1.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "tamis needs Python 3.10 or newer with the venv module, and found none on the PATH." \
		"Install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make demo PYTHON=/path/to/python3" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.stamp-run: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(INSTALL) -e .
	@touch $@

$(VENV)/.stamp: $(VENV)/.stamp-run
	@sh scripts/system_packages.sh
	$(INSTALL) -e '.[torch,train]' --group dev
	@touch $@

$(VENV)/.stamp-docs: $(VENV)/.stamp
	$(INSTALL) --group docs
	@touch $@

$(VENV)/.stamp-bench: $(VENV)/.stamp
	$(INSTALL) --group bench
	@touch $@
