#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin tag: names into XMP sidecars, read back by exiftool in all eight orientations; what others wrote stays.
# shellcheck source-path=SCRIPTDIR source=expect.sh disable=SC2016
. "$(dirname "$0")/expect.sh"
"$kin" version | grep -q '^names .*exempi [0-9]' || { echo "skipped: kin was built without exempi"; exit 77; }
command -v exiftool >/dev/null || { echo "skipped: no exiftool (libimage-exiftool-perl)"; exit 77; }
cd "$tmp" || exit 1
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# the left half of the wall, two by two people
mkdir turned
for o in 1 2 3 4 5 6 7 8; do "$build/tests/turn_photo" "$source/samples/family-wall.jpg" "turned/$o.jpg" "$o" 640 || fail "turn_photo $o"; done
expect 1 'nobody' "$kin" tag turned/1.jpg
[ ! -e turned/1.jpg.xmp ] || fail "a sidecar without a name"
for name in amara bruno divya elena; do expect 0 '' "$kin" enroll -q "$name" "$source/samples/people/$name/$name"-[12].jpg; done
expect 0 'elena' "$kin" tag turned
md5sum turned/*.jpg >before.md5

# "NAME X Y W H DIM-W DIM-H", one line a region, by exiftool
regions() {
    exiftool -n -s3 -sep ' ' -RegionName -RegionAreaX -RegionAreaY -RegionAreaW -RegionAreaH "$1" | awk '
        { for (i = 1; i <= NF; i++) cell[NR, i] = $i; n = NF }
        END { for (i = 1; i <= n; i++) print cell[1, i], cell[2, i], cell[3, i], cell[4, i], cell[5, i] }' | sort
}
# The same four people at the same places of the upright picture, whichever way it is stored. Rows and columns as EXIF 2.32
# names them: 6: the 0th row is the right side, the 0th column the top.
"$kin" identify --csv turned/1.jpg | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "name") at = i } NR > 1 && $at { print $at, ($3 + $5) / 2 / 640, ($4 + $6) / 2 / 860, ($5 - $3) / 640, ($6 - $4) / 860 }' |
    sort >seen
[ "$(wc -l <seen)" = 4 ] || fail "four people on the wall"
for o in 1 2 3 4 5 6 7 8; do
    regions "turned/$o.jpg.xmp" | awk -v o="$o" '{
        x = $2; y = $3; w = $4; h = $5
        if (o == 2) { x = 1 - x }
        if (o == 3) { x = 1 - x; y = 1 - y }
        if (o == 4) { y = 1 - y }
        if (o == 5) { t = x; x = y; y = t }
        if (o == 6) { t = x; x = 1 - y; y = t }
        if (o == 7) { t = x; x = 1 - y; y = 1 - t }
        if (o == 8) { t = x; x = y; y = 1 - t }
        if (o >= 5) { t = w; w = h; h = t }
        print $1, x, y, w, h }' | sort >heard
    join seen heard | awk -v o="$o" 'function far(a, b) { return a > b + 0.01 || b > a + 0.01 }
        far($2, $6) || far($3, $7) || far($4, $8) || far($5, $9) { print "FAIL: orientation " o ": " $0; bad = 1 }
        END { if (NR != 4) { print "FAIL: orientation " o ": " NR " regions"; bad = 1 } exit bad }' || failures=$((failures + 1))
    size=$(exiftool -n -s3 -p '$RegionAppliedToDimensionsW $RegionAppliedToDimensionsH $RegionAppliedToDimensionsUnit' "turned/$o.jpg.xmp")
    stored=$(exiftool -n -s3 -p '$ImageWidth $ImageHeight pixel' "turned/$o.jpg")
    [ "$size" = "$stored" ] || fail "orientation $o: regions of '$size', stored are '$stored'"
    [ "$(exiftool -s3 -PersonInImage "turned/$o.jpg.xmp" | tr -d ' ' | tr ',' '\n' | sort | tr '\n' ' ')" = "amara bruno divya elena " ] ||
        fail "orientation $o: PersonInImage"
done

# the same again changes nothing; forgotten people go
md5sum turned/*.xmp >first.md5
expect 0 'elena \(stood there\)' "$kin" tag turned
md5sum -c --quiet first.md5 || fail "a second time writes something else"
expect 0 '' "$kin" forget --force -q elena
expect 0 'bruno \(stood there\)' "$kin" tag turned/6.jpg
exiftool -a turned/6.jpg.xmp | grep -q elena && fail "elena was forgotten, but stays in the sidecar"
[ "$(regions turned/6.jpg.xmp | wc -l)" = 3 ] || fail "the others stay"
expect 0 '' "$kin" enroll -q elena "$source/samples/people/elena"/elena-[12].jpg

# what others wrote stays: a name by hand for a face, a region without a face, properties, another program's names
cp turned/1.jpg hand.jpg
box=$(awk '$1 == "bruno" { print "Area={X=" $2 ",Y=" $3 ",W=" $4 ",H=" $5 ",Unit=normalized}" }' seen)
exiftool -q -XMP-xmp:Rating=4 -XMP-dc:Subject=beach -XMP-iptcExt:PersonInImage=Uncle \
    "-RegionInfo={AppliedToDimensions={W=640,H=860,Unit=pixel},RegionList=[{$box,Name=Grandpa,Type=Face},{Area={X=0.05,Y=0.05,W=0.02,H=0.02,Unit=normalized},Name=Cat,Type=Pet}]}" \
    hand.jpg.xmp || fail "exiftool writes a sidecar"
expect 0 'Grandpa stays.*bruno' "$kin" tag hand.jpg
said=$(exiftool -a -s -Rating -Subject -PersonInImage -RegionName hand.jpg.xmp)
for word in 'Rating *: 4' beach Grandpa Cat Uncle elena; do
    echo "$said" | grep -q "$word" || fail "$word is lost: $said"
done
echo "$said" | grep -q bruno && fail "bruno beside a name by hand: $said"
[ "$(regions hand.jpg.xmp | wc -l)" = 5 ] || fail "two regions of others and three of kin's"
# a name of kin's that is corrected by hand stays too
exiftool -q -overwrite_original "-RegionName=$(exiftool -s3 -sep '##' -RegionName hand.jpg.xmp | sed 's/elena/Ellen/')" -sep '##' hand.jpg.xmp
expect 0 'Ellen stays.*elena' "$kin" tag hand.jpg
exiftool -s3 -RegionName hand.jpg.xmp | grep -q Ellen || fail "Ellen is lost"

# regions inside the photo are not hidden by a new sidecar
cp turned/6.jpg inside.jpg
exiftool -q -overwrite_original "-RegionInfo={AppliedToDimensions={W=860,H=640,Unit=pixel},RegionList=[{Area={X=0.05,Y=0.05,W=0.02,H=0.02,Unit=normalized},Name=Nobody,Type=Face}]}" inside.jpg
expect 0 'bruno' "$kin" tag inside.jpg
exiftool -s3 -RegionName inside.jpg.xmp | grep -q 'Nobody, ' || fail "the photo's own region is hidden"

one=$source/samples/people/bruno/bruno-4.jpg
# photo.xmp is written where it is there, unless it is a raw file's
cp "$one" short.jpg
exiftool -q -XMP-xmp:Rating=2 short.xmp
expect 0 'bruno' "$kin" tag short.jpg
exiftool -s3 -RegionName short.xmp | grep -q bruno || fail "short.xmp has no names"
[ ! -e short.jpg.xmp ] || fail "two sidecars"
cp "$one" raw.jpg
exiftool -q -XMP-photoshop:SidecarForExtension=CR2 raw.xmp
md5sum raw.xmp >raw.md5
expect 0 'bruno' "$kin" tag raw.jpg
md5sum -c --quiet raw.md5 || fail "the raw file's sidecar was touched"
exiftool -s3 -RegionName raw.jpg.xmp | grep -q bruno || fail "raw.jpg.xmp has no names"

# what is no sidecar is left alone
cp "$one" bad.jpg
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf' >bad.jpg.xmp
cp bad.jpg.xmp bad.copy
expect 3 'bad.jpg.xmp: XMP: ' "$kin" tag bad.jpg
cmp -s bad.jpg.xmp bad.copy || fail "a damaged sidecar was overwritten"
cp "$one" linked.jpg
ln linked.jpg linked.jpg.xmp
expect 3 'linked.jpg.xmp: XMP: ' "$kin" tag linked.jpg
cp "$one" other.jpg
exiftool -q "-RegionInfo={AppliedToDimensions={W=1000,H=1000,Unit=pixel},RegionList=[{$box,Name=Grandpa,Type=Face}]}" other.jpg.xmp
expect 3 'belong to a picture of 1000 x 1000' "$kin" tag other.jpg
expect 2 'standard input' "$kin" tag -
md5sum -c --quiet before.md5 || fail "a photo was touched"
finish
