# Isoloir. `make demo` and `make test` are the two commands of the README; the others are campaigns.
GO ?= go
SHARED ?= ../shared
OUT ?= out

.PHONY: help run demo test needs vet bench bench-all urn load load-kill load-postgres failover pooler faults mutations replay-real replay-mixte replay-fde web web-check crosscheck verifier-bench templ guide story story-whole fuzz clean import compliance release release-check vulnerabilities

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: ## an open demonstration election with its portal, on this machine; goes on from where it was stopped
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	$(OUT)/bin/isoloir run -out $(OUT)/run

demo: ## a whole election on embedded storage, ending with the auditor's verdict (needs Go and make only)
	$(GO) build -o $(OUT)/bin/ ./cmd/...
	rm -rf $(OUT)/demo
	$(OUT)/bin/isoloir demo -out $(OUT)/demo

test: needs vet ## everything that must hold on every change
	$(GO) test -tags purego ./crypto/group ./crypto/sigma
	$(GO) test -timeout 40m ./...

needs:
	@.ci/needs

vet:
	@out=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); test -z "$$out" || { echo "these files want gofmt:"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	GOARCH=arm64 $(GO) vet ./crypto/... ./keyceremony/... ./cmd/trustee ./cmd/audit

bench: ## the table of docs/performance.md, each figure beside its reference in the same run
	$(GO) test ./bench -run 'Table|Stores' -table -v -timeout 30m | grep -v '^=== \|^--- \|^PASS\|^ok'

bench-all: ## every benchmark of every room
	$(GO) test -run '^$$' -bench . -benchtime 1s -timeout 60m ./...

VOTERS ?= 6000
load: ## voters over HTTP, 300 a second and 2,000 at once: votes a second, what each step waits for, ballots = marks = receipts
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir ./bench/load
	rm -rf $(OUT)/load
	$(OUT)/bin/load -dir $(OUT)/load -isoloir $(OUT)/bin/isoloir -voters $(VOTERS)

load-kill: ## the same with fewer voters, while the server is killed five times
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir ./bench/load
	rm -rf $(OUT)/load
	$(OUT)/bin/load -dir $(OUT)/load -isoloir $(OUT)/bin/isoloir -voters 2000 -rate 100 -together 1000 -kill 5

RATE ?= 300
TURNS ?= 3
load-postgres: ## one process on embedded storage, a process for each role on it, and these on two PostgreSQL servers, by turns: votes a second, waits, processor; then everything killed once
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	$(GO) test ./bench/load -run TestRush -count=1 -v -timeout 90m -campaign -isoloir $(abspath $(OUT))/bin/isoloir -voters $(VOTERS) -rate $(RATE) -together 400 -turns $(TURNS) | grep -v '^=== \|^ *--- '

failover: ## voters while the synchronous standbys of both databases are killed, and then the primaries, whose place they take
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	$(GO) test ./bench/load -run TestFailover -count=1 -v -timeout 30m -campaign -isoloir $(abspath $(OUT))/bin/isoloir -voters 2000 -rate 60 -together 300 | grep -v '^=== \|^ *--- '

pooler: ## the stores' suites on PostgreSQL through PgBouncer in transaction mode (Debian: pgbouncer)
	$(GO) test ./roll/postgres ./urn/postgres -run 'TestStore|TestCrash' -count=1 -pooler

BALLOTS ?= 1000000
urn: ## what an urn of BALLOTS weighs on either engine
	$(GO) test ./bench -run 'TestUrn$$' -ballots $(BALLOTS) -count=1 -v -timeout 90m | grep -v '^=== \|^ *--- '

LENGTH ?= 8m
SEED ?= 0
faults: ## casting across processes while everything fails that can, on both engines: LENGTH of the vote, SEED (0: any); some 15 minutes, ends with the table of faults
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	$(GO) test ./bench/faults -run Campaign -count=1 -v -timeout 90m -isoloir $(abspath $(OUT))/bin/isoloir -voters 2400 -length $(LENGTH) -seed $(SEED) | grep -v '^=== '

import: ## a national roll of 1,447,026 electors into PostgreSQL, over 11 urns and over 130: seconds, memory, bytes
	$(GO) test ./bench -run TestImport -import -count=1 -v -timeout 30m | grep -v "^=== "

mutations: ## every kind of forged export, 20 runs each on other elections, and damage to every file (about ten minutes)
	$(GO) test ./audit -run 'Mutations|Damage' -mutation-runs 20 -timeout 60m

replay-real: ## real results, replayed exactly with every size of groups; make test does the most of them
	$(GO) test ./replay -run TestRealResults -every -timeout 60m

replay-mixte: ## three ballots of the Assemblée nationale with encrypted citizens in all 577 constituencies, weighed from the opened urns and audited
	$(GO) test ./replay -run TestMembersAndCitizens -every -v -timeout 120m

replay-fde: ## a national election, exactly replayed and audited, with minutes and memory of each step (fde-2022-t2.csv, 11 urns, 1.45 million electors)
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	rm -rf $(OUT)/fde
	$(OUT)/bin/isoloir simulate -votes $(SHARED)/data/votes/fde-2022-t2.csv -out $(OUT)/fde -json

web: ## the browser client, built again from its sources
	$(GO) run ./cmd/web

PART ?= 1/1
crosscheck: ## both verifiers on 200 honest exports of random shapes and on every mutation (Chromium; about an hour on two free cores); PART=N/OF: one part of OF, to be run by turns
	$(GO) test ./web/verifier -run '^TestCrosscheck$$' -count=1 -timeout 5h -v -args -every -part $(PART)

verifier-bench: ## how long the page of the second verifier takes for 10,000 ballots and 2 mixers (Chromium)
	$(GO) build -o $(OUT)/bin/ ./cmd/isoloir
	rm -rf $(OUT)/verifier && mkdir -p $(OUT)/verifier
	printf 'urn,urn_name,electors,option,ballots\nu1,Urne,10500,Liste A,5500\nu1,Urne,10500,Liste B,4000\nu1,Urne,10500,blanc,500\n' > $(OUT)/verifier/votes.csv
	$(OUT)/bin/isoloir simulate -votes $(OUT)/verifier/votes.csv -mixers 2 -out $(OUT)/verifier/vote -quiet
	tar -C $(OUT)/verifier/vote/export --format=ustar -cf $(OUT)/verifier/export.tar .
	$(GO) test ./web/verifier -run '^TestSpeed$$' -count=1 -timeout 2h -v -args -archive $(abspath $(OUT))/verifier/export.tar -fingerprint $$(cat $(OUT)/verifier/vote/fingerprint) -witness $(abspath $(OUT))/verifier/vote/witnesses.keys

web-check: ## the types of the browser client, and that its vendored sources are those of npm (needs node)
	cd web && npm ci --ignore-scripts --no-audit --no-fund && npx tsc -p .
	cd web/vendor && find @noble @scure jsqr -type f | while read -r f; do cmp "$$f" "../node_modules/$$f" || exit 1; done

templ: ## the pages' Go files from their templates
	@for dir in $(sort $(dir $(wildcard portal/*/*.templ))); do $(GO) tool templ generate -path $$dir || exit 1; done

guide: ## the pictures and recordings of the guide, from the pages of a demonstration in Chromium
	$(GO) test ./portal/guide -count=1 -write

compliance: ## docs/compliance.md, from the requirements and the ids that tests carry
	$(GO) test ./docs/compliance -count=1 -write

RELEASE ?= $(OUT)/release
UNCHECKED ?= no
release: ## commands for four systems, browser clients, lists of components and SHA256SUMS, of the commit that is checked out; UNCHECKED=yes where the database of vulnerabilities is out of reach
	@.ci/release/vulnerabilities; code=$$?; \
	  test $$code = 0 || { test $$code = 69 && test "$(UNCHECKED)" = yes; } || exit $$code
	.ci/release/release $(RELEASE)

release-check: ## the release made in two clones, under other homes, clocks and masks: the same bytes
	.ci/release/check

vulnerabilities: ## known vulnerabilities in what the commands link (needs https://vuln.go.dev, or VULNDB=file:///PATH)
	.ci/release/vulnerabilities

story: ## one election on the bureau's pages, from its constitution to the archive, in Chromium (minutes); story-whole: everybody at a browser, every page judged, PICTURES=DIR keeps one of each
	$(GO) test ./portal/story -run TestStory -count=1 -v -timeout 30m -story

story-whole:
	$(GO) test ./portal/story -run TestStory -count=1 -v -timeout 90m -whole

FUZZTIME ?= 20s
fuzz: ## every decoder, FUZZTIME each
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; done

clean: ## remove what the targets above wrote
	rm -rf $(OUT)
