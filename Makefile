# make demo    installs what is missing with apt, builds, runs the wrist protocol on SampleData, says where the report is
# make test    installs what is missing with apt, builds, passes the tests; a forbidden import fails the build
# make lint    looks for what the house does not want; checks that generated pages are fresh
# make docs    makes Docs/Stages.md, Docs/Commands.md and Docs/protocol.schema.json from the code
# make sample  makes SampleData again: the same bytes, unless the simulation changed
# make train-smoke  trains small networks for about a minute, with checks: the whole way of a training
# make train   trains TASK (wrist-anatomy, wrist-lesions) for HOURS, resumable, and judges and exports it; see Training/README.md
# make bench   times the main job, the simulation, the fits of perfusion, what is around a network and registration; figures for Docs/Validation.md
# make validate  the wrist protocol from DICOM against the truth of PATIENTS virtual patients, a third of them healthy, for each of ABLATIONS; resumable, minutes a patient; tables and plots in out/validation
.PHONY: packages build demo test lint docs sample slow bench validate train-env train-smoke train-test train-maps train
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
	CARPUS_SLOW_TESTS=1 $(SWIFT) test $(FLAGS) --skip-build --filter 'fineConvergence|tenThousandDamagedFiles|truthOfManyWristsIsFound'

bench: build
	@Benchmarks/run $(CARPUS)
	@$(MAKE) --no-print-directory slow
	@$(SWIFT) build $(FLAGS) --product PerfusionBenchmark
	@.build/release/PerfusionBenchmark
	@$(SWIFT) build $(FLAGS) --product SegmentationBenchmark
	@.build/release/SegmentationBenchmark
	@if [ -n "$$CARPUS_PEERS_PYTHON" ]; then \
	    "$$CARPUS_PEERS_PYTHON" Benchmarks/segmentation/volume.py $(CARPUS) && OMP_NUM_THREADS=1 "$$CARPUS_PEERS_PYTHON" Benchmarks/peers/segmentation.py $(CARPUS); \
	else echo "| networks: a whole wrist, and other engines | skipped: CARPUS_PEERS_PYTHON names no Python that has numpy, onnx and onnxruntime |"; fi
	@$(SWIFT) build $(FLAGS) --product RegistrationBenchmark
	@Benchmarks/registration/run .build/release/RegistrationBenchmark

PATIENTS ?= 30
# whole no-stir no-dce no-contrast axial-fat-suppressed slices-5-mm half-resolution left right 3-tesla noise
ABLATIONS ?= whole
validate: build
	@python3 Benchmarks/validation/validate.py $(CARPUS) out/validation --patients $(PATIENTS) --ablations $(ABLATIONS)

# Training of the networks. All it makes lies under out/training, which git does not see.
HOURS ?= 2.4
TASK ?= wrist-anatomy
MAPS ?= 240
TRAINING = out/training
PYTHON = $(CURDIR)/$(TRAINING)/venv/bin/python
TRAIN = cd Training && $(PYTHON) -m carpus_training
OUT = $(CURDIR)/$(TRAINING)
# Wrists by folder: number, first seed, activity. Names beginning with test are never trained on.
SIMULATE = $(CARPUS) simulate --step 0.5 --quiet

# The build for processors alone is smaller; it comes from an index of its own: see Training/README.md.
TORCH ?= torch==2.13.0
train-env: $(TRAINING)/venv/made
$(TRAINING)/venv/made: Training/pyproject.toml
	@python3 -c "import ensurepip" 2>/dev/null || { echo "Python cannot make environments here: apt-get install python3-venv" >&2; exit 1; }
	python3 -m venv $(TRAINING)/venv
	$(PYTHON) -m pip install --quiet $(TORCH)
	$(PYTHON) -m pip install --quiet --editable Training
	touch $@

train-smoke: build train-env
	$(TRAIN) smoke --carpus $(CURDIR)/$(CARPUS)

train-test: train-env
	cd Training && $(PYTHON) -m unittest discover -s tests

# About 3.5 s of processor time a wrist to make it, and 2 s to cache it; those that are there stay.
train-maps: build train-env
	$(SIMULATE) --output $(TRAINING)/maps/active --training-maps $(MAPS) --seed 10000
	$(SIMULATE) --output $(TRAINING)/maps/healthy --training-maps $$(($(MAPS) * 3 / 8)) --seed 20000 --activity 0
	$(SIMULATE) --output $(TRAINING)/maps/test-active --training-maps 48 --seed 50000
	$(SIMULATE) --output $(TRAINING)/maps/test-healthy --training-maps 24 --seed 60000 --activity 0
	$(TRAIN) maps $(OUT)/maps/active $(OUT)/maps/healthy --cache $(OUT)/wrists
	$(TRAIN) maps $(OUT)/maps/test-active $(OUT)/maps/test-healthy --cache $(OUT)/test-wrists

train: train-maps
	$(TRAIN) train $(TASK) --cache $(OUT)/wrists --out $(OUT)/$(TASK) --hours $(HOURS)
	$(TRAIN) validate $(TASK) --run $(OUT)/$(TASK) --cache $(OUT)/test-wrists --out $(OUT)/$(TASK)
	$(TRAIN) validate $(TASK) --run $(OUT)/$(TASK) --cache $(OUT)/test-wrists --out $(OUT)/$(TASK) --held-out
	$(TRAIN) export $(TASK) --run $(OUT)/$(TASK) --out $(OUT)/models/$(TASK)
