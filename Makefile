# The same commands for people and for CI; `make help` lists them.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin

.PHONY: help serve build test check bench assets format lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: .venv/serve.stamp assets ## Build a release from the checkout and serve it
	$(BIN)/regietafel build
	$(BIN)/regietafel serve --host $(HOST) --port $(PORT)

build: .venv/serve.stamp ## Build a release from the checkout
	$(BIN)/regietafel build

test: check assets ## Run every check and every test
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile \
		--cov --cov-report=term

check: .venv/dev.stamp ## Run the fast checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/regietafel format --check
	$(BIN)/regietafel validate

bench: .venv/dev.stamp ## Compare with peers; FULL=1 at the sizes of the budgets
	$(BIN)/python -m benchmarks $(if $(FULL),--full)

assets: .venv/serve.stamp ## Build what browsers get: style, query editor; needs npm
	@$(BIN)/python hatch_build.py --needs-node && $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes -r requirements/node.txt || true
	@$(BIN)/python hatch_build.py

format: .venv/dev.stamp ## Put Python and Turtle files in their canonical form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/regietafel format

lock: .venv/dev.stamp ## Pin the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --upgrade \
		--custom-compile-command 'make lock' --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras \
		--custom-compile-command 'make lock' --group install -c requirements/dev.txt \
		pyproject.toml -o requirements/serve.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras \
		--custom-compile-command 'make lock' --group pyproject.toml:node -o requirements/node.txt

clean: ## Remove the environment, the releases and what the checks leave behind
	rm -rf .venv .cache releases artifacts dist server/static/build frontend/node_modules .coverage .mypy_cache .pytest_cache .ruff_cache

.venv/serve.stamp: requirements/serve.txt pyproject.toml
	$(call install,requirements/serve.txt)

.venv/dev.stamp: requirements/dev.txt pyproject.toml
	$(call install,requirements/dev.txt)
	touch .venv/serve.stamp

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Regietafel needs Python 3.11 or newer; name one with PYTHON=…'; exit 1; }
	@echo 'Installing what $(1) pins into .venv …'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@REGIETAFEL_FRONTEND=skip $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef
