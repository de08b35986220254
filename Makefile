# Every command of the project. `make help` lists them.
# Only Python >= 3.11 with venv, git and make are needed beforehand.

.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/sh

# The first Python that is new enough and can make virtual environments; the system's own first,
# because every user of the machine can run it.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v "$$p" >/dev/null 2>&1 && "$$p" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { command -v "$$p"; exit; }; done; echo python3)
export STARTED_AT := $(shell date +%s)

VENV := .venv/bin/python
EMBEDDED := $(VENV) -m config.embedded
INSTALL := "$(PYTHON)" -I config/install.py
COMPILE := $(VENV) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
	--universal --python-version 3.11

# Browser tests need a browser; with CI=true they run in any case and fail without one.
BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
SELECTION := $(if $(or $(CI),$(BROWSER)),,-m "not browser")
OVER_TCP := $(EMBEDDED) test --tcp $(VENV) -m pytest -n 2 -m integration
TEMPLATES := $(wildcard config/templates markets/templates companies/templates)

.PHONY: help
help: ## List the commands
	@echo "make run PORT=8123   starts Sogdia; the others:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {gsub(/[$$][$$]/, "$$", $$2); printf "  %-12s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: ## Start Sogdia with its own PostgreSQL and Valkey (PORT=8000 HOST=127.0.0.1); Ctrl-C stops it
	@$(INSTALL)
	@exec $(EMBEDDED) run

.PHONY: stop
stop: ## Stop the Sogdia of this checkout that runs in another terminal
	@exec $(EMBEDDED) stop

.PHONY: test
test: install-dev lint ## All checks and tests, on servers of their own (CI=true makes the browser tests compulsory)
	$(if $(SELECTION),@echo "No Chromium on this machine: the browser tests are left out.",@:)
	@$(EMBEDDED) test $(VENV) -m pytest -n 2 $(SELECTION) $(ARGS)
	@echo "Once more over TCP: what commits to PostgreSQL or speaks to Valkey."
	@exec $(OVER_TCP)

.PHONY: test-tcp
test-tcp: install-dev ## The integration tests on servers over TCP; your own: make test-tcp DATABASE_URL=... REDIS_URL=...
	@exec $(OVER_TCP) $(ARGS)

.PHONY: pytest
pytest: install-dev ## Some tests only: make pytest ARGS="tests/config -k lock"
	@exec $(EMBEDDED) test $(VENV) -m pytest $(ARGS)

.PHONY: bench
bench: install-dev ## Speed, each as a ratio of two things measured in one run: one line of JSON each
	@for each in benchmarks/*.py; do \
		$(EMBEDDED) test $(VENV) -m benchmarks.$$(basename $$each .py) || exit 1; done

.PHONY: lint
lint: install-dev ## Style, types, import contracts, templates, migrations, compose file
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@SECRET_KEY=lint DATABASE_URL=postgresql:///lint $(VENV) -m mypy
	@$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(VENV) -m djlint --lint --check $(TEMPLATES)
	@$(EMBEDDED) test $(VENV) manage.py makemigrations --check --dry-run
	@$(VENV) -m check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

.PHONY: fmt
fmt: install-dev ## Put the code into its house style
	@$(VENV) -m ruff check --fix-only .
	@$(VENV) -m ruff format .
	@$(VENV) -m djlint --quiet --reformat $(TEMPLATES) || true

.PHONY: manage
manage: ## A management command on the embedded servers: make manage ARGS="refresh --plan"
	@$(INSTALL)
	@exec $(EMBEDDED) manage $(ARGS)

.PHONY: env
env: ## Addresses of the running servers for a shell: eval "$$(make -s env)"
	@exec $(EMBEDDED) env

.PHONY: backup
backup: ## Write the database to a file, also while Sogdia runs: make backup FILE=sogdia.dump
	@$(EMBEDDED) backup "$(or $(FILE),sogdia-$(shell date +%Y%m%d-%H%M%S).dump)"

.PHONY: prove-backup
prove-backup: ## Restore a backup beside the database and compare each table's rows: make prove-backup FILE=sogdia.dump
	@$(EMBEDDED) prove "$(or $(FILE),$(error Name the backup: make prove-backup FILE=sogdia.dump))"

.PHONY: restore
restore: ## Replace the database by a backup: make restore FILE=sogdia.dump
	@$(EMBEDDED) restore "$(or $(FILE),$(error Name the backup: make restore FILE=sogdia.dump))"

.PHONY: install
install: ## Install what the start needs, without starting
	@$(INSTALL)

.PHONY: install-dev
install-dev: ## Install what the tests need, without running them
	@$(INSTALL) --dev

.PHONY: lock
lock: install-dev ## Choose the newest versions that fit pyproject.toml and lock them with hashes
	@$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	@$(COMPILE) --extra embedded -c requirements.lock -o requirements/embedded.lock pyproject.toml
	@$(COMPILE) --extra embedded --group dev -c requirements/embedded.lock -o requirements/dev.lock pyproject.toml
	@$(COMPILE) --group installer -c requirements/dev.lock -o requirements/uv.lock
	@$(COMPILE) --upgrade --group node -o requirements/node.lock
