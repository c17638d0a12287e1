# make run    everything from nothing: installs what is missing, builds, starts the playground, plays the tour
# make test   the same for every test
# make help   the other targets
.DEFAULT_GOAL := help
SHELL := /bin/bash
JOBS ?= $(shell nproc)
BUILD := build
PRESET := release
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
CCACHE = $(shell command -v ccache >/dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
empty :=
space := $(empty) $(empty)
configure = cmake --preset $(1) $(CCACHE) >$(BUILD)-$(1).log 2>&1 || { cat $(BUILD)-$(1).log >&2; exit 1; }; rm -f $(BUILD)-$(1).log

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install the Debian packages that are missing
	@tools/setup

$(BUILD)/build.ninja: | setup
	@$(call configure,release)

build: $(BUILD)/build.ninja ## libkith and the programs, in build/ and build/bin/
	@ninja -C $(BUILD) -j $(JOBS) --quiet libkith programs

PLAYGROUND ?= $(or $(TMPDIR),/tmp)/kith-playground
run: build ## three domains on loopback and the first tour; stays up (ONCE=1: ends after it; PLAYGROUND=DIR)
	@scripts/tour $(if $(ONCE),--once) $(PLAYGROUND)

formats: build ## the worked example of the protocol: vectors, age, the second implementation
	@scripts/formats

test: $(BUILD)/build.ninja ## every test: unit, vectors, end to end, a second implementation
	@ninja -C $(BUILD) -j $(JOBS) --quiet
	@cd $(BUILD) && ctest --output-on-failure -j $(JOBS)

bench: $(BUILD)/build.ninja ## measure; writes build/bench.json
	@ninja -C $(BUILD) -j $(JOBS) --quiet benches
	@bench/run

ROOMS ?= base crypto note tlog identity trust sim mail mailauth protocol store delivery net exchange access server kith
E2E ?= tour refusals attacks command admin limits smtp interop
asan tsan: | setup ## the tests under sanitizers (ROOMS="store net" E2E="tour")
	@$(call configure,$@)
	@ninja -C $(BUILD)/$@ -j $(JOBS) --quiet $(ROOMS:%=%_test) $(if $(strip $(E2E)),kithd kith)
	@cd $(BUILD)/$@ && ctest --output-on-failure -j $(JOBS) \
		-R '^(unit\.($(subst $(space),|,$(strip $(ROOMS))))$(if $(strip $(E2E)),|e2e\.($(subst $(space),|,$(strip $(E2E))))))$$'

fuzz: | setup ## each fuzz target for SECONDS_EACH (60), or TARGETS alone
	@$(call configure,asan)
	@ninja -C $(BUILD)/asan -j $(JOBS) --quiet fuzzers
	@fuzz/run $(or $(SECONDS_EACH),60) $(TARGETS)

lint: $(BUILD)/build.ninja ## clang-format, clang-tidy, layers
	@tools/lint

install: build ## programs, libkith, man pages, completions, systemd unit and user (DESTDIR, PREFIX)
	@cmake --install $(BUILD) $(if $(PREFIX),--prefix $(PREFIX)) >/dev/null
ifeq ($(DESTDIR)$(PREFIX),)
	@if [ -d /run/systemd/system ]; then \
		systemd-sysusers kith.conf && systemd-tmpfiles --create kith.conf && systemctl daemon-reload; fi
endif

clean: ## remove build/
	@rm -rf $(BUILD)

.PHONY: help setup build run formats test bench asan tsan fuzz lint install clean
