#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Who is in a photo, decided for all its faces together: two who are not told apart, one person once, --repeat. Text, JSON, CSV
# and sidecars say the same.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
wall=$source/samples/family-wall.jpg
cd "$tmp" || exit 1
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# one person under two names: never a coin toss
chen=$people/chen/chen-3.jpg
expect 0 '' "$kin" enroll "Chen, A" "$people/chen/chen-1.jpg" "$people/chen/chen-2.jpg"
expect 0 'chen-3.jpg: +Chen, A ' "$kin" identify "$chen"
expect 0 '' "$kin" enroll 'Chen "B"' "$people/chen/chen-1.jpg" "$people/chen/chen-2.jpg"
expect 1 'chen-3.jpg: +Chen, A or Chen "B"\? ' "$kin" identify "$chen"
expect 1 '"name":null,"candidates":\[\{"name":"Chen, A","similarity":0\.[0-9]*\},\{"name":"Chen \\"B\\"","similarity":0\.[0-9]*\}\]' \
    "$kin" identify --json "$chen"
expect 1 ',"Chen, A or Chen ""B""\?",,0$' "$kin" identify --csv "$chen"
if "$kin" help tag >/dev/null 2>&1 && "$kin" version | grep -q exempi; then
    cp "$chen" photo.jpg
    expect 1 'nobody to name' "$kin" tag photo.jpg
    [ ! -e photo.jpg.xmp ] || fail "a doubtful name is written down"
fi
# whoever is sure is named all the same
expect 0 '' "$kin" enroll Bruno "$people/bruno/bruno-1.jpg" "$people/bruno/bruno-2.jpg"
expect 0 'Bruno ' "$kin" identify "$chen" "$people/bruno/bruno-3.jpg"

# two people under one name: on the wall one of them at most is that one
book="-g wall.db"
# shellcheck disable=SC2086
{
    expect 0 '' "$kin" enroll $book Both "$people/amara/amara-1.jpg" "$people/amara/amara-2.jpg"
    expect 0 '' "$kin" enroll $book Other "$people/bruno/bruno-1.jpg" "$people/bruno/bruno-2.jpg"
    expect 0 '' "$kin" merge $book Both Other
    expect 0 '' "$kin" identify $book --threshold 0.7 --repeat "$wall"
    "$kin" identify $book --threshold 0.7 --repeat "$wall" >repeat.txt
    "$kin" identify $book --threshold 0.7 "$wall" >once.txt
    "$kin" identify $book --threshold 0.7 --json "$wall" >once.json
    "$kin" identify $book --threshold 0.7 --csv "$wall" >once.csv
}
[ "$(grep -c ': Both ' repeat.txt)" = 2 ] || { fail "--repeat: two faces are Both"; cat repeat.txt; }
named=$(grep -c ': Both ' once.txt) asked=$(grep -c ': Both? ' once.txt) taken=$(grep -c '(Both is another face)' once.txt)
[ "$named $asked $taken" = "1 0 1" ] || [ "$named $asked $taken" = "0 2 0" ] || { fail "one is Both, or both may be"; cat once.txt; }
[ "$(grep -o '"name":"Both","similarity":0.[0-9]*,"threshold"' once.json | wc -l)" = "$named" ] || fail "JSON names others than text"
[ "$(grep -o '"candidates":' once.json | wc -l)" = "$asked" ] || fail "JSON asks about others than text"
[ "$(grep -o '"taken":"Both"' once.json | wc -l)" = "$taken" ] || fail "JSON: taken"
[ "$(grep -c ',Both?,,0$' once.csv)" = "$asked" ] || fail "CSV asks about others than text"
[ "$(grep -c ',,Both,0$' once.csv)" = "$taken" ] || fail "CSV: taken"
finish
