#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Photos and folders as they are found on real disks: cut anywhere, locked, with any bytes in their names. KIN_EVERY=1:
# cut at every byte of the header and every 100th behind it.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
photo=$source/samples/people/chen/chen-1.jpg
cd "$tmp" || exit 1
chmod 755 . # others look in, too

# a JPEG that is cut: no data, or a picture that ends early, is refused with a word and never a crash
size=$(wc -c <"$photo")
if [ "${KIN_EVERY:-}" ]; then cuts="$(seq 0 700) $(seq 701 100 "$size")"; else cuts="$(seq 0 97 700) $(seq 701 2900 "$size")"; fi
for at in $cuts; do
    head -c "$at" "$photo" >cut.jpg
    survive 3 "$kin" detect cut.jpg
done
head -c $((size - 2)) "$photo" >tail.jpg # only the end mark is missing: all pixels are there
survive "0 3" "$kin" detect tail.jpg
{ cat "$photo" && echo 'and more'; } >longer.jpg
expect 0 'face 1' "$kin" detect longer.jpg

# no face: an answer, no error
printf 'P5 1 1 255 x' >grey.pgm
expect 3 'grey.pgm' "$kin" detect grey.pgm
dark=$source/tests/image/data/grey1.png
expect 1 'no face' "$kin" detect "$dark"
expect 1 '"faces":\[\]' "$kin" detect --json "$dark"
expect 1 'no face' "$kin" identify "$dark"
expect 1 '' "$kin" enroll Anna "$dark"
expect 1 'nobody' "$kin" people
expect 1 '' "$kin" verify "$dark" "$photo"

# folders
mkdir -p people/Anna people/Ben other/locked other/open
expect 1 'no photos' "$kin" detect people
expect 1 '' "$kin" enroll --from people
cp "$photo" people/Anna/
mkfifo people/pipe people/Anna/pipe.jpg
ln -s nowhere people/Anna/broken.jpg
ln -s .. people/Anna/up
expect 1 'Anna: 1 of 1' "$kin" enroll --from people # Ben got none
expect 3 'pipe' "$kin" enroll --from people/pipe
expect 3 'FIFO' "$kin" enroll Ben people/pipe
expect 3 'a file; --from expects a folder' "$kin" enroll --from "$photo"
mkdir own && cp "$photo" own/
expect 1 'kin enroll NAME own' "$kin" enroll --from own
expect 3 'missing: this folder cannot be read' "$kin" enroll --from missing

# locks: what is not locked is worked on all the same
if "$nobody" true 2>/dev/null; then
    cp "$kin" kin # the build may lie where others may not look
    cp "$photo" other/open/b.jpg
    cp "$photo" other/a.jpg
    cp "$photo" other/locked/c.jpg
    chmod 755 kin other other/open
    chmod 644 other/open/b.jpg
    chmod 000 other/a.jpg other/locked
    export XDG_DATA_HOME="$tmp/none"
    expect 3 'a.jpg: cannot open: no permission' "$nobody" ./kin detect other/a.jpg
    expect 3 'b.jpg: +face 1' "$nobody" ./kin detect other
    expect 3 'locked: cannot look into the folder: no permission' "$nobody" ./kin detect other
    chmod 444 other/locked # names can be read, files cannot
    expect 3 'locked: cannot look into the folder: no permission' "$nobody" ./kin detect other
    chmod 755 other/locked
    expect 4 'a.jpg: cannot open: no permission' "$nobody" ./kin summary other/a.jpg
    export XDG_DATA_HOME="$tmp/data"
fi

# names of any bytes: in JSON they are valid text, on a terminal no commands
line=$(printf 'two\nlines \033[31m.jpg')
bytes=$(printf 'caf\351 \377.jpg')
mkdir names
cp "$photo" "names/$line"
cp "$photo" "names/$bytes"
cp "$photo" "names/-o.jpg"
expect 0 'caf\? \?\.jpg: +face 1' "$kin" detect names
expect 0 'two\?lines \?\[31m\.jpg: +face 1' "$kin" detect names
"$kin" detect --json names >names.json
[ "$(wc -l <names.json)" = 3 ] || { echo "FAIL: one object a line"; failures=$((failures + 1)); }
! LC_ALL=C grep -q "$(printf '\351')" names.json || { echo "FAIL: JSON with bytes that are no UTF-8"; failures=$((failures + 1)); }
echo 'no photo' >"names/$line"
expect 3 'two\?lines \?\[31m\.jpg: ' "$kin" detect "names/$line"
"$kin" detect "names/$line" 2>told
[ "$(wc -l <told)" = 1 ] || { echo "FAIL: a message of one line"; cat told; failures=$((failures + 1)); }
! grep -q "$(printf '\033')" told || { echo "FAIL: a name gives commands to the terminal"; failures=$((failures + 1)); }
expect 0 '' "$kin" detect -o drawn "names/$bytes"
[ -n "$(find drawn -name '*.jpg' -size +0)" ] || { echo "FAIL: no picture for a name of any bytes"; failures=$((failures + 1)); }
expect 0 'face 1' sh -c "cd names && '$kin' detect -- -o.jpg"
mkdir -p "odd/$line" "odd/$bytes" odd/Chen
cp "$photo" odd/Chen/
expect 2 'Chen: 1 of 1' "$kin" enroll --from odd # two names that nobody may have
finish
