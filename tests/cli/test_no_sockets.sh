#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is private stays here: no command opens a socket. Skipped where strace is not there or may not trace.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
samples=$source/samples
strace -f -o "$tmp/probe" true 2>/dev/null || { echo "skipped: strace is not there or may not trace here"; exit 77; }

# The trace does see sockets: bash opens one here.
strace -f -e trace=network -o "$tmp/probe" bash -c 'exec 3<>/dev/udp/127.0.0.1/9' 2>/dev/null
grep -q 'socket(' "$tmp/probe" || { echo "FAIL: the trace does not show a socket"; exit 1; }

quiet() {
    strace -f -e trace=network -o "$tmp/trace" "$kin" "$@" >/dev/null 2>&1
    if grep -qE '(socket|connect|sendto|sendmsg)\(' "$tmp/trace"; then
        echo "FAIL: a socket: kin $*"
        grep -m 3 -E '(socket|connect|sendto|sendmsg)\(' "$tmp/trace"
        failures=$((failures + 1))
    fi
}
quiet version
quiet summary "$source/models/detector.tflite"
quiet enroll amara "$samples/people/amara/amara-1.jpg"
quiet identify -o "$tmp/named.png" "$samples/family-wall.jpg"
quiet verify "$samples/people/chen/chen-1.jpg" "$samples/people/chen/chen-2.jpg"
quiet embed --json "$samples/family-wall.jpg"
quiet crop -o "$tmp/crops" "$samples/family-wall.jpg"
quiet recognize -m "$source/tests/cli/models/faces.tflite" "$samples/family-wall.jpg"
quiet people
quiet gallery info
quiet gallery check
quiet gallery backup "$tmp/copy.db"
{ cat "$source/models/recogniser.tflite"; echo; } >"$tmp/other.tflite"
quiet gallery upgrade -m "$tmp/other.tflite"
quiet gallery export "$tmp/out.tar"
quiet gallery import -g "$tmp/in.db" "$tmp/out.tar"
quiet doctor
quiet tag "$tmp/none.jpg"
quiet rename amara other
quiet forget other
finish
