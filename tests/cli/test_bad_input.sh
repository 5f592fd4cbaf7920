#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is damaged, missing or hostile: a clear message, the right exit status, nothing lost.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
wall=$source/samples/family-wall.jpg
cd "$tmp" || exit 1

# photos
: >empty.jpg
expect 3 'empty.jpg' "$kin" detect empty.jpg
expect 3 'missing.jpg' "$kin" detect missing.jpg
echo 'this is text' >text.jpg
expect 3 'text.jpg' "$kin" detect text.jpg
head -c 30000 "$wall" >cut.jpg
expect 3 'cut.jpg.*cut off' "$kin" detect cut.jpg
printf '\211PNG\r\n\032\n\0\0\0\015IHDR\0\0\352\140\0\0\352\140\010\002\0\0\0\0\0\0\0' >bomb.png
expect 3 'bomb.png' "$kin" detect bomb.png
mkdir folder
expect 1 'no photos' "$kin" detect folder
mkfifo folder/pipe.jpg
expect 1 'no photos' "$kin" detect folder
expect 3 'pipe.jpg' "$kin" detect folder/pipe.jpg
cp "$wall" folder/wall.jpg
expect 0 'wall.jpg' "$kin" detect folder
expect 3 'wall.jpg: +face' "$kin" detect folder empty.jpg
expect 0 'face 1' sh -c "$kin detect - < $wall"
expect 3 '"error"' "$kin" detect --json empty.jpg
printf 'P6' >x.ppm
expect 3 'x.ppm' "$kin" identify x.ppm

# pictures of other kinds in a folder are passed over, not in silence
mkdir phone
: >phone/IMG_1.DNG
: >phone/clip.mov
expect 1 'phone: passed over 1 picture that' "$kin" detect phone
: >folder/a.jxl
: >folder/b.cr2
expect 0 'folder: passed over 2 pictures that' "$kin" detect folder
# all formats that are built in are looked at in folders, their endings in any case
mkdir kinds
for name in o6.webp plain.gif rgb.bmp o6.tif o6.heic o6.avif; do cp "$source/tests/image/data/formats/$name" kinds/; done
mv kinds/o6.heic kinds/O6.HEIC
built=$("$kin" version | sed -n 's/; not built in.*//; s/([^)]*)//g; s/^photos //p' | grep -oE 'bmp|webp|gif|tiff|heic|avif' | wc -l)
"$kin" detect -q --json kinds >kinds.json || [ $? = 1 ]
[ "$(grep -c '"width"' kinds.json)" = "$built" ] || {
    echo "FAIL: of six formats $built are built in, seen were $(cat kinds.json)"
    failures=$((failures + 1))
}
# out of the memory that is allowed, by the photo's name
expect 3 'family-wall.jpg: .*memory limit' "$kin" detect --max-memory 10M "$wall"

# models
head -c 8 "$source/models/recogniser.tflite" >eight.tflite
expect 4 'eight.tflite' "$kin" summary eight.tflite
expect 4 'text.jpg' "$kin" summary text.jpg
expect 4 'missing' "$kin" summary missing.tflite
expect 4 'eight.tflite' "$kin" identify -m eight.tflite "$wall"
size=$(wc -c <"$source/models/detector.tflite")
at=1
while [ "$at" -lt "$size" ]; do
    head -c "$at" "$source/models/detector.tflite" >cut.tflite
    expect 4 'cut.tflite' "$kin" summary cut.tflite
    at=$((at + 61000))
done
expect 4 'memory' "$kin" summary --max-memory 3M "$source/models/recogniser.tflite"

# galleries
expect 4 'text.jpg' "$kin" people -g text.jpg
expect 4 'text.jpg' "$kin" identify -g text.jpg "$wall"
cmp -s text.jpg - <<TEXT || { echo "FAIL: a file that is no gallery was changed"; failures=$((failures + 1)); }
this is text
TEXT
expect 1 'nobody' "$kin" people
expect 1 'unknown' "$kin" identify "$wall"
expect 1 'nobody is known' "$kin" forget Nobody
expect 3 'missing.jpg' "$kin" enroll Anna missing.jpg
expect 2 'NAME PHOTO' "$kin" enroll
finish
