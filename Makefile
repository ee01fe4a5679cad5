# What a newcomer types: `make demo` and `make test`. Everything else serves these two.
SHELL := /bin/bash
export GOFLAGS ?= -p=2
FUZZTIME ?= 5s
LISTEN ?= 127.0.0.1:8080
SPEED ?= 3600

# The race detector needs a C compiler; without one the tests run all the same, and say so.
RACE := $(shell command -v gcc >/dev/null 2>&1 && echo -race)
# Packages that start no goroutine and share nothing: the race detector would find
# nothing there and takes ten times as long.
PURE := ^tagline/(gs1|ntag424|epcis|internal/(trace/chain|trace/suspicion|place/listfile|arch|label|manifest|rule|link/(anchor|linkset|negotiate)|passport/sheet))(/|$$)
NODE := $(shell command -v npm 2>/dev/null)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help demo build console test vet unit fuzz console-test e2e bench generate clean-tree screenshot

help:
	@echo "make demo      build everything and watch a small brand come to life on http://$(LISTEN)"
	@echo "make test      vet, staticcheck, Go tests with the race detector, a short fuzz, console type check and tests"
	@echo "make build     bin/tagline with the console inside"
	@echo "make console   only the web console, into internal/console/dist"
	@echo "make e2e       the running program in a real browser"
	@echo "make bench     the figures of docs/benchmarks.md, as ratios within one run"
	@echo "make generate  tables, OpenAPI and the console's client from their sources"

demo: build
	bin/tagline demo --listen $(LISTEN) --speed $(SPEED)

build: internal/console/dist/index.html
	go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/tagline ./cmd/tagline

# The console is rebuilt when its source is newer than what was built.
internal/console/dist/index.html: $(shell find console -path console/node_modules -prune -o -type f -print 2>/dev/null)
	$(MAKE) console

console/node_modules/.package-lock.json: console/package-lock.json
	cd console && npm ci --no-audit --no-fund

ifeq ($(NODE),)
console:
	@echo "!! npm is not installed: the console is left out. Install Node 20.19 or newer, then run make console." >&2
console-test:
	@echo "!! npm is not installed: the console's type check and tests are SKIPPED." >&2
else
console: console/node_modules/.package-lock.json
	cd console && npm run build
console-test: console/node_modules/.package-lock.json
	cd console && npm run check && npm test
endif

test: vet unit fuzz console-test
	@echo "make test: all passed"

vet:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these files:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...

unit:
ifeq ($(RACE),)
	@echo "!! no gcc: the tests run WITHOUT the race detector." >&2
endif
	go test $(RACE) -timeout 15m $$(go list ./... | grep -vE '$(PURE)')
	go test -timeout 15m $$(go list ./... | grep -E '$(PURE)')

# Every parser's fuzz target, a few seconds each, from the seeds in the tree. Packages
# that stand on a database are left to their seeds: instrumenting it costs minutes.
# Shrinking an input that is merely new is kept short: when the time ends in the middle
# of it, the go command may fail with "context deadline exceeded" and no input. Such an
# end, which names no failing input, is told and tried once more; any other is an error.
fuzz:
	@set -e; out=$$(mktemp); trap 'rm -f $$out' EXIT; for pkg in $$(go list ./...); do \
	  targets=$$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$(go list -f '{{$$d := .Dir}}{{range .TestGoFiles}}{{$$d}}/{{.}} {{end}}{{range .XTestGoFiles}}{{$$d}}/{{.}} {{end}}' $$pkg) /dev/null | sed 's/^func //'); \
	  [ -n "$$targets" ] || continue; \
	  if go list -deps -test $$pkg | grep -q '^modernc.org/sqlite$$'; then continue; fi; \
	  for target in $$targets; do \
	    echo "fuzz $$pkg $$target $(FUZZTIME)"; \
	    run="go test -run ^$$ -fuzz ^$$target$$ -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg"; \
	    $$run >$$out 2>&1 && continue; \
	    cat $$out; \
	    if grep -q 'context deadline exceeded' $$out && ! grep -q 'Failing input' $$out; then \
	      echo "fuzz $$pkg $$target ended without a failing input; once more"; \
	      $$run >$$out 2>&1 && continue; cat $$out; \
	    fi; \
	    echo "fuzz $$pkg $$target FAILED"; exit 1; \
	  done; \
	done

e2e: build
	cd console && npm run e2e

bench: build
	bin/tagline bench tap
	bin/tagline bench resolve --products 10000 --items 100000
	bin/tagline bench trace --events 50000 --bottles 1200

generate:
	go generate ./...
	go run ./cmd/tagline openapi > api/openapi.yaml
	$(if $(NODE),cd console && npm run generate)

# What is generated must be what is committed.
clean-tree: generate
	@git diff --exit-code -- . || { echo "make generate changed files: commit them"; exit 1; }
	@test -z "$$(git status --porcelain)" || { git status --short; echo "make generate left files behind"; exit 1; }

screenshot: build
	cd console && npm run screenshot
