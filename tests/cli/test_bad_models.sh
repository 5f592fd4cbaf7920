#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Model files that are cut or have wrong bits, given to the command: refused with a word and status 4, or (a changed weight
# is no error) used; never a crash. KIN_EVERY=1000: cut at every 1,000th byte, the issue's measure; the default is coarse.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
every=${KIN_EVERY:-61000}
photo=$source/samples/people/chen/chen-1.jpg
cd "$tmp" || exit 1

cut() { # file, option
    size=$(wc -c <"$1")
    at=0
    while [ "$at" -lt "$size" ]; do
        head -c "$at" "$1" >cut.tflite
        survive 4 "$kin" identify "$2" cut.tflite "$photo"
        at=$((at + every))
    done
    head -c $((size - 1)) "$1" >cut.tflite
    survive 4 "$kin" identify "$2" cut.tflite "$photo"
}
cut "$source/models/detector.tflite" --detector
every=$((every * 10)) # ten times as large
cut "$source/models/recogniser.tflite" -m
every=$((every / 10))

# One byte after the other is replaced: its bits turned round near both ends, where the tables are, and here and there.
turn() { # file, offset
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf %o $((byte ^ (1 << ($2 % 8)))))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
cp "$source/models/detector.tflite" flip.tflite
size=$(wc -c <flip.tflite)
for at in $(seq 0 $((every / 800 + 1)) 600) $(seq 601 "$every" "$size") $(seq $((size - 4000)) $((every / 250 + 1)) $((size - 1))); do
    turn flip.tflite "$at"
    survive "0 1 4" "$kin" identify --detector flip.tflite "$photo"
    turn flip.tflite "$at" # back
done
cmp flip.tflite "$source/models/detector.tflite" || failures=$((failures + 1))

# The right file in the wrong place
expect 4 'detector' "$kin" identify -m "$source/models/detector.tflite" "$photo"
expect 4 'recogniser' "$kin" identify --detector "$source/models/recogniser.tflite" "$photo"
mkfifo pipe.tflite
expect 4 'FIFO' "$kin" identify -m pipe.tflite "$photo"
expect 4 'folder' "$kin" identify -m "$source/models" "$photo"
finish
