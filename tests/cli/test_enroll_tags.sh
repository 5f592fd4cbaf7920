#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin enroll --from DIR --tags: regions that exiftool wrote (MWG, Microsoft) or Picasa would teach the faces that they are about,
# in sidecars and inside photos, in all eight orientations; so do those of kin tag. What fits nothing is told.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
"$kin" version | grep -q '^names .*exempi [0-9]' || { echo "skipped: kin was built without exempi"; exit 77; }
command -v exiftool >/dev/null || { echo "skipped: no exiftool (libimage-exiftool-perl)"; exit 77; }
cd "$tmp" || exit 1
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

expect 2 'goes with --from' "$kin" enroll --tags anna x.jpg
mkdir empty nameless turned
cp "$source"/samples/people/elena/elena-1.jpg nameless/
expect 1 'no photos in this folder' "$kin" enroll --from empty --tags
expect 1 'no photo here has a face region' "$kin" enroll --from nameless --tags
expect 3 'no-such' "$kin" enroll --from no-such --tags

# who stands where on the upright wall, of which the left half with two by two people will do: "NAME X0 Y0 X1 Y1", in parts of it
for name in amara bruno divya elena; do expect 0 '' "$kin" enroll -q -g known.db "$name" "$source/samples/people/$name/$name"-[12].jpg; done
for o in 1 2 3 4 5 6 7 8; do "$build/tests/turn_photo" "$source/samples/family-wall.jpg" "turned/$o.jpg" "$o" 640 || fail "turn_photo $o"; done
"$kin" identify -g known.db --csv turned/1.jpg | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "name") at = i }
    NR > 1 && $at { print $at, $3 / 640, $4 / 860, $5 / 640, $6 / 860 }' | sort >seen
[ "$(wc -l <seen)" = 4 ] || fail "four people on the wall"

# the same in a stored picture of orientation $1
stored() {
    awk -v o="$1" '{ x0 = $2; y0 = $3; x1 = $4; y1 = $5
        if (o == 2 || o == 3 || o == 6 || o == 7) { t = x0; x0 = 1 - x1; x1 = 1 - t }
        if (o == 3 || o == 4 || o == 7 || o == 8) { t = y0; y0 = 1 - y1; y1 = 1 - t }
        if (o >= 5) { t = x0; x0 = y0; y0 = t; t = x1; x1 = y1; y1 = t }
        print $1, x0, y0, x1, y1 }' seen
}
mwg() { # of "NAME X0 Y0 X1 Y1", the picture's size
    awk -v w="$1" -v h="$2" '{ list = list sep sprintf("{Area={X=%.6f,Y=%.6f,W=%.6f,H=%.6f,Unit=normalized},Name=%s,Type=Face}",
        ($2 + $4) / 2, ($3 + $5) / 2, $4 - $2, $5 - $3, $1); sep = "," }
        END { printf "{AppliedToDimensions={W=%d,H=%d,Unit=pixel},RegionList=[%s]}", w, h, list }'
}
microsoft() {
    awk '{ list = list sep sprintf("{PersonDisplayName=%s,Rectangle=%.6f|, %.6f|, %.6f|, %.6f}", $1, $2, $3, $4 - $2, $5 - $3); sep = "," }
        END { printf "{Regions=[%s]}", list }'
}
picasa() { # the faces line; a person's number is the line's
    awk '{ printf "%srect64(%s),%x", sep, substr(sprintf("%04x%04x%04x%04x", $2 * 65535, $3 * 65535, $4 * 65535, $5 * 65535), 1), NR; sep = ";" }'
}

mkdir library library/mwg library/microsoft library/picasa
for o in 1 2 3 4 5 6 7 8; do
    size='640 860'
    [ "$o" -lt 5 ] || size='860 640'
    cp "turned/$o.jpg" "library/mwg/$o.jpg"
    # shellcheck disable=SC2086
    exiftool -q "-RegionInfo=$(stored "$o" | mwg $size)" "library/mwg/$o.jpg.xmp" || fail "exiftool, MWG, $o"
    cp "turned/$o.jpg" "library/microsoft/$o.jpg"
    exiftool -q -overwrite_original "-RegionInfoMP=$(stored "$o" | microsoft)" "library/microsoft/$o.jpg" || fail "exiftool, Microsoft, $o"
    exiftool -q -Comment=picasa -o "library/picasa/$o.JPG" "turned/$o.jpg"
    printf '[%s.jpg]\nrotate=rotate(0)\nfaces=%s\n' "$o" "$(stored "$o" | picasa)" >>library/picasa/.picasa.ini
done
printf '[Contacts2]\n' >>library/picasa/.picasa.ini
awk '{ printf "%x=%s;;\n", NR, $1 }' seen >>library/picasa/.picasa.ini
find library -type f -exec md5sum {} + >library.md5

expect 0 '^elena: 24 of 24 photos$' "$kin" enroll --from library --tags
expect 0 '' "$kin" people
[ "$(grep -cE '^(amara|bruno|divya|elena) +24$' said)" = 4 ] || { fail "four people with 24 faces each"; cat said; }
# None of the 96 got another's name: it would be just like one of that other's faces. And the names are the right way round.
"$kin" doctor --csv >faces.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "other") other = i; next }
    { n++; if (!other || $other > 0.7) { print "FAIL: another face was learnt: " $0; bad = 1 } }
    END { if (n != 96) { print "FAIL: " n " faces"; bad = 1 } exit bad }' faces.csv || failures=$((failures + 1))
for name in amara bruno divya elena; do
    expect 0 " $name " "$kin" identify "$source/samples/people/$name/$name-1.jpg"
done
expect 0 '^elena: 8 of 8 photos$' "$kin" enroll --from library/mwg --tags
expect 0 '^elena +24$' "$kin" people
md5sum -c --quiet library.md5 || fail "a file of the library was touched"

# JSON and CSV are those of enroll
expect 0 '"name":"elena","photos":1,"faces":1' "$kin" enroll -g json.db --from library/mwg/6.jpg --tags --json
expect 0 '^elena,1,1$' "$kin" enroll -g csv.db --from library/mwg/6.jpg --tags --csv

# regions of the upright picture, as some programs wrote them, are known by the size that they say
mkdir upright
cp turned/6.jpg upright/
exiftool -q "-RegionInfo=$(mwg 640 860 <seen)" upright/6.jpg.xmp
expect 0 '^elena: 1 of 1 photo$' "$kin" enroll -g upright.db --from upright --tags
expect 0 'elena' "$kin" identify -g upright.db "$source/samples/people/elena/elena-1.jpg"

# what kin tag writes teaches the same people
mkdir ours
cp turned/7.jpg ours/
expect 0 'elena' "$kin" tag -g known.db ours
expect 0 '^elena: 1 of 1 photo$' "$kin" enroll -g ours.db --from ours --tags
expect 0 'elena' "$kin" identify -g ours.db "$source/samples/people/elena/elena-1.jpg"

# a PNG
"$kin" crop -q --margin 1 -o png "$source/samples/people/chen/chen-1.jpg" >/dev/null
png=$(echo png/*.png)
exiftool -q -overwrite_original '-RegionInfo={RegionList=[{Area={X=0.5,Y=0.5,W=0.3,H=0.3,Unit=normalized},Name=Chen Li,Type=Face}]}' "$png"
expect 0 '^Chen Li: 1 of 1 photo$' "$kin" enroll -g png.db --from png --tags

# what was rejected once is not learnt from there either
expect 0 '' "$kin" reject -q -g png.db 'Chen Li' "$png"
expect 1 'Chen Li: .*reject' "$kin" enroll -g png.db --from png --tags

# the sidecar's name goes before the one inside, whose other people are learnt all the same
mkdir two
cp library/microsoft/1.jpg two/
exiftool -q "-RegionInfo=$(grep bruno seen | sed 's/bruno/Grandpa/' | mwg 640 860)" two/1.jpg.xmp
expect 1 'bruno: the face in this region has another name already' "$kin" enroll -g two.db --from two --tags
[ "$(grep -cE '^(Grandpa: 1|divya: 1|bruno: 0) of 1 photo$' said)" = 3 ] || { fail "two sources"; cat said; }

# regions without a face, of a photo that was cut since, of things, of nobody; a name that nobody may have
mkdir odd
cp turned/1.jpg odd/none.jpg
exiftool -q '-RegionInfo={RegionList=[{Area={X=0.02,Y=0.02,W=0.03,H=0.03,Unit=normalized},Name=Ghost,Type=Face},{Area={X=0.5,Y=0.5,W=0.3,H=0.3,Unit=normalized},Name=Rex,Type=Pet}]}' odd/none.jpg.xmp
cp turned/1.jpg odd/cut.jpg
exiftool -q "-RegionInfo=$(sed 's/^/cut-/' seen | mwg 1000 1000)" odd/cut.jpg.xmp
cp turned/1.jpg odd/nobody.jpg
exiftool -q "-RegionInfo=$(sed 's/^[a-z]*//; s/^/ /' seen | awk '{ print "-", $1, $2, $3, $4 }' | mwg 640 860 | sed 's/Name=-,//g')" odd/nobody.jpg.xmp
cp turned/1.jpg odd/bad.jpg
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf' >odd/bad.jpg.xmp
cp turned/1.jpg odd/good.jpg
exiftool -q "-RegionInfo=$(grep amara seen | mwg 640 860)" odd/good.jpg.xmp
printf '[good.jpg]\nfaces=rect64(1000100020002000),ab\n' >odd/.picasa.ini
expect 3 'bad.jpg.xmp: XMP: ' "$kin" enroll -g odd.db --from odd --tags
for word in 'none.jpg: Ghost: no face was found where' 'cut.jpg: cut-elena: .*another shape' '^amara: 1 of 1 photo$' '^Ghost: 0 of 1 photo$' \
    'good.jpg: Picasa named 1 face here, but'; do
    grep -q -- "$word" said || { fail "nothing like '$word'"; cat said; }
done
grep -q Rex said && fail "a dog was learnt"
expect 0 '^amara +1$' "$kin" people -g odd.db
grep -cE '^(Ghost|cut|Rex)' said | grep -qx 0 || fail "people without a face"
finish
