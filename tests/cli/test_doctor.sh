#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin doctor on the sample people: of a good gallery nothing but advice; a wrong label, one person under two names, the
# same picture under two names and a person with one photo are told, in all three forms; exit statuses.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cp -r "$source/samples/people" "$tmp/people"
cd "$tmp" || exit 1
rm -r people/farid # three of his five photos are nearly the same

teach() {
    rm -rf data
    "$kin" enroll --from people -q >/dev/null || { echo "FAIL: enroll"; failures=$((failures + 1)); }
}

expect 1 'nobody is known yet' "$kin" doctor
teach
expect 0 '^5 people, 25 faces$' "$kin" doctor
expect 0 '^  FPIR 1.0 %, from 0\.[0-9]*, missed 0 of 25 \(0.0 to 13.3 %\), another.s name 0 of 25' "$kin" doctor
expect 0 'a name from similarity 0.990 on: at most 1 stranger' "$kin" doctor --threshold 0.99
expect 0 'weakest: [a-z]*, missed in [1-5] of 5 photos' "$kin" doctor --threshold 0.99
expect 2 'fpir 2: expected a number' "$kin" doctor --fpir 2
expect 4 'none.tflite: cannot open' "$kin" doctor -m none.tflite

# a photo of bruno's under amara, two of elena's under another name, one photo of a stranger
mkdir 'people/T, "too"' people/lone
mv people/bruno/bruno-5.jpg people/amara/wrong.jpg
mv people/elena/elena-[12].jpg 'people/T, "too"'
cp "$source/samples/strangers/stranger-1.jpg" people/lone
teach
expect 1 "^  amara, people/amara/wrong.jpg: looks like bruno \(0\.[0-9]*, like amara's others 0\.[0-9]*\): a wrong name\?$" \
    "$kin" doctor
expect 1 '^  (T, "too" and elena|elena and T, "too") \(0\.[0-9]*\)$' "$kin" doctor
expect 1 '^  lone, 1 photo: add photos until there are three good ones' "$kin" doctor
expect 1 '"names":\["T, \\"too\\"","elena"\]|"names":\["elena","T, \\"too\\""\]' "$kin" doctor --json
expect 1 '"photo":"people/amara/wrong.jpg",.*"nearest":"bruno","label":"another","twin":null' "$kin" doctor --json
"$kin" doctor --csv >said.csv
if ! head -n 1 said.csv | grep -q '^name,face,photo,size_px,.*,own_agree,other_agree,nearest,label,twin$' ||
    [ "$(grep -c '^"T, ""too""",' said.csv)" != 2 ] || [ "$(grep -c ',another,' said.csv)" != 1 ] ||
    ! grep -q '^amara,[0-9]*,people/amara/wrong.jpg,.*,bruno,another,$' said.csv; then
    echo "FAIL: CSV"
    cat said.csv
    failures=$((failures + 1))
fi

# the same picture under two names
"$kin" enroll lone people/amara/amara-1.jpg -q >/dev/null
expect 1 '^  lone, people/amara/amara-1.jpg: as people/amara/amara-[14].jpg of amara: one name is wrong$' "$kin" doctor
finish
