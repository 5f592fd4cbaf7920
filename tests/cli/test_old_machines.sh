#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One binary runs on every x86-64: emulated machines without AVX, without parts of what the AVX2 level uses, without the
# system's leave to use it (xsave). Skipped where qemu-x86_64 is not there; sanitizers do not run in it.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
command -v qemu-x86_64 >/dev/null || { echo "skipped: no qemu-x86_64"; exit 77; }
[ "$(uname -m)" = x86_64 ] || { echo "skipped: this kin is not for x86-64"; exit 77; }
if grep -qE '__(asan|tsan)_init' "$kin"; then echo "skipped: sanitizers do not run in qemu"; exit 77; fi

while read -r machine level; do
    expect 0 "^cpu +$level\$" qemu-x86_64 -cpu "$machine" "$kin" version
done <<'MACHINES'
qemu64 scalar
Conroe scalar
Nehalem sse41
Haswell avx2
Haswell,-f16c sse41
Haswell,-fma sse41
Haswell,-avx2 sse41
Haswell,-xsave sse41
MACHINES

photo=$source/samples/people/amara/amara-1.jpg
KIN_CPU=sse41 "$kin" detect "$photo" >"$tmp/here"
qemu-x86_64 -cpu Nehalem "$kin" detect "$photo" >"$tmp/there"
cmp "$tmp/here" "$tmp/there" || { echo "FAIL: another machine, another answer"; failures=1; }
finish
