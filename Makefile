# make demo    installs what is missing with apt, builds, runs the wrist protocol on SampleData, says where the report is
# make test    installs what is missing with apt, builds, passes the tests; a forbidden import fails the build
# make lint    looks for what the house does not want; checks that generated pages are fresh
# make docs    makes Docs/Stages.md, Docs/Commands.md and Docs/protocol.schema.json from the code
# make bench   times the main job and the fits of perfusion; figures for Docs/Validation.md
.PHONY: packages build demo test lint docs bench
SWIFT ?= swift
# One configuration for all, so that nothing is built twice: optimised, and open to tests.
FLAGS = -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error
CARPUS = .build/release/carpus

packages:
	@.ci/install-packages

build: packages
	$(SWIFT) build $(FLAGS) --product carpus

demo: build
	$(CARPUS) run Protocols/wrist-ra.yml --input SampleData --output out/demo
	@echo "The report: $(CURDIR)/out/demo/sub-01.html"

test: packages
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build

docs: build
	@.ci/make-docs $(CARPUS) Docs

lint: build
	@.ci/lint $(CARPUS)

bench: build
	@Benchmarks/run $(CARPUS)
	@$(SWIFT) build $(FLAGS) --product PerfusionBenchmark
	@.build/release/PerfusionBenchmark
