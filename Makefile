# Everything here sets itself up: the first call makes .venv and installs the package, later calls are quick.
# PYTHON picks the interpreter (3.11 to 3.13), WORKERS the number of test processes.

PYTHON  ?=
WORKERS ?= 2
BIN     := .venv/bin
# one thread of linear algebra for each test process: on small numbers more of them take ten times the CPU, waiting for each other
ALONE   := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.PHONY: help demo test quick check docs format clean

help:
	@echo "make demo      personas from the built-in sample, from raw files to the report"
	@echo "make test      lint, types, import contracts and every test"
	@echo "make quick     the same without the slow tests"
	@echo "make check     lint, types and import contracts only"
	@echo "make docs      the reference pages that are made from the code"
	@echo "make format    lay the code out"
	@echo "make clean     forget the environment and all caches"

# the interpreter and the package; again only when what it depends on changes
.venv/.stamp-run: pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" .ci/setup run
	@touch $@

# the same with what the tests need
.venv/.stamp-test: .venv/.stamp-run
	@PYTHON="$(PYTHON)" .ci/setup test
	@touch $@

demo: .venv/.stamp-run
	$(BIN)/personae demo --out demo --overwrite

check: .venv/.stamp-test
	$(BIN)/ruff check src tests docs
	$(BIN)/ruff format --check src tests docs
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(ALONE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 25

quick: check
	$(ALONE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow"

docs: .venv/.stamp-test
	$(BIN)/python docs/generate.py

format: .venv/.stamp-test
	$(BIN)/ruff check --fix src tests docs
	$(BIN)/ruff format src tests docs

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
