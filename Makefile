# Everything that people and CI do here is a target: `make help` lists them. .ci/run calls the same ones.

GO        ?= go
# What the benchmarks are; `make bench BENCHFLAGS='…' ASKFLAGS='…'` passes options on (-quick: seconds, -help: all).
BENCH     ?= ./loader/internal/bench
ASKBENCH  ?= ./queries/internal/bench
GROWTH    ?= growth.svg
# How many loads are disturbed by `make faults`.
FAULTS    ?= 20
# How long `make soak` loads and asks.
SOAK      ?= 30m
# How many claims `make longlists` loads, and how many reads it makes at least.
CLAIMS    ?= 100000
READS     ?= 0
# How many random graphs `make laws` looks through.
GRAPHS    ?= 1000
# How long each fuzz target runs, and what counts as one.
FUZZTIME  ?= 30s
# The race detector needs a C compiler. `make test RACE=` goes without.
RACE      ?= $(if $(shell command -v "$$($(GO) env CC 2>/dev/null)" 2>/dev/null),-race)
# It takes up to thrice the time, so some go without in `make test`: readers, encoders and what reads texts, whose tests
# are about large inputs, and the program and its page, which scripts start again and again. What works in goroutines has
# it: the loader, questions, servers and deploy. `make races` runs everything with it.
PLAIN     ?= ./loader/format/... ./loader/text/... ./queries/encode ./cmd/orbat ./cmd/orbat/explorer
UNRACED    = $(if $(PLAIN),$(filter $(shell $(GO) list $(PLAIN)),$(TESTED)))
RACED      = $(filter-out $(UNRACED),$(TESTED))
TESTED     = $(shell $(GO) list $(PKG) || echo cannot-be-listed)
# Results are never taken from the cache: it cannot see that the Dgraph behind a test is another one.
# The time limit only catches what hangs: a machine half as fast as that of the README must stay far below it.
TESTFLAGS ?= -count=1 -p 2 -timeout 90m
# `make test PKG=./queries/...` tests less.
PKG       ?= ./...

VERSION   := $(or $(shell git describe --tags --always --dirty 2>/dev/null),dev)
ORBAT     := bin/orbat
LINTER    := bin/golangci-lint
GOBUILD   := CGO_ENABLED=0 $(GO) build -trimpath

# Nothing here may touch the user's own database.
unexport ORBAT_DGRAPH ORBAT_HOME

# Where the tests find the programs that read exports back. On Debian the Python whose packages apt installs, whatever `python3`
# in PATH is (a pyenv shim does not see them).
ORBAT_TEST_PYTHON ?= $(if $(wildcard /etc/debian_version),/usr/bin/python3,python3)
ORBAT_TEST_NPM    ?= $(CURDIR)/.ci/npm/node_modules
export ORBAT_TEST_PYTHON ORBAT_TEST_NPM

.DEFAULT_GOAL := help
# Steps run in the order they are named, the cheap ones first.
.NOTPARALLEL:
.PHONY: api help build install engine demo explore explorer explorer-packages test test-go races test-short lint vet fmt fuzz laws faults soak longlists bench bench-load bench-ask bench-serve bench-explorer bench-growth deps clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: ## Build bin/orbat
	$(GOBUILD) -ldflags '-s -w -X main.version=$(VERSION)' -o $(ORBAT) ./cmd/orbat

install: ## Install orbat where `go install` puts programs
	CGO_ENABLED=0 $(GO) install -trimpath -ldflags '-s -w -X main.version=$(VERSION)' ./cmd/orbat

engine: build ## Build the pinned Dgraph into the user's cache, once (about two minutes)
	$(ORBAT) engine

demo: build ## Load the example and an article into a Dgraph of its own and answer three questions
	$(ORBAT) demo

explore: build ## Load the example into a Dgraph of its own and show it in the browser, until Ctrl-C
	$(ORBAT) demo --explore

test: deps vet lint engine test-go ## All checks: tools, vet, lint, the real Dgraph, and every test

# Unit tests, the laws on the real Dgraph, and exports read back by the programs they are made for. What a package needs and does
# not find it skips and says so, except under CI=true, where deps has failed before. The slowest ten are named at the end.
test-go:
	@$(GO) run ./.ci/slowest $(if $(RACED),$(GO) test -json $(RACE) $(TESTFLAGS) $(RACED)) -- \
		$(if $(UNRACED),$(GO) test -json $(TESTFLAGS) $(UNRACED))

races: engine ## Run every test with the race detector (make test leaves some packages out)
	@$(MAKE) --no-print-directory test-go PLAIN= RACE=-race

test-short: ## Only what needs no Dgraph and takes seconds
	$(GO) test -short $(PKG)

lint: $(LINTER) ## Check style, formatting and the walls between packages
	$(LINTER) run $(PKG)

api: explorer-packages ## Write the OpenAPI document anew, the client that tests make of it, and the explorer's types (needs npm)
	$(GO) test ./cmd/orbat/httpapi -run TestDocumentIsKept -update
	cd cmd/orbat/httpapi/internal/client && $(GO) run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml ../../openapi.json
	cd cmd/orbat/explorer && npm run --silent api

explorer: explorer-packages ## Build the explorer's page of its sources, which is committed (needs npm)
	cd cmd/orbat/explorer && npm run --silent api && npm run --silent build

explorer-packages:
	@cd cmd/orbat/explorer && { cmp -s package-lock.json node_modules/.installed || \
		{ npm ci --no-audit --no-fund --ignore-scripts && cp package-lock.json node_modules/.installed; }; }

vet: ## go vet, and whether packages and tests are right for the other systems that orbat is built for
	$(GO) vet $(PKG)
	@for system in $(filter-out $(shell $(GO) env GOOS),linux darwin windows); do echo "types for $$system"; \
		$(GO) run -C .ci/tools ./typecheck '$(CURDIR)' $$system $(PKG) || exit 1; done

fmt: $(LINTER) ## Format all Go files
	$(LINTER) fmt

fuzz: ## Run every fuzz target for FUZZTIME (default 30s) each
	@.ci/fuzz '$(GO)' '$(FUZZTIME)'
	ORBAT_REQUESTS=20000 $(GO) test ./cmd/orbat/httpapi -run TestHostileRequests -count=1 -v -timeout 120m

laws: engine ## Look through the possible worlds of GRAPHS (default 1000) random graphs; make test takes 50
	ORBAT_DOCUMENTS=1 ORBAT_SEEDS=20 $(GO) test ./loader -run 'Documents|RemoveSource|Reread' -count=1 -v -timeout 120m
	ORBAT_TEST_ALL=1 $(GO) test ./cmd/orbat -run 'SecurityForceMonitor|ServedQuestions' -count=1 -v -timeout 120m
	ORBAT_WORLDS=200 $(GO) test ./cmd/orbat/httpapi -run TestHiddenClaims -count=1 -v -timeout 120m
	ORBAT_GRAPHS=$(GRAPHS) $(GO) test ./queries ./schema/... -run 'Worlds|Law|CertainLeavesOut' -count=1 -v -timeout 120m

faults: engine ## Kill, freeze and restart Dgraph and orbat in the midst of FAULTS (default 20) loads; kills at 100,000 records
	ORBAT_FAULTS=$(FAULTS) $(GO) test ./cmd/orbat/endurance -run TestFaults -count=1 -v -timeout 120m
	ORBAT_SCALE=100000 $(GO) test ./cmd/orbat/endurance -run TestScale -count=1 -v -timeout 120m

soak: engine ## Load, replace, remove, export, check and ask at once for SOAK (default 30m): all answers, memory and open files
	ORBAT_SOAK=$(SOAK) $(GO) test ./cmd/orbat/endurance -run TestSoak -count=1 -v -timeout 24h

longlists: engine ## Read long lists while CLAIMS (default 100000) claims of one source are loaded
	ORBAT_LONGLIST=$(CLAIMS) ORBAT_LONGLIST_READS=$(READS) $(GO) test ./cmd/orbat/endurance -run TestLongLists -count=1 -v -timeout 300m

bench: bench-load bench-ask ## Measure loading and answering, in Markdown

bench-load: engine build ## Measure loading against Dgraph's own live loader
	$(GO) run $(BENCH) -orbat $(abspath $(ORBAT)) $(BENCHFLAGS)

bench-explorer: engine explorer-packages ## Measure the page against its budgets: bytes, time to paint, requests (needs npm and Chromium)
	ORBAT_BUDGETS=1 $(GO) test ./cmd/orbat/explorer -run TestBudgets -count=1 -v

bench-growth: engine build ## Measure loads of 1, 3, 10 and 30 million N-Quads and draw GROWTH (three quarters of an hour)
	$(GO) run $(BENCH) -orbat $(abspath $(ORBAT)) -grow 1,3,10,30 -plot $(abspath $(GROWTH)) $(BENCHFLAGS)

bench-ask: engine build ## Measure questions against plain DQL, and paths among a million relations (which take minutes to load)
	$(GO) run $(ASKBENCH) -orbat $(abspath $(ORBAT)) $(ASKFLAGS)

bench-serve: engine build ## Measure orbat serve under 64 clients for a minute, on a million relations (which take minutes to load)
	$(GO) run $(ASKBENCH) -serve $(abspath $(ORBAT)) $(ASKFLAGS)

deps: $(LINTER) ## Fetch what the tests use: linter, npm packages and, on Debian as root, system packages
	@GO='$(GO)' .ci/deps

# The linter is pinned in a module of its own: none of what it needs is orbat's.
$(LINTER): .ci/tools/go.mod .ci/tools/go.sum
	cd .ci/tools && $(GOBUILD) -ldflags '-s -w' -o '$(CURDIR)/$@' github.com/golangci/golangci-lint/v2/cmd/golangci-lint

clean: ## Remove what was built here (not the Dgraph in the user's cache)
	rm -rf bin .ci/npm/node_modules cmd/orbat/explorer/node_modules
