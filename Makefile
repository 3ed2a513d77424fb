# One command per wish. It needs a Python 3.11 or newer and fetches everything else by itself.
# Another Python: make run PYTHON=python3.12
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help run test check build bench soak pictures clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -e 's/:.*## /\t/' | expand -t 12 | sed -e 's/^/make /'

run: ## serve the demo at http://localhost:5000 (PORT=5001 another port, SIMULATE=1 with a pretended Zoom, Google and Microsoft Teams)
	@$(PYTHON) .make run

test: ## run all tests, in a real browser too (ARGS="-k keeper" only some)
	@$(PYTHON) .make test

check: ## run linters and type checkers over everything
	@$(PYTHON) .make check

build: ## build the front end into companion/static/build/
	@$(PYTHON) .make build

bench: ## measure the live agenda, the pages and the letters; prints and writes build/bench.json
	@$(PYTHON) .make bench

soak: ## live agendas under random failures (PART=kills, nodes, histories or agree, MINUTES=10, KILLS=1000, N=, SEED= to repeat one)
	@$(PYTHON) .make soak

pictures: ## remake the README's pictures in docs/pictures/
	@$(PYTHON) .make pictures

clean: ## remove everything that was made or fetched here, but not your data in var/
	@$(PYTHON) .make clean
