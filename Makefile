# One loop, few commands. `make check` is exactly what CI runs.
PY := .venv/bin/python
CODE := protocol crypto localstore sync jitclient ui resources centralstore tests bench
STAMP := .venv/.setup-done

.DEFAULT_GOAL := help
.PHONY: help setup demo screens pictures gallery check lint test t perturbed languages fix bench fuzz model simulate mutants attacks lock clean soak bundle deb

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMP)  ## .venv with everything, and Qt's system libraries

$(STAMP): requirements.txt pyproject.toml packaging/setup.sh packaging/qt-libraries.txt
	@sh packaging/setup.sh
	@touch $@

demo: setup  ## the whole story with a real store and three people (FILE=... to hand over yours)
	$(PY) -m jitclient.demo $(if $(FILE),--file "$(FILE)")

screens: setup  ## pictures of every screen of devices, keys and trust, light and dark (SIZE=1080x660)
	$(PY) -m tests.ui.screens $(if $(SIZE),--size $(SIZE))

pictures: setup  ## the pictures of docs/pictures, light in English and dark in Greek
	$(PY) -m tests.ui.screens.album $(ONLY)

gallery: setup  ## renew the reference pictures of the gallery (jitclient gallery shows it)
	$(PY) -m tests.ui.gallery

check: lint test  ## what CI runs

lint: setup  ## format, style, types, import contracts
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

test: setup  ## every test; the real window in a process of its own, as Qt wants one application
	$(PY) -m pytest -q -rs --durations=10 --ignore=tests/ui_real
	$(PY) -m pytest -q tests/ui_real

t: setup  ## some tests: make t ARGS="tests/crypto -k ratchet"
	$(PY) -m pytest $(ARGS)

perturbed: setup  ## the window's tests with every freed byte overwritten: finds what is used after it is freed
	PYTHONMALLOC=malloc MALLOC_PERTURB_=165 $(PY) -X faulthandler -m pytest -q $(or $(ARGS),tests/ui)

languages: setup  ## every catalogue gets the sentences of the sources; what is missing is counted (MISSING=de: listed)
	$(PY) -m tests.languages $(if $(MISSING),--missing $(MISSING))

fix: setup  ## format and repair what can be repaired mechanically
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format --quiet .

model: setup  ## the protocol's model, checked by Maude (QUICK=1: seconds; RECORD=1: into the docs)
	$(PY) -m tests.model $(if $(QUICK),--quick) $(if $(RECORD),--record)

fuzz: setup  ## every reader of bytes from outside, for SECONDS=600 (KEEP=1: keep new inputs; RECORD=1: figures)
	$(PY) -m tests.fuzz --seconds $(or $(SECONDS),600) $(if $(KEEP),--keep) $(if $(RECORD),--record)

bench: setup  ## the benchmarks, each against its peer in the same run (QUICK=1: minutes, not tens)
	$(PY) -m bench.transfer $(if $(QUICK),--quick)
	$(PY) -m bench.messages $(if $(QUICK),--quick)
	$(PY) -m bench.messages --members 20 $(if $(QUICK),--quick)
	$(PY) -m bench.desktop $(if $(QUICK),--quick)
	$(PY) -m bench.crypto $(if $(QUICK),--quick)
	$(PY) -m bench.store $(if $(QUICK),--quick)

soak: setup  ## a store under steady mixed load: MINUTES=30, does anything grow or slow down? (POSTGRESQL=1)
	$(PY) -m bench.soak --minutes $(or $(MINUTES),30) $(if $(POSTGRESQL),--postgresql)

simulate: setup  ## whole teams in bad weather: SEED=7 STEPS=60, or SEEDS=1-200 JOBS=2
	$(PY) -m tests.simulation.run --seeds $(or $(SEEDS),$(or $(SEED),1)) \
	    --steps $(or $(STEPS),60) --jobs $(or $(JOBS),1) $(if $(SEEDS),,--trace)

mutants: setup  ## take out every check of crypto, policy and membership, one at a time: who notices?
	$(PY) -m tests.mutants.run $(ARGS)

attacks: setup  ## the same for the checks behind the named attacks of tests/hostile
	$(PY) -m tests.mutants.run --wounds $(ARGS)

bundle: setup  ## build/dist/jitclient: the program in one folder; whole languages only (UNFINISHED=1: to try one)
	@UNFINISHED='$(UNFINISHED)' sh packaging/bundle/make.sh
	$(PY) -m pytest -q -rs tests/bundle/test_bundle.py

deb: bundle  ## build/dist/jitclient_*.deb from the bundle, tried on a bare Debian where that can be had
	@sh packaging/deb/make.sh
	$(PY) -m pytest -q -rs tests/bundle/test_deb.py

lock:  ## write requirements.txt anew from pyproject.toml
	uv pip compile pyproject.toml --extra store --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -q -o requirements.txt
	uv pip compile pyproject.toml --extra store --group bundle --universal --python-version 3.11 -c requirements.txt \
	    --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o packaging/bundle/requirements.txt

clean:  ## remove what the commands above made, except the environment
	rm -rf demo-output build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
