# Everything starts from python3, pip and make: the first target that needs it builds .venv from the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.DELETE_ON_ERROR:
BENCH_STAMP := $(VENV)/.stamp-bench

.PHONY: install reproduce notebooks docs test test-whole test-slow lint lab bench bench-files bench-models example simulate coverage bench-pooling simulate-pooling bench-batch bench-registry simulate-missing gallery picture lock clean

reproduce: example notebooks ## recompute every printed comparison, analyse the example, run the notebooks
	$(BIN)/retrostats reproduce --out reports
	@echo "Read reports/reproduction.html, reports/example/report.html and reports/notebooks/index.html"

notebooks: $(STAMP) ## run every notebook; writes reports/notebooks
	$(BIN)/retrostats notebooks --out reports/notebooks

test: lint ## tests, ruff and mypy
	$(BIN)/python -m pytest -n auto -m "not slow and not whole"

test-whole: $(STAMP) ## whole programs: notebooks, JupyterLab in a browser, pages that write reports; figures at every size
	$(BIN)/python -m pytest -n auto -m "whole and not slow"

test-slow: $(STAMP) ## the long searches and simulations
	$(BIN)/python -m pytest -m slow

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(STAMP) ## JupyterLab with the notebooks and the example, in retrostats-lab/
	$(BIN)/retrostats lab retrostats-lab

docs: $(STAMP) ## the documentation as pages, in docs/_build/html; a warning or a broken link fails
	rm -rf docs/reference/api docs/_build
	$(BIN)/sphinx-build -W --keep-going -n -q -b html docs docs/_build/html
	$(BIN)/python docs/check_links.py docs/_build/html
	@echo "Read docs/_build/html/index.html"

bench: $(STAMP) ## how long import, help and full reports take
	$(BIN)/python benchmarks/commands.py

bench-files: $(STAMP) ## how long a file of a million rows takes to be read and checked
	$(BIN)/python benchmarks/cohort_files.py

bench-batch: $(STAMP) ## small mixed models a second: batched, in a loop, and by statsmodels; writes benchmarks/BATCH.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/batched_fits.py

bench-registry: $(STAMP) ## a mixed model of ten million subjects from files; writes benchmarks/REGISTRY.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/registry.py --dask --subjects 1000000 10000000

simulate-missing: $(STAMP) ## how often intervals hold the truth when outcomes are imputed; writes benchmarks/MISSING.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/missing_coverage.py

install: $(STAMP) ## the package and all it needs, in .venv

example: $(STAMP) ## analyse the simulated trial; writes reports/example
	$(BIN)/retrostats analyse data/example_cohort/cohort.csv --codebook data/example_cohort/codebook.toml \
	  --plan data/example_cohort/plan.toml --out reports/example

bench-models: $(BENCH_STAMP) ## mixed models beside statsmodels, mixedlm and R; writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/mixed_models.py

$(BENCH_STAMP): $(STAMP) benchmarks/requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install -qq --no-deps --require-hashes -r benchmarks/requirements.lock
	touch $@

simulate: $(STAMP) ## how often true null hypotheses are rejected; writes benchmarks/TYPE_ONE_ERROR.md
	$(BIN)/python benchmarks/type_one_error.py

coverage: $(STAMP) ## how often a 95% interval holds the truth; writes benchmarks/COVERAGE.md
	$(BIN)/python benchmarks/coverage.py

bench-pooling: $(BENCH_STAMP) ## 100,000 pools in one call, beside a loop and PyMARE
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/meta_refits.py

simulate-pooling: $(STAMP) ## how often pooled intervals hold the truth; writes benchmarks/POOLING.md
	$(BIN)/python benchmarks/meta_coverage.py

gallery: $(STAMP) ## the pictures of docs/gallery.md, drawn by the code on that page
	$(BIN)/python docs/make_gallery.py

picture: reproduce ## the picture of the README, from the report just made
	$(BIN)/python -c "from PIL import Image; Image.open('reports/forest.png').convert('RGB').quantize(32).save('docs/images/forest.png', optimize=True)"

# The stamp comes last: an interrupted installation starts over.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv --without-pip --clear $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install -qq --no-deps --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install -qq --no-deps --no-build-isolation -e .
	touch $@

# Maintainers only: needs uv. Versions move here and nowhere else.
lock:
	uv pip compile --universal --python-version 3.11 pyproject.toml --extra docs --extra lab --extra test -o requirements.lock \
	  --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header --upgrade
	uv pip compile --universal --python-version 3.11 --no-deps benchmarks/requirements.in -c requirements.lock \
	  -o benchmarks/requirements.lock --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header --upgrade

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache docs/_build docs/reference/api
