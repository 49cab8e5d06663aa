# What a developer does here. PG=15 chooses the major version of PostgreSQL, PG_CONFIG=… a server of one's own.
PG ?= 15
export PG PG_CONFIG

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint check install package env clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "PG=15 is the default; PG=18 and PG=16 need nothing installed, others are taken from the system."

demo: ## Shows the extension at work, on an invented organisation; ends at a psql prompt
	@scripts/setup build
	@scripts/demo

test: ## Runs every test, in a PostgreSQL of its own (TESTS="user_emails::" runs some)
	@scripts/setup test
	@scripts/test $(TESTS)

bench: ## Measures, and writes docs/benchmark.md (PARTS="requests latency" only prints those)
	@scripts/setup build
	@scripts/peers
	@scripts/bench $(PARTS)

lint: ## Checks format, and clippy's advice, in all of the code
	@scripts/setup build
	@scripts/lint

check: ## Checks the extension's code for PostgreSQL 15 to 18; needs none of them
	@scripts/setup build
	@scripts/check

install: ## Builds for the PostgreSQL of PG_CONFIG=/path/to/pg_config, and installs there
	@scripts/setup build
	@scripts/install

package: ## Packages what `make install` would install
	@scripts/setup build
	@scripts/package

env: ## What cargo itself is to be told in a shell: eval "$(make -s env)"
	@scripts/env

clean: ## Removes what was built
	cargo clean
