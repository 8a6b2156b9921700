# `make` alone explains itself: a target with "## words" after it is listed, "##@ words" begins a group.

SHELL := bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BINARY := target/release/parlour
EMBED := embed/dist/embed.js
ADMIN := admin-ui/dist/index.html
SAY := printf '\n==> %s\n'

# Everything in a front end's folder that its build reads. Lists are made when make starts: cheap, and never out of date.
sources = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*')

##@ Use it

.PHONY: run
run: build ## Build what is missing, then serve http://127.0.0.1:8080 with the demo, SQLite in ./data/
	@$(SAY) "Serving (Ctrl-C stops it)"
	@$(BINARY) serve --demo

.PHONY: dev
dev: build ## Serve, rebuild and restart on every change; the admin UI with hot reload by Vite
	@scripts/dev.sh

##@ Build it

.PHONY: build
build: prerequisites $(EMBED) $(ADMIN) ## Browser client, admin UI, then the release binary that carries both
	@$(SAY) "Building the release binary (the first time takes some minutes)"
	@cargo build --release

.PHONY: deb
deb: build ## A Debian package of it, in target/debian
	@deploy/debian/build.sh

.PHONY: generate
generate: prerequisites admin-ui/node_modules/.package-lock.json ## Write openapi.yaml and docs/settings.md from the code, and the admin UI's client
	@$(SAY) "Generating openapi.yaml, the admin UI's client and docs/settings.md"
# Not by way of `build`: an admin UI that does not compile before its client is generated must not stand in the way.
	@mkdir -p embed/dist admin-ui/dist
	@cargo build --release
	@$(BINARY) openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
	@cd admin-ui && npm run --silent generate
	@$(BINARY) openapi --json | node admin-ui/scripts/known.mjs > admin-ui/src/api/known.ts.new && mv admin-ui/src/api/known.ts.new admin-ui/src/api/known.ts
	@$(BINARY) config --table > docs/settings.md.new && mv docs/settings.md.new docs/settings.md

.PHONY: fmt
fmt: ## Format the Rust code
	@cargo fmt --all

.PHONY: clean
clean: ## Remove everything that was built or installed here (./data/ stays)
	@rm -rf target embed/dist admin-ui/dist embed/node_modules admin-ui/node_modules tests/browser/node_modules \
		tests/browser/shots

##@ Trust it

.PHONY: check
check: build ## Format, lints, licences and advisories, the front ends' own checks, generated files up to date
	@scripts/check.sh

.PHONY: test
test: prerequisites ## Everything: sets up PostgreSQL, Redis and Chromium if missing; checks, suites and browser on both engines
	@scripts/setup-test-machine.sh
	@scripts/test.sh

.PHONY: endure
endure: build ## kill -9 of nodes, PostgreSQL and Redis at random moments under load; ROUNDS=50 of them
	@scripts/setup-test-machine.sh
	@ROUNDS=$(or $(ROUNDS),50) node --test --test-reporter=spec tests/nodes/endure.test.mjs

.PHONY: serializable
serializable: build ## What is written, on a PostgreSQL whose transactions are all SERIALIZABLE, as distributed databases have them
	@scripts/setup-test-machine.sh
	@TEST_ISOLATION=serializable scripts/with-engines.sh cargo test --release -p parlour --test http -- \
		races:: votes:: comments:: moderation::

.PHONY: bench
bench: build ## What one node does beside the least it could do, on SQLite and PostgreSQL; BENCH=--full for large conversations, BENCH=admin for a large platform
	@scripts/setup-test-machine.sh
	@scripts/setup-isso.sh --uwsgi
	@scripts/with-engines.sh cargo bench --bench node -- $(BENCH)

##@ Help

.PHONY: help
help: ## This list
	@echo "Parlour: comments for every site you run. Needed: Rust, a C compiler, Node 20 or newer."
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: prerequisites
prerequisites:
	@scripts/prerequisites.sh

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@$(SAY) "Installing the packages of $*"
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(EMBED): embed/node_modules/.package-lock.json $(call sources,embed)
	@$(SAY) "Building the browser client"
	@cd embed && npm run --silent build

$(ADMIN): admin-ui/node_modules/.package-lock.json $(call sources,admin-ui)
	@$(SAY) "Building the admin UI"
	@cd admin-ui && npm run --silent build
