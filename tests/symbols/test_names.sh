#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every external symbol of the library starts with kin_; the shared library exports only what the public headers declare.
set -eu
build=${1:-build}
status=0
bad=$(nm -g --defined-only "$build/libkin.a" 2>/dev/null | awk 'NF == 3 && $3 !~ /^_?kin_/ && $3 !~ /^(__asan|__odr_asan|__sanitizer|asan\.)/ {print $3}' | sort -u)
[ -z "$bad" ] || { echo "external symbols without kin_:"; echo "$bad"; status=1; }
exported=$(nm -D --defined-only "$build/libkin.so" | awk 'NF == 3 {print $3}' | grep -vE '^(__asan|__odr_asan|__sanitizer|__ubsan|_init|_fini)' | sort -u)
for symbol in $exported; do
    grep -qE "\\b$symbol\\b" "${KIN_SOURCE:-.}"/include/kin/*.h || { echo "exported but not in a public header: $symbol"; status=1; }
done
[ -n "$exported" ] || { echo "libkin.so exports nothing"; status=1; }
# The heart neither prints nor ends its host, and has no files, threads or clock of its own.
# shellcheck disable=SC2044
for object in $(find "$build/CMakeFiles/kin_heart.dir" -name '*.o'); do
    found=$(nm -u "$object" | awk '{print $2}' | grep -xE 'exit|_exit|abort|printf|puts|putchar|fopen|open|read|write|fprintf|pthread_.*|clock|time|getenv|clock_gettime|malloc|calloc|realloc' || true)
    case "$object" in */base/context.c.o) found=$(echo "$found" | grep -vx malloc || true) ;; esac
    [ -z "$found" ] || { echo "$object uses: $found"; status=1; }
done
exit $status
