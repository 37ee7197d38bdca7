# The same words as in CI. `make sure` before every commit.
PYTHON ?= .venv/bin/python
BIN := $(dir $(PYTHON))

.PHONY: install sure format lint types layers test texts docs lock vendor bench

install: .venv/installed
.venv/installed: requirements.txt requirements-dev.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r requirements.txt -r requirements-dev.txt
	touch .venv/installed

sure: format lint types layers texts docs test

format:
	$(BIN)ruff format forum tests scripts migrations app.py
lint:
	$(BIN)ruff check forum tests scripts migrations app.py
types:
	$(BIN)mypy
layers:
	$(BIN)lint-imports
texts:
	$(PYTHON) scripts/translations.py --check
docs:
	$(PYTHON) scripts/printed.py --check
test:
	$(PYTHON) -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

lock:
	$(BIN)uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements-scale.in -c requirements.txt -o requirements-scale.txt
	$(BIN)uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements-dev.in -c requirements.txt -c requirements-scale.txt -o requirements-dev.txt
vendor:
	$(PYTHON) scripts/vendor.py
bench:
	$(PYTHON) -m tests.load
