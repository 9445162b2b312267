# Everything a developer types. `make help` lists it; the work itself is in scripts/.

.DEFAULT_GOAL := help
.PHONY: help dev demo audit check test test-pg vectors outside js browser review fmt lint setup

DATA ?= demo

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## The main job: a synthetic ministry, ready to click through (DATA=demo, PORT=…)
	cargo run --release --locked -- demo --data $(DATA) $(if $(PORT),--port $(PORT))

dev: ## The same from a debug build: templates, styles and words are read anew at each request
	cargo run --locked -- demo --data $(DATA) $(if $(PORT),--port $(PORT))

audit: ## Check the demo's ledger from its files alone (LOG=directory or URL)
	cargo run --locked -- audit $(or $(LOG),$(DATA)/log)

check: ## Before each commit: format, clippy, house rules, Rust tests on SQLite, JavaScript tests
	@scripts/test quick

test: ## Everything, from a fresh machine: installs what is missing, starts what it needs, says N passed, N failed
	@scripts/setup
	@scripts/test full

test-pg: ## Rust tests on a private PostgreSQL cluster (TESTS=filter)
	@scripts/with-postgres scripts/test rust $(TESTS)

vectors: ## The known answers of docs/format.md, in Rust and in JavaScript
	@scripts/test vectors

outside: ## Go's and Python's verifiers (tests/outside/) on a real log
	@scripts/test outside

js: ## JavaScript tests
	@scripts/test js

browser: ## Browser tests (TESTS=file.test.mjs for one)
	@scripts/test browser $(TESTS)

review: ## Look at changed snapshots one by one and accept or refuse
	@command -v cargo-insta >/dev/null || { echo "cargo-insta is missing: cargo install cargo-insta --locked"; exit 1; }
	cargo insta test --review --features postgres

fmt: ## Format the Rust code
	cargo fmt

lint: ## Clippy with warnings as errors, and the house rules of tests/tidy.rs
	@scripts/test lint

setup: ## Install what `make test` needs and is missing
	@scripts/setup
