# The two commands: `make lab` to walk, `make test` to check. Relative paths only, so that a
# folder with a space in its name is fine.
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
export TQDM_DISABLE ?= 1

.PHONY: lab students grade walk book refresh latency test test-all lint clean
.DELETE_ON_ERROR:

# make lab OPTIONS="--port=8890 --no-browser": what JupyterLab is told besides
lab: .venv/users.done
	TQDM_DISABLE= $(PY) -m mpe_lib.course.walk lab $(OPTIONS)

# OPTIONS=--renew: copies of an earlier edition anew, with the answers that are in them
students: .venv/users.done
	$(PY) -m mpe_lib.course.walk students $(OPTIONS)

# make grade SUBMISSIONS=handed_in OUT=graded OPTIONS="--jobs 2": see notebooks/TEACHING.md
grade: .venv/users.done
	@test -n "$(SUBMISSIONS)" -a -n "$(OUT)" || { echo 'make grade needs two folders: make grade SUBMISSIONS=handed_in OUT=graded'; exit 2; }
	TQDM_DISABLE=$(if $(filter file,$(origin TQDM_DISABLE)),,$(TQDM_DISABLE)) $(PY) -m mpe_lib.course.grading "$(SUBMISSIONS)" "$(OUT)" $(OPTIONS)

walk: .venv/users.done
	$(PY) -m mpe_lib.course.walk html

book: .venv/book.done
	$(PY) -m mpe_lib.course.site

refresh: .venv/users.done
	$(PY) -m mpe_lib.course.walk refresh

# how soon the explorers answer, in a browser; on a machine with nothing else to do
latency: .venv/tests.done
	$(PY) tests/latency.py

lint: .venv/tests.done
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports

# a worker for each core, a thread for each worker
WORKERS = OMP_NUM_THREADS=1 $(PY) -m pytest -q -n auto --maxprocesses 8
BY_FILE = $(WORKERS) --dist loadfile
# slow tests are few and long: each goes to whoever is free, but for those of one group
BY_TEST = $(WORKERS) --dist loadgroup -m slow

test: lint
	$(BY_FILE) -m "not slow"
	MPE_DATA= CUDA_VISIBLE_DEVICES= $(BY_FILE) -p no:doctest -o addopts="" --nbval --nbval-current-env --nbval-sanitize-with=tests/nbval.cfg --nbval-cell-timeout=300 notebooks/*.ipynb

# a page that answers to a move answers too late beside many others: two at a time, on their own
LAB = tests/course/test_in_lab.py

test-all: test .venv/book.done
	$(BY_TEST) --durations 15 tests --ignore=$(LAB)
	$(BY_TEST) --durations 15 --maxprocesses 2 $(LAB)

clean:
	rm -rf .venv walk site site.part build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("make needs Python 3.11 or later, got " + sys.version.split()[0] + ": try make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/users.done: requirements.txt pyproject.toml | .venv/bin/python
	@echo "installing what requirements.txt lists (a few minutes the first time)"
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -e .
	@touch .venv/users.done

.venv/tests.done: tests/requirements.txt tests/requirements-oracles.txt tests/requirements-triton.txt .venv/users.done
	$(PIP) -r tests/requirements.txt
	$(PIP) --no-deps -r tests/requirements-oracles.txt
	$(PY) -c 'import triton' 2>/dev/null || $(PIP) --no-deps -r tests/requirements-triton.txt
	@touch .venv/tests.done

.venv/book.done: book/requirements.txt .venv/users.done
	$(PIP) -r book/requirements.txt
	@touch .venv/book.done
