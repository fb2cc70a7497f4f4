# The only commands to learn: run, test, soak, check, format, bench, pictures. `make` alone lists them.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
# A quarter of pip's processor time; from the lock, as all the rest. What is not imported is not compiled.
UV := sed -n '/^uv==/,/\#/p' requirements-dev.txt | $(PIP_INSTALL) --requirement /dev/stdin
UV_INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# What a process imports it compiles for the next one, whatever the shell has set.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run port test soak check format bench pictures lock system

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

run: port .venv/runtime ## Serve the portal with a demonstration town (PORT=5000)
	@echo "Je prépare la ville de démonstration (une demi-minute la première fois)…"
	@$(ADDRESS) $(BIN)/flask demo --if-empty
	@echo "Je lance le portail ; Ctrl+C pour l’arrêter."
	@$(ADDRESS) $(BIN)/gunicorn --bind 127.0.0.1:$(PORT) --threads 4 --no-control-socket --log-level warning wsgi:app

# The address of the mails' links; at the usual port, that of the settings.
ADDRESS = $(if $(filter-out 5000,$(PORT)),PORTAIL_PUBLIC_URL=http://127.0.0.1:$(PORT))

# Before anything is installed: whoever waits two minutes had better not wait for this.
port:
	@$(PYTHON) -c 'import socket; taken = socket.socket(); taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); taken.bind(("127.0.0.1", $(PORT)))' 2>/dev/null || \
	  { echo "Le port $(PORT) est pris, ou interdit : arrêtez ce qui l’occupe, ou choisissez-en un autre avec make run PORT=5001." >&2; exit 1; }

test: check system ## Run every test, browser included
	$(BIN)/pytest --numprocesses 2 --dist loadfile

soak: .venv/development system ## Run the long tests, which test leaves out (WHAT=tests/faults)
	$(BIN)/pytest --numprocesses 2 --dist loadfile -m soak $(WHAT)

check: .venv/development ## Check format, lint, types, contracts and templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app/templates --check --lint --quiet
	$(BIN)/reuse lint --quiet

format: .venv/development ## Put code and templates in their one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint app/templates --reformat --quiet

bench: .venv/development ## Measure, and print each table
	$(BIN)/python -m benchmarks

pictures: .venv/development system ## Draw the pictures of the documentation again
	$(BIN)/python -m tests.e2e.pictures

lock: .venv/development ## Compile pyproject.toml into locked, hashed requirements*.txt
	$(LOCK) --output-file requirements.txt
	$(LOCK) --all-extras --constraint requirements.txt --output-file requirements-full.txt
	$(LOCK) --all-extras --group dev --constraint requirements-full.txt --output-file requirements-dev.txt

# Not bin/python: the environment that `uv run` makes has no pip, and gets one here.
.venv/bin/pip:
	@echo "Je crée un environnement Python dans .venv (quelques secondes)…"
	@$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt | .venv/bin/pip
	@echo "J’installe les bibliothèques du portail (une à deux minutes)…"
	@$(PIP_INSTALL) --requirement requirements.txt
	@touch $@

.venv/development: requirements-dev.txt | .venv/bin/pip
	@echo "J’installe les bibliothèques des tests (une à deux minutes)…"
	@$(UV)
	@$(UV_INSTALL) --requirement requirements-dev.txt || $(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $@ .venv/runtime

# Programs that some tests need: a Debian package a line, and a file it brings.
# What cannot be installed here is reported by the tests that miss it. Debian starts the servers
# that it installs: not these, as the tests start their own, on loopback.
system:
	@missing=$$(while read -r package file; do ls $$file >/dev/null 2>&1 || echo $$package; done \
	  <tests/system-packages.txt); \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then \
	  sudo=$$([ $$(id -u) = 0 ] || echo 'sudo --non-interactive'); \
	  $$sudo apt-get update --quiet=2 || true; \
	  for package in $$missing; do \
	    $$sudo env SYSTEMD_OFFLINE=1 \
	      apt-get install --yes --quiet=2 --no-install-recommends $$package || true; done; fi
	@[ -d tests/nu/node_modules ] || npm ci --prefix tests/nu --ignore-scripts --silent || true
