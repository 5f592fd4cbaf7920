#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Galleries that are no galleries, cut, with wrong bytes, locked; disks without room; nobody who listens: a word, the right
# exit status, and what was there before is there after. KIN_EVERY=1: more of the wrong bytes.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
photo=$people/chen/chen-1.jpg
cd "$tmp" || exit 1
chmod 755 .
complain() { echo "FAIL: $*"; failures=$((failures + 1)); }

expect 0 '' "$kin" enroll -q -g good.db chen "$people/chen"
expect 0 '' "$kin" enroll -q -g good.db --no-crops elena "$people/elena"
expect 0 'chen' "$kin" identify -g good.db "$photo"
size=$(wc -c <good.db)

# no gallery: a file of another kind stays as it is
cp "$photo" photo.db
expect 4 'photo.db' "$kin" enroll -g photo.db Anna "$photo"
expect 4 'photo.db' "$kin" forget -g photo.db Anna
cmp -s "$photo" photo.db || complain "a file that is no gallery was changed"
mkfifo pipe.db
expect 4 'pipe.db' "$kin" people -g pipe.db
survive 4 "$kin" enroll -g pipe.db Anna "$photo"
mkdir folder.db
survive "4 5" "$kin" enroll -g folder.db Anna "$photo"
survive "4 5" "$kin" enroll -g /dev/full Anna "$photo"

# cut: at 0 bytes it is an empty one, else it is said to be damaged
for at in 2 15 16 100 4095 4096 5000 $((size / 2)) $((size - 4096)) $((size - 1)); do
    head -c "$at" good.db >cut.db
    survive 4 "$kin" identify -g cut.db "$photo"
    survive 4 "$kin" enroll -g cut.db Anna "$photo"
    rm -f cut.db*
done

# wrong bytes: in a header or a table they are seen; in a crop nobody looks at them; never a crash
step=$((size / 12 + 1))
[ -z "${KIN_EVERY:-}" ] || step=$((size / 600 + 1))
for at in $(seq 0 "${KIN_EVERY:-22}" 110) $(seq 111 "$step" "$size"); do
    cp good.db wrong.db
    printf '\252\125\377' | dd of=wrong.db bs=1 seek="$at" conv=notrunc 2>/dev/null
    survive "0 1 4" "$kin" identify -g wrong.db "$photo"
    survive "0 1 4" "$kin" forget -g wrong.db elena
    rm -f wrong.db*
done

# locked
if "$nobody" true 2>/dev/null; then
    cp "$kin" kin
    cp "$photo" photo.jpg
    chmod 755 kin
    chmod 644 photo.jpg
    mkdir locked
    cp good.db locked/
    chmod 444 locked/good.db
    chmod 555 locked
    expect 0 'chen' "$nobody" ./kin identify -g locked/good.db photo.jpg
    expect 0 'chen +5' "$nobody" ./kin people -g locked/good.db
    expect 5 'locked' "$nobody" ./kin enroll -g locked/good.db Anna photo.jpg
    expect 5 'locked' "$nobody" ./kin forget -g locked/good.db chen
    expect 5 'locked' "$nobody" ./kin enroll -g locked/new.db Anna photo.jpg
    expect 5 'locked' "$nobody" ./kin identify -g locked/good.db -o locked/named.png photo.jpg
    chmod 000 locked/good.db
    expect 5 'locked/good.db.*permission' "$nobody" ./kin people -g locked/good.db
    chmod 755 locked
    chmod 644 locked/good.db
    cmp -s good.db locked/good.db || complain "a locked gallery was changed"
fi

# no room: by a limit on the size of files, and on a small disk of its own where that can be made (root)
sh -c "ulimit -f $((size / 512 / 3)); '$kin' enroll --from '$people' -g small.db" >told 2>said
[ $? = 5 ] || { complain "no room for the gallery is status 5"; cat told said; }
grep -q 'small.db.*full\|small.db.*large' said || { complain "the message names file and reason"; cat said; }
sed -n 's/^\([a-z]*\): \([0-9]*\) of.*/\1 +\2/p' told | while read -r person; do
    "$kin" people -g small.db | grep -qE "$person" || echo "FAIL: $person was told and is lost" >>lost
done
[ ! -s lost ] || { complain "what was told is lost"; cat lost; }
expect 0 'farid' "$kin" enroll --from "$people" -g small.db
expect 0 'amara +5' "$kin" people -g small.db
sh -c "ulimit -f 8; '$kin' identify -g good.db -o out.png '$source/samples/family-wall.jpg'" >told 2>said
[ $? = 5 ] || { complain "no room for a picture is status 5"; cat said; }
left=$(find . -maxdepth 1 -name '.kin-*' -o -name out.png)
[ -z "$left" ] || complain "half a picture is left: $left"
cat >disk.sh <<TEXT
mount -t tmpfs -o size=300k none '$tmp/disk' || exit 77
'$kin' enroll --from '$people' -g '$tmp/disk/gallery.db' >'$tmp/told' 2>'$tmp/said'
echo \$? >'$tmp/status'
'$kin' people -g '$tmp/disk/gallery.db' >'$tmp/there' 2>>'$tmp/said'
'$kin' crop -o '$tmp/disk/crops' --margin 0.5 --size 400 '$source/samples/family-wall.jpg' >>'$tmp/told' 2>>'$tmp/said'
echo \$? >>'$tmp/status'
find '$tmp/disk' -name '.kin-*' >'$tmp/left'
TEXT
mkdir disk
if unshare -m sh disk.sh 2>/dev/null; then
    [ "$(tr '\n' ' ' <status)" = "5 5 " ] || { complain "a full disk is status 5"; cat status told said; }
    grep -q 'gallery.db.*full' said || { complain "a full disk is told"; cat said; }
    sed -n 's/^\([a-z]*\): \([0-9]*\) of.*/^\1 +\2/p' told | while read -r person; do
        grep -qE "$person" there || echo "FAIL: $person was told and is lost" >>lost
    done
    [ ! -s lost ] || { complain "what was told is lost"; cat lost; }
    [ ! -s left ] || { complain "half a picture is left"; cat left; }
fi

# nobody listens
expect 5 'standard output' sh -c "'$kin' people -g good.db >/dev/full"
expect 5 'standard output' sh -c "'$kin' detect '$photo' >/dev/full"
expect 5 'standard output' sh -c "'$kin' embed --json '$photo' >/dev/full"
expect 5 'standard output' sh -c "'$kin' detect '$photo' >&-"
expect 0 '' sh -c "'$kin' people -g good.db 2>&-"
expect 0 'face 1' sh -c "'$kin' detect '$photo' <&-"
expect 5 'standard output' sh -c "'$kin' crop -o shut '$photo' >&-"
[ "$(head -c 4 shut/*.png | tail -c 3)" = PNG ] || complain "what was to be printed landed in a picture"
# a pipe that is shut ends what only prints, as it does cat; a lesson goes on
sh -c "'$kin' detect '$photo' '$people' 2>&1 | head -c 0" || complain "a shut pipe"
expect 0 'farid +5' sh -c "'$kin' enroll --from '$people' -g pipe2.db 2>&1 | head -c 1 >/dev/null; '$kin' people -g pipe2.db"
# nothing of this has touched the good one
expect 0 'elena +5' "$kin" people -g good.db
finish
