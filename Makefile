# make demo   installs what is missing, builds, runs the wrist protocol on SampleData, says where the report is
# make test   builds and passes the tests, and checks that each target imports only what it declares
.PHONY: packages test
SWIFT ?= swift

packages:
	@.ci/install-packages

test: packages
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build
