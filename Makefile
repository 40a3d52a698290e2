# The two commands: `make site` builds this repository's own knowledge base, `make test` runs every test.
# Everything is installed into .venv, in the versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
# Material prints a note about its own future on every build; docs/decisions/0001-host.md says what we make of it.
export NO_MKDOCS_2_WARNING := 1

.PHONY: help site serve test check format golden bench bench-search bench-recurrence bench-trends facts tools properdocs clean

help: ## Show these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

site: $(STAMPS)/site ## Build this repository's knowledge base into site/
	$(BIN)/kb build --strict

serve: $(STAMPS)/site ## Open it at http://127.0.0.1:8000 and build again on every change
	$(BIN)/kb serve

check: $(STAMPS)/check ## Lint, types, layers, spelling, and the records
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(BIN)/kb check --strict

test: $(STAMPS)/test chromium ## Run every test, those in a real browser too
	$(BIN)/pytest -n auto

golden: $(STAMPS)/test ## Write the expected files of the tests anew; read the difference before you commit it
	$(BIN)/pytest -n auto --update-golden

properdocs: $(STAMPS)/test ## Build the same site with ProperDocs, MkDocs' fork
	$(BIN)/properdocs build --strict --quiet -f mkdocs.yml -d $(VENV)/properdocs-site

bench: $(STAMPS)/site ## Measure the build against its peers; takes half an hour
	$(BIN)/python bench/build.py

bench-search: $(STAMPS)/test ## Measure search against its peers; takes six minutes, Chromium, and Node.js for three of the peers
	$(BIN)/python bench/search.py

bench-recurrence: $(STAMPS)/test ## Measure what keeps coming back against its peers; takes ten minutes, and 3 GB for the peers on the first run
	$(BIN)/python bench/recurrence.py

bench-trends: $(STAMPS)/site ## Measure what trends and reviews cost; takes five minutes
	$(BIN)/python bench/trends.py

facts: $(STAMPS)/site ## Compare the incidents with ../shared/corpora/public-incidents, with a reason for each difference
	$(BIN)/python bench/facts.py

tools: $(STAMPS)/test ## Install the tools that the playbooks call, so that the tests can ask each for its options
	@packages=$$($(BIN)/python tests/content/shell.py) && { [ -z "$$packages" ] || .ci/need $$packages; }

format: $(STAMPS)/check ## Put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what was built and installed
	rm -rf site $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Debian's python3 comes without ensurepip, which venv needs.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; PYTHON=... names one."; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/need python3-venv
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/site: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/check: $(STAMPS)/site
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[check]'
	@touch $@

$(STAMPS)/test: $(STAMPS)/site
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

# The browser, and a library that Playwright's own Node.js wants and a small Debian does not have.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || .ci/need chromium || echo "No chromium: the browser tests will be skipped."
	@! test -x /sbin/ldconfig || /sbin/ldconfig -p | grep -q 'libatomic\.so\.1' || .ci/need libatomic1 || echo "No libatomic1: Playwright will not start."
