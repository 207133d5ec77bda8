# make demo    installs what is missing with apt, builds, runs the wrist protocol on SampleData, says where the report is
# make test    installs what is missing with apt, builds, passes the tests; a forbidden import fails the build
# make lint    looks for what the house does not want; checks that generated pages are fresh
# make docs    makes Docs/Stages.md, Docs/Commands.md and Docs/protocol.schema.json from the code
# make sample  makes SampleData again: the same bytes, unless the simulation changed
# make bench   times the main job, the simulation, the fits of perfusion and what is around a network; figures for Docs/Validation.md
.PHONY: packages build demo test lint docs sample slow bench
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

# Made to the side, so that the old data stay when this fails.
sample: build
	$(CARPUS) simulate --output SampleData --force --seed 7 --visits 2 --activity 0.6 --side L --format dicom --in-plane 0.55 --slice-thickness 2.5 --series t1 t1gd stir

# Tests that take minutes.
slow: packages
	$(SWIFT) build $(FLAGS) --build-tests
	CARPUS_SLOW_TESTS=1 $(SWIFT) test $(FLAGS) --skip-build --filter 'fineConvergence|tenThousandDamagedFiles'

bench: build
	@Benchmarks/run $(CARPUS)
	@$(MAKE) --no-print-directory slow
	@$(SWIFT) build $(FLAGS) --product PerfusionBenchmark
	@.build/release/PerfusionBenchmark
	@$(SWIFT) build $(FLAGS) --product SegmentationBenchmark
	@.build/release/SegmentationBenchmark
