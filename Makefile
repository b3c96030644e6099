# The commands of a working day. `make help` lists them; everything they do is in scripts/, in Python.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= yes
PY = .venv/bin/python
export ORDERWELL_HOME ?= $(CURDIR)/var
# Some images forbid Python to keep what it compiled; every start, and every process of a test, would compile a thousand files.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help run setup dev test test-sqlite test-postgresql test-browser check format bench soak docs openapi messages screenshots vendor lock clean

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Set up what is missing, load the demo company into an empty database, serve on 127.0.0.1:8000 (HOST=, PORT=, DEMO=no)
	@$(PY) scripts/run.py --host $(HOST) --port $(PORT) --demo $(DEMO)

setup: ## Environment, front-end files and translations: what the program needs
	@$(PYTHON) scripts/bootstrap.py run

dev: ## The same, and what the tests and checks need
	@$(PYTHON) scripts/bootstrap.py dev

test: dev ## All tests: on SQLite, on PostgreSQL, in a browser (ARGS= goes to pytest)
	@$(PY) scripts/test.py all $(ARGS)

test-sqlite: dev ## The tests on SQLite only
	@$(PY) scripts/test.py sqlite $(ARGS)

test-postgresql: dev ## The tests on PostgreSQL only (its own server, or the one in DATABASE_URL)
	@$(PY) scripts/test.py postgresql $(ARGS)

test-browser: dev ## The tests that drive a browser only
	@$(PY) scripts/test.py browser $(ARGS)

check: dev ## Style, types, layers, and that migrations, API description, translations and documents are in step
	@$(PY) scripts/check.py

format: dev ## Put the code into the project's format
	@$(PY) -m ruff format src tests scripts
	@$(PY) -m ruff check --fix src tests scripts

bench: dev ## Measure speed against references in the same run, on SQLite and PostgreSQL (NAME=... for one)
	@$(PY) -m orderwell bench $(NAME)

soak: dev ## The long form of the concurrency, crash and property tests
	@$(PY) scripts/test.py soak $(ARGS)

docs: dev ## Write the reference documents anew from the code
	@$(PY) scripts/reference.py write

openapi: dev ## Write openapi.json anew from the code
	@$(PY) -m orderwell openapi --write

messages: dev ## Collect new texts into the translation files and compile them
	@$(PY) scripts/messages.py update

screenshots: dev ## Pictures of every page, both languages, light and dark, wide and narrow, into screenshots/ (ARGS= pages, --view)
	@$(PY) scripts/screenshots.py $(ARGS)

vendor: ## Fetch and copy the front-end files again
	@rm -f .venv/orderwell-vendor.stamp && $(PYTHON) scripts/bootstrap.py run

lock: dev ## Pin the packages again after a change of pyproject.toml (UPGRADE=--upgrade takes in new releases)
	@UPGRADE=$(UPGRADE) scripts/lock.sh

clean: ## Remove everything that was made, except the data folder
	rm -rf .venv node_modules src/orderwell/web/static/vendor src/orderwell/locale/*/LC_MESSAGES
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist screenshots src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
