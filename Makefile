# One command each. Everything installs into .venv; nothing outside the project is touched,
# except that `make test` may install Chromium where the machine has none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process more than there are cores: while one waits for the browser, the others work.
WORKERS = $$($(BIN)/python -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: run test lint unit bench train clean

run: $(VENV)/.run-ready
	$(BIN)/streamlit run app.py

test: lint
	CHROMIUM=$$($(BIN)/python tests/browser/find_browser.py) $(PYTEST)

unit: $(VENV)/.dev-ready
	$(PYTEST) tests/unit tests/pages

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench-ready
	$(BIN)/python -m benchmarks

# Keeping freed memory instead of giving it back saves a tenth of the time on a CPU.
train: export MALLOC_MMAP_MAX_ = 0
train: export MALLOC_TRIM_THRESHOLD_ = 68719476736
train: $(VENV)/.train-ready
	$(BIN)/python -m training.street

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -r requirements.txt
	touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.run-ready
	$(BIN)/python -m pip install -q -r requirements-dev.txt
	touch $@

$(VENV)/.bench-ready: benchmarks/requirements.txt $(VENV)/.dev-ready
	$(BIN)/python -m pip install -q -r benchmarks/requirements.txt
	touch $@

$(VENV)/.train-ready: training/requirements.txt $(VENV)/.run-ready
	$(BIN)/python -m pip install -q -r training/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/artefacts
