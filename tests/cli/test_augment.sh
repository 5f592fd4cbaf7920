#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin augment: the sheet, the list, what is skipped and what is refused.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1
people=$source/samples/people

expect 0 '^motion=7@0.2 +1 to S +64 +length of the way in pixels' "$kin" augment
expect 0 '^flip@0.5 +left and right' "$kin" augment
expect 2 'o is for the sheet of a folder' "$kin" augment -o sheet.png
expect 2 'o SHEET.png is missing' "$kin" augment "$people"
expect 2 'that is a folder' "$kin" augment "$people" -o .
expect 2 'pictures are written as .png or .jpg' "$kin" augment "$people" -o sheet.gif
expect 2 'rotate=3: no such augmentation' "$kin" augment "$people" -o sheet.png --augment 'flip rotate=3'
expect 2 'input raw: expected auto.photo.crop' "$kin" augment "$people" -o sheet.png --input raw
expect 1 "no folder 'nobody' with pictures" "$kin" augment "$people" -o sheet.png --unknown nobody
expect 1 'no folders with pictures inside' "$kin" augment "$source/samples/strangers" -o sheet.png
expect 3 'no/such' "$kin" augment no/such -o sheet.png
expect 4 'a detector; expected a recogniser or a classifier' "$kin" augment "$people" -o sheet.png -m detector
[ ! -e sheet.png ] || { echo "FAIL: a sheet of nothing"; failures=$((failures + 1)); }

# the same seed, the same sheet, for any number of threads; another seed or recipe, another sheet
expect 0 '' "$kin" augment "$people" -o a.png --threads 1
expect 0 '' "$kin" augment "$people" -o b.png --threads 4 --seed 1
expect 0 '' "$kin" augment "$people" -o c.png --seed 2
expect 0 '' "$kin" augment "$people" -o d.png --augment none
cmp a.png b.png || failures=$((failures + 1))
if cmp -s a.png c.png || cmp -s a.png d.png; then echo "FAIL: nothing drawn"; failures=$((failures + 1)); fi
"$kin" augment "$people" -o - --threads 2 >e.png && cmp a.png e.png || failures=$((failures + 1))

# what cannot be read and where no face is: told, the others are shown
mkdir -p set/anna set/unknown set/ben/nested
cp "$people"/amara/amara-1.jpg set/anna
cp "$people"/bruno/bruno-1.jpg set/ben/nested
head -c 3000 "$people"/amara/amara-2.jpg >set/anna/cut.jpg
cp "$source"/tests/image/data/rgb.png set/anna/flag.png
cp "$source"/tests/image/data/rgb.png set/unknown/flag.png
cp "$people"/amara/amara-3.jpg set
expect 3 'anna/cut.jpg: JPEG: cut off|anna/cut.jpg: .*cut off' "$kin" augment set -o set.png
expect 3 'anna/flag.png: no face' "$kin" augment set -o set.png
expect 3 'passed over 1 picture in no person' "$kin" augment set -o set.png
expect 3 '' "$kin" augment set -o loud.png
[ -s set.png ] || { echo "FAIL: no sheet"; failures=$((failures + 1)); }
rm set/anna/cut.jpg set/anna/flag.png
expect 0 '' "$kin" augment set -o set.png
expect 2 'is one of the pictures and would be overwritten' "$kin" augment set -o set/anna/amara-1.jpg
# crops of another size are brought to it, and nothing is looked for
expect 0 '' "$kin" augment set -o crops.png --input crop --detector no-such-model
expect 4 'no-such-model' "$kin" augment set -o crops.png --detector no-such-model
finish
