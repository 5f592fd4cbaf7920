# SPDX-License-Identifier: Apache-2.0
#
# A thin cover over CMake: `make` leaves the command in build/kin.
BUILD ?= build
PREFIX ?= /usr/local
J = $(shell nproc 2>/dev/null || echo 2)

.PHONY: all kin test slow bench asan tsan install clean docs
all:
	@cmake --preset release -B $(BUILD) >/dev/null
	@cmake --build $(BUILD) -j $(J)

# The command alone, without the tests.
kin:
	@cmake --preset release -B $(BUILD) >/dev/null
	@cmake --build $(BUILD) -j $(J) --target kin

test: all
	@ctest --test-dir $(BUILD) -LE slow -j $(J) --output-on-failure

slow: all
	@ctest --test-dir $(BUILD) -L slow --output-on-failure --timeout 3600

bench:
	@cmake --preset release -B $(BUILD) -DKIN_BENCH=ON >/dev/null
	@cmake --build $(BUILD) -j $(J)
	@bench/run $(BUILD)

asan:
	@cmake --preset asan >/dev/null
	@cmake --build build-asan -j $(J)
	@ctest --test-dir build-asan -LE slow -j $(J) --output-on-failure

# Data races: what has threads (the heart's kernels have none, and nothing new to show).
tsan:
	@cmake --preset tsan >/dev/null
	@cmake --build build-tsan -j $(J)
	@ctest --test-dir build-tsan -LE slow -R '^(os|gallery|api|cli|path|face|nn)/' -j $(J) --timeout 1800 --output-on-failure

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX) --strip
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

docs: all
	@$(BUILD)/tests/test_ops_docs --write
	@scripts/run-docs $(BUILD) --write

clean:
	rm -rf build build-*
