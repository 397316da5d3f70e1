# What people and CI run. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help build test test-simulator soak screenshot coverage demo simulator install dist test-dist publish-private-registry docs lint validate-docs bench bench-start test-instructions test-versions test-tofu fuzz mutants

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
PLUGINS ?= $(HOME)/.terraform.d/plugins
# The source address without its host; a test compares it with the provider's.
SOURCE := iwd/iwd

PLATFORMS ?= native
# The compilers of a release and what drives them.
TOOLS := $(TARGET)/dist-tools
DIST = PATH="$(abspath $(TOOLS))/bin:$$PATH" python3 -B .github/scripts/dist

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# Built as tests are: their dependencies add features to others, and `cargo build` would compile thirty of these again.
build: ## build the provider, the simulator and the demo, for debugging
	$(CARGO) test --features simulator --no-run --test demo

test: build ## unit, integration and acceptance tests, the last with a real Terraform
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  set -x; $(CARGO) nextest run --features simulator && $(CARGO) test --features simulator --doc; \
	else \
	  set -x; $(CARGO) test --features simulator; \
	fi

# Not among `make test`'s, where a test that isn't run counts as passed in some runners.
test-simulator: build ## the simulator's page in Chromium, its log-in to a tenant's database on PostgreSQL, examples/postgres
	$(CARGO) test --features simulator --test simulator

soak: build ## create, change, rotate and destroy 200 tenants through faults and kills; SEED=… TENANTS=… MINUTES=…
	$(CARGO) test --features simulator --test soak -- \
	  $(if $(SEED),--seed $(SEED)) $(if $(TENANTS),--tenants $(TENANTS)) $(if $(MINUTES),--minutes $(MINUTES))

screenshot: build ## take the pictures of the guides anew, with the test that looks at the same page
	INSTA_UPDATE=always KEEP_SCREENSHOT=1 $(CARGO) test --features simulator --test simulator -- the_guide_shows

# Each process keeps its counts in a file as it goes, since the tests of the raw protocol end theirs hard.
coverage: ## the lines that tests run; needs cargo-llvm-cov and the component llvm-tools
	RUSTFLAGS="$(RUSTFLAGS) -C llvm-args=-runtime-counter-relocation" LLVM_PROFILE_FILE_NAME=iwd-%m%c.profraw \
	  $(CARGO) llvm-cov --features simulator --summary-only

demo: ## see it work against a simulated IWD; KEEP=1 leaves the simulator and the tenant
	$(CARGO) test --features simulator --test demo -- $(if $(KEEP),--keep)

LISTEN ?= 127.0.0.1:4024
simulator: build ## start the simulated IWD on LISTEN and say what to set
	@echo "Where Terraform runs, any key will do: export IWD_ENDPOINT=http://$(LISTEN) IWD_API_KEY=any"
	@echo "In a browser, to look inside: http://$(LISTEN)/"
	@exec $(TARGET)/debug/iwd-simulator --listen "$(LISTEN)" --data $(TARGET)/iwd-simulator.db

# On Linux the binary is the static one of a release, where its compiler can be had.
install: ## build for use and install where terraform and tofu look for providers
	@platform="$$(python3 -B .github/scripts/dist/platforms.py)" || exit 1; \
	binary="$(TARGET)/release/terraform-provider-iwd"; \
	if [ "$${platform%_*}" = linux ] && static="$$($(MAKE) --silent $(TOOLS)/.complete >&2 && $(DIST) binary native)"; then \
	  binary="$$static"; \
	else \
	  if [ "$${platform%_*}" = linux ]; then echo "no static binary: its target or its C compiler is missing, see above;" \
	    "this one needs the libraries of this system" >&2; fi; \
	  $(CARGO) build --release --bin terraform-provider-iwd || exit 1; \
	fi; \
	for host in registry.terraform.io registry.opentofu.org; do \
	  folder="$(PLUGINS)/$$host/$(SOURCE)/$(VERSION)/$$platform"; \
	  mkdir -p "$$folder" && \
	  install -m 755 "$$binary" "$$folder/terraform-provider-iwd" && \
	  echo "installed $$folder/terraform-provider-iwd" || exit 1; \
	done

dist: $(TOOLS)/.complete ## a release in dist/, for this platform or PLATFORMS="linux_arm64 …" or all; GPG_PRIVATE_KEY signs
	rm -rf dist
	$(DIST) build dist $(PLATFORMS)
	$(DIST) finish dist

test-dist: dist ## what make dist wrote: contents, signature, reproducible, the life cycle in an empty root, registries
	PATH="$(abspath $(TOOLS))/bin:$$PATH" $(CARGO) test --features simulator --test dist

RELEASE ?= dist
publish-private-registry: ## what make dist wrote, or RELEASE=FOLDER, in a private registry of HCP Terraform; docs/guides/hcp-terraform.md
	python3 -B .github/scripts/private_registry.py $(RELEASE)

$(TOOLS)/.complete: .github/scripts/dist/requirements.txt
	python3 -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

docs: build ## make docs/ of the schema and examples/; the guides in it are written by hand
	$(TARGET)/debug/generate-docs

lint: ## formatting, lints and documentation, warnings are errors
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --all-features -- -D warnings
	$(CARGO) clippy --locked --all-features --test demo --test versions --test simulator --test soak --test dist --test instructions -- -D warnings
	$(CARGO) clippy --locked --bins -- -D warnings
	$(CARGO) fmt --check --manifest-path fuzz/Cargo.toml
	@# Nothing is linked, so libFuzzer, which needs a C++ compiler, need not be there.
	CUSTOM_LIBFUZZER_PATH=unused/libfuzzer.a \
	  $(CARGO) clippy --locked --manifest-path fuzz/Cargo.toml --target-dir $(TARGET) -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --lib --all-features
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
	  set -x; $(CARGO) deny --locked check bans licenses sources && \
	  $(CARGO) deny --locked --manifest-path fuzz/Cargo.toml check sources; \
	else \
	  echo "NOT RUN: cargo deny, the check of the dependencies: cargo install --locked cargo-deny" >&2; \
	fi
	@if $(CARGO) machete --version >/dev/null 2>&1; then \
	  set -x; $(CARGO) machete; \
	else \
	  echo "NOT RUN: cargo machete, which finds dependencies that nothing uses: cargo install --locked cargo-machete" >&2; \
	fi
	@if command -v go >/dev/null && command -v "$${TERRAFORM:-terraform}" >/dev/null; then \
	  $(MAKE) validate-docs; \
	else \
	  echo "NOT RUN: make validate-docs, the Registry's own check of docs/, which needs Go and Terraform" >&2; \
	fi
	@if command -v go >/dev/null; then \
	  set -x; go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12; \
	else \
	  echo "NOT RUN: actionlint, the check of the workflows, which needs Go" >&2; \
	fi

validate-docs: build ## the Registry's own check of docs/; needs Go and Terraform
	.ci/validate-docs $(abspath $(TARGET))/debug $(SOURCE)

test-instructions: $(TOOLS)/.complete ## how many instructions start, schema, plan and apply take; RECORD=1 records anew
	provider="$$($(DIST) binary native)" && \
	PROVIDER="$$provider" $(CARGO) test --features simulator --test instructions

test-versions: ## what each version can do, on the installed Terraform and those of tests/acceptance/terraforms.txt
	$(CARGO) test --features simulator --test versions

bench: $(TOOLS)/.complete ## what the released binary costs; TENANTS="1 100" leaves 1000 out, KEEP=1 writes docs/performance.md
	provider="$$($(DIST) binary native)" && \
	PROVIDER="$$provider" $(CARGO) bench --features simulator --bench bench

bench-start: $(TOOLS)/.complete ## the static binary beside the dynamic one: size, handshake, memory
	$(CARGO) build --release --bin terraform-provider-iwd
	$(DIST) compare "$$($(DIST) binary native)" $(TARGET)/release/terraform-provider-iwd

test-tofu: ## the acceptance tests on OpenTofu: TOFU, or tofu on PATH
	@tofu="$${TOFU:-$$(command -v tofu)}"; \
	if [ -z "$$tofu" ]; then echo "no tofu on PATH: install OpenTofu or set TOFU to its path" >&2; exit 1; fi; \
	export TERRAFORM="$$tofu"; set -x; \
	$(CARGO) test --features simulator --test acceptance && $(CARGO) test --features simulator --test versions OpenTofu

SECONDS ?= 60
# Without a sanitizer, libFuzzer needs no nightly Rust; the project's own code is safe Rust.
fuzz: ## try what nobody would send, SECONDS=60 per target, ONLY="mask pem" or all; needs cargo-fuzz
	@if ! $(CARGO) fuzz --version >/dev/null 2>&1; then \
	  echo "cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2; exit 1; \
	fi; \
	for target in $(or $(ONLY),$(notdir $(wildcard fuzz/corpus/*))); do \
	  learned="$(abspath $(TARGET))/fuzz/corpus/$$target"; mkdir -p "$$learned"; \
	  $(CARGO) fuzz run --sanitizer none --codegen-units 16 --target-dir $(TARGET)/fuzz $$target "$$learned" fuzz/corpus/$$target -- \
	    -max_total_time=$(SECONDS) -timeout=30 -rss_limit_mb=1024 -print_final_stats=1 || failed="$$failed $$target"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed; what was found is in fuzz/artifacts/" >&2; exit 1; fi

# Which files and tests, .cargo/mutants.toml says.
mutants: ## change the code in small ways and see the unit tests fail; needs cargo-mutants
	@if ! $(CARGO) mutants --version >/dev/null 2>&1; then \
	  echo "cargo-mutants is missing: cargo install cargo-mutants --locked" >&2; exit 1; \
	fi; \
	$(CARGO) mutants --output $(TARGET)
