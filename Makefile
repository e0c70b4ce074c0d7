# make demo, make test and make bench need Python 3.11 or newer, pip and make; they install the rest.
PYTHON ?= python3
DATA ?= ../shared/data
BIN := .venv/bin

.PHONY: demo test test-slow bench bench-methods bench-generalisation bench-realworld bench-shift bench-sparse bench-page docs bundle test-scripts chromium format clean

demo: .venv/.installed  ## the main job on packaged real data
	$(BIN)/tagthresh demo

test: .venv/.dev  ## style, types and every test that is quick; the same cases each time
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto -m "not slow"
	@$(MAKE) --no-print-directory test-scripts

# Node is there for those who change the scripts: users and the demo need none. It is installed where
# that is possible, on Debian as root, and its packages from npm.
NODE_OK := node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null && command -v npm >/dev/null
test-scripts:  ## the page's scripts: style, types, SciPy's numbers, and whether the bundle is theirs
	@{ $(NODE_OK); } || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; } || true
	@if ! { $(NODE_OK); }; then echo 'no Node 18 with npm: the tests of the page'"'"'s scripts are skipped'; \
	elif ! [ node_modules/.package-lock.json -nt package-lock.json ] && ! npm ci --silent --no-audit --no-fund; \
	then echo 'npm cannot install: the tests of the page'"'"'s scripts are skipped'; \
	else npm run --silent lint && npm run --silent types && npm test --silent; fi

bundle:  ## the page's scripts in one file, after a change to them
	npm ci --silent --no-audit --no-fund
	npm run --silent build

test-slow: .venv/.dev chromium  ## statistics, the paper's table, browsers, clusters, fuzzing; new random cases
	HYPOTHESIS_PROFILE=random $(BIN)/pytest -q -n auto -m "slow or hypothesis"

bench: .venv/.dev  ## speed and memory against named references
	$(BIN)/python benchmarks/exact.py

bench-methods: .venv/.dev  ## every method, and how its time grows; rewrites docs/benchmarks.md
	$(BIN)/python benchmarks/methods.py

bench-generalisation: .venv/.dev  ## every method on unseen clips; rewrites docs/generalisation.md
	$(BIN)/python benchmarks/generalisation.py $(DATA)
	$(BIN)/python benchmarks/coverage.py

bench-realworld: .venv/.dev  ## every method on real systems, new clips; rewrites docs/realworld.md
	$(BIN)/python benchmarks/realworld.py $(DATA)

bench-shift: .venv/.dev  ## thresholds adapted to other prevalences; rewrites docs/shift.md
	$(BIN)/python benchmarks/shift.py $(DATA)

bench-sparse: .venv/.dev  ## 100,000 clips x 100,000 tags, sparse
	$(BIN)/python benchmarks/sparse_tags.py

bench-page: .venv/.dev chromium  ## the page at AudioSet's size; rewrites the table of docs/page.md
	$(BIN)/python benchmarks/page.py

# The browser in which the page is tested: installed where that is possible, on Debian as root;
# elsewhere its tests say that they skip.
chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
	  || echo 'no Chromium: the tests of the page in a browser will skip'

docs: .venv/.dev  ## the page on the command line, from its help
	$(BIN)/python tools/command_line.py

format: .venv/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv node_modules

.venv/.created:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv .venv
	touch $@

.venv/.installed: .venv/.created pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/.dev: .venv/.created pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@ .venv/.installed
