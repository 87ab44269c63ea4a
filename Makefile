# `make demo` and `make test` do everything on a machine with Python 3.11+, make and git.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SHEET := samples/singpost/发布清单.xlsx
FORMATS := md docx xlsx html
DOCUMENTS := plan table notes workbook runbook go-live

.PHONY: demo test test-long bench samples docs lint wheel clean

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("relplan needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## import the sample spreadsheet, render every document and format into out/
	@mkdir -p out
	$(BIN)/relplan import $(SHEET) -o out/plan.yaml
	@for document in $(DOCUMENTS); do \
	  set --; for format in $(FORMATS); do set -- "$$@" -o "out/$$document.$$format"; done; \
	  echo "$(BIN)/relplan render out/plan.yaml -d $$document $$*"; \
	  $(BIN)/relplan render out/plan.yaml -d $$document "$$@" || exit 1; \
	done
	@ls -l out
	@echo
	@echo "Open out/plan.docx, the release plan in Word, or out/plan.html in a browser; out/workbook.xlsx is the whole plan in Excel."

test: $(READY) ## run the whole suite but its long part
	$(BIN)/python -m pytest -n auto -m 'not long'

test-long: $(READY) ## run the long part: many more examples of every property
	$(BIN)/python -m pytest -n auto -m long

bench: $(READY) ## time relplan beside its peers, in one run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python benchmarks/run.py

samples: $(READY) ## make the sample sheet and the sample documents anew
	$(BIN)/python scripts/make_sample_sheet.py
	$(BIN)/python scripts/make_samples.py
	$(BIN)/python scripts/make_sample_forms.py

docs: $(READY) ## make the pages of docs/ that come from the code
	$(BIN)/python scripts/make_docs.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict relplan

wheel: $(READY)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
