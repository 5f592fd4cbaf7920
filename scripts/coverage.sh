#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Which lines a fuzz corpus reaches: builds the heart with gcov, replays fuzz/corpus/NAME, prints the share of lines of
# the named folder's files (and what is missed with -v).
#   scripts/coverage.sh tflite src/format/tflite        scripts/coverage.sh card src/format/card
set -eu
cd "$(dirname "$0")/.."
verbose=
[ "${1:-}" != -v ] || { verbose=1; shift; }
name=${1:-tflite} folder=${2:-src/format/tflite} build=build-coverage
[ -d "$build" ] || cmake -S . -B "$build" -DKIN_HEART_ONLY=ON -DKIN_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="--coverage -O0" >/dev/null
cmake --build "$build" -j"$(nproc)" >/dev/null
${CC:-cc} -std=c17 -D_GNU_SOURCE -g -Iinclude -Isrc "fuzz/fuzz_$name.c" fuzz/replay.c "$build"/libkin*.a --coverage -lm \
    -o "$build/replay_$name"
find "$build" -name '*.gcda' -delete
"$build/replay_$name" "fuzz/corpus/$name"
objects="$build/CMakeFiles/kin_heart.dir/$folder"
rm -rf "$build/gcov" && mkdir "$build/gcov"
source=$(pwd)
(cd "$build/gcov" && gcov -p "$source/$objects"/*.gcda >/dev/null 2>&1) || true
cat "$build"/gcov/*"$(echo "$folder" | tr / '#')"*.c.gcov | awk -F: -v verbose="$verbose" '
    $2 + 0 == 0 && /Source:/ { file = $NF }
    $1 ~ /#####/ { missed++; total++; if (verbose) print file ":" $0; next }
    $1 ~ /[0-9]/ { total++ }
    END { printf "%d of %d lines, %.1f %%\n", total - missed, total, 100 * (total - missed) / total }'
