#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin calibrate on the sample people: the table, the model written with it (same vectors, other thresholds), what is refused.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1
people=$source/samples/people photo=$people/chen/chen-4.jpg other=$people/amara/amara-1.jpg

expect 0 '^30 photos of 6 people, 0 without a face; 375 pairs of two people, 60 of one$' "$kin" calibrate recogniser "$people"
also '^FAR 0.1    similarity 0\.[0-9]{3,4}, TAR [ 0-9.]* %$' '^FAR 0.001  similarity 0\.[0-9]{3,4}, TAR [ 0-9.]* %  \(fitted\)$' \
    '^from 0.01 on: generalised Pareto fitted by maximum likelihood to the 38 pairs'
cp "$source/models/recogniser.tflite" net.tflite
before=$(cksum <net.tflite)
expect 0 '"pairs":375,"measured_on":"30 photos of 6 people;.*"table":\[\{"far":0.5,"similarity":' \
    "$kin" calibrate net.tflite --json "$people" -o out.tflite
[ "$(cksum <net.tflite)" = "$before" ] || { echo "FAIL: the model was touched"; failures=$((failures + 1)); }
"$kin" embed --csv "$photo" -m net.tflite >a.csv
"$kin" embed --csv "$photo" -m out.tflite >b.csv
cmp a.csv b.csv || failures=$((failures + 1))
# once more, from what was written
"$kin" calibrate out.tflite --csv "$people" -o twice.tflite >table.csv
[ "$(grep -c ',fitted$' table.csv)" = 2 ] || { echo "FAIL: CSV"; failures=$((failures + 1)); }
expect 0 'recogniser|layers|conv2d' "$kin" summary twice.tflite
at=$(sed -n 's/^0.001,\([0-9.]*\),.*/\1/p' table.csv | cut -c 1-5)
rounded=$("$kin" verify --csv "$photo" "$other" -m out.tflite | sed -n '2s/.*jpg,[^,]*,\([^,]*\),.*/\1/p' | cut -c 1-4)
case "$at" in "$rounded"*) ;; *) echo "FAIL: threshold $rounded, table $at"; failures=$((failures + 1)) ;; esac

expect 2 'out.tflite: is the model itself' "$kin" calibrate out.tflite "$people" -o out.tflite
expect 4 'its card says a detector|expected an embedder' "$kin" calibrate detector "$people"
expect 5 'no/such/folder.*' "$kin" calibrate recogniser "$people" -o no/such/folder/x.tflite
mkdir -p few/amara few/chen
cp "$other" few/amara
cp "$photo" few/chen
expect 3 '1 pairs of different people, expected at least 300' "$kin" calibrate recogniser few -o none.tflite
[ ! -e none.tflite ] || { echo "FAIL: written all the same"; failures=$((failures + 1)); }
finish
