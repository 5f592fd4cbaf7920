#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin gallery: info, check, upgrade, backup. The other model is the built-in one's file and a byte more.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
photo=$people/chen/chen-1.jpg
cd "$tmp" || exit 1
complain() { echo "FAIL: $*"; failures=$((failures + 1)); }
{ cat "$source/models/recogniser.tflite"; echo; } >other.tflite

# --- nobody yet; what is no part ---
expect 1 'nobody is known yet' "$kin" gallery info
expect 1 'nobody is known yet' "$kin" gallery upgrade
expect 2 "no 'inof', expected info, check, .* or " "$kin" gallery inof
expect 2 'expected FILE' "$kin" gallery backup
expect 2 'expected nothing more' "$kin" gallery info more
expect 2 'too few arguments' "$kin" gallery

expect 0 '' "$kin" enroll chen "$people/chen"
expect 0 '' "$kin" enroll --no-crops elena "$people/elena"
expect 0 'people +2' "$kin" gallery info
expect 0 'faces +10 \(5 with a picture\)' "$kin" gallery info
expect 0 'model +[0-9a-f]{32}  128 numbers  2 people  10 faces  0 rejections  in use' "$kin" gallery info
expect 0 '"people":2,.*"faces":10,"crops":5,.*"changes":2,.*"models":\[\{"fingerprint":"[0-9a-f]{32}","width":128,"people":2,"faces":10,' "$kin" gallery info --json
expect 0 '^[0-9a-f]{32},128,2,10,0,0,1$' "$kin" gallery info --csv
expect 4 'no model' "$kin" gallery info -m nobodys

# --- another model: identify says what to do, a face without a picture comes from its photo, or stays without ---
expect 1 '10 faces are of other models only, 2 of 2 people .*: kin gallery upgrade -m other.tflite' "$kin" identify -m other.tflite "$photo"
mkdir gone
cp "$people/farid/farid-1.jpg" gone/
expect 0 '' "$kin" enroll --no-crops farid gone
rm -r gone
expect 1 'gone/farid-1.jpg: this face stays without' "$kin" gallery upgrade -m other.tflite
expect 1 '"faces":0,"rejections":0,"resumed":0,"left":1' "$kin" gallery upgrade -m other.tflite --json
expect 0 'chen' "$kin" identify -m other.tflite "$photo"
expect 0 'elena' "$kin" identify -m other.tflite "$people/elena/elena-2.jpg"
expect 0 'chen' "$kin" identify "$photo"
expect 0 '1 face is of other models only, 1 of 3' "$kin" identify -m other.tflite "$photo"
expect 0 '11 faces' "$kin" gallery info
expect 0 '10 faces  0 rejections  in use' "$kin" gallery info -m other.tflite
expect 0 'nothing to do' "$kin" gallery upgrade
# a photo that is another one now is not taken for the old one
mkdir changed
cp "$people/bruno/bruno-1.jpg" changed/one.jpg
expect 0 '' "$kin" enroll --no-crops bruno changed
cp "$people/divya/divya-1.jpg" changed/one.jpg
expect 1 'is another file than at enrolment' "$kin" gallery upgrade -m other.tflite
expect 0 '' "$kin" forget bruno

# --- backup: private, whole, overwrites nothing, and is a gallery ---
expect 0 'backed up to copy.db' "$kin" gallery backup copy.db
[ "$(stat -c %a copy.db)" = 600 ] || complain "the backup is private"
expect 2 'is there already' "$kin" gallery backup copy.db
ln -s nowhere link.db
expect 2 'is there already' "$kin" gallery backup link.db
expect 5 '' "$kin" gallery backup no/such/folder.db
[ -z "$(find . -name '.kin-*')" ] || complain "a temporary file is left"
expect 0 'chen' "$kin" identify -g copy.db "$photo"
"$kin" people >before
"$kin" people -g copy.db >after
cmp before after || complain "the backup holds the same people"
expect 0 '"bytes":[1-9]' "$kin" gallery backup --json second.db
expect 0 '^third.db,[1-9]' "$kin" gallery backup --csv third.db

# --- check ---
expect 0 'sound: 3 people, 11 faces, 5 pictures' "$kin" gallery check
expect 0 '"sound":true,"faults":\[\]' "$kin" gallery check --json
if command -v sqlite3 >/dev/null; then
    damage() {
        wanted=$1
        cp copy.db hurt.db
        sqlite3 hurt.db "$2"
        expect 4 "$wanted" "$kin" gallery check -g hurt.db
        rm -f hurt.db*
    }
    damage 'face 1: not of unit length' "UPDATE embedding SET vector = zeroblob(512) WHERE face = 1"
    damage "face 2: not as long as its model's vectors" "UPDATE embedding SET vector = substr(vector, 1, 256) WHERE face = 2"
    damage 'face 1: its picture cannot be read' "UPDATE crop SET picture = x'00112233' WHERE face = 1"
    damage 'row 1 of crop: belongs to no face' "PRAGMA foreign_keys=OFF; DELETE FROM face WHERE id = 1"
    damage 'face 3: its box is none' "UPDATE face SET x1 = x0 WHERE id = 3"
    damage 'face 3: no vector of any model' "DELETE FROM embedding WHERE face = 3"
    damage 'person 1: not a name' "UPDATE person SET name = 'a' || char(10) WHERE id = 1"
    damage 'of the journal: of no known kind' "UPDATE trace SET what = 'nothing' WHERE id = 1"
    damage 'SQLite: ' "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', '') WHERE name = 'x'; PRAGMA writable_schema=OFF; CREATE INDEX odd ON face(score); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX odd ON face(yaw)' WHERE name = 'odd'"
    expect 4 'damaged, 2 faults' sh -c "cp copy.db hurt.db; sqlite3 hurt.db \"UPDATE embedding SET vector = zeroblob(512) WHERE face = 1\"; '$kin' gallery check --csv -g hurt.db"
fi
# bytes that nobody sees but the check: in the middle of a picture
cp copy.db hurt.db
size=$(wc -c <hurt.db)
printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' | dd of=hurt.db bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
expect 4 'damaged' "$kin" gallery check -g hurt.db

# --- export and import: readable, into an empty gallery the same, twice the same, taken back; no name becomes a path ---
expect 0 '' "$kin" rename farid '../../Fa "rid" <b>'
expect 0 '' "$kin" reject chen "$people/elena/elena-1.jpg"
expect 0 '' "$kin" person chen --born 1980-05 --consent 'by mail' --until 2199
expect 0 'out.tar: 3 people, 11 faces, 6 pictures' "$kin" gallery export out.tar
[ "$(stat -c %a out.tar)" = 600 ] || complain "the export is private"
expect 2 'is there already' "$kin" gallery export out.tar
expect 0 'gallery.json' tar tf out.tar
! grep -q '\.\.' said || complain "a name in the archive climbs"
expect 0 '3 new people, 11 new faces, 1 new rejections' "$kin" gallery import -g in.db out.tar
expect 0 '^chen  5  born 1980-05  consent by mail  until 2199-12-31$' "$kin" person -g in.db chen
"$kin" people >before
"$kin" people -g in.db >after
cmp before after || complain "the import holds the same people"
expect 0 'sound: 3 people, 11 faces, 5 pictures' "$kin" gallery check -g in.db
expect 0 'chen' "$kin" identify -g in.db "$photo"
# the day of each face and rejection comes along; an export that does not say it is of today
if command -v sqlite3 >/dev/null && command -v python3 >/dev/null; then
    cp data/kin/gallery.db old.db
    sqlite3 old.db "UPDATE face SET created = 1000000000 + id; UPDATE rejection SET created = 1100000000"
    expect 0 '' "$kin" gallery export -g old.db old.tar
    tar xOf old.tar gallery.json | grep -q '"taught": "2001-09-09T01:46:41Z"' || complain "the export says when"
    expect 0 '' "$kin" gallery import -g new.db old.tar
    [ "$(sqlite3 new.db 'SELECT count(*), min(created) > 1000000000, max(created) < 1000000100 FROM face')" = '11|1|1' ] || complain "days of faces"
    [ "$(sqlite3 new.db 'SELECT created FROM rejection')" = 1100000000 ] || complain "day of the rejection"
    mkdir bare
    (cd bare && tar xf ../old.tar && sed -i '/"taught"/d' gallery.json && tar cf ../bare.tar gallery.json people)
    expect 0 '3 new people, 11 new faces, 1 new rejections' "$kin" gallery import -g bare.db bare.tar
    [ "$(sqlite3 bare.db "SELECT min(created) > strftime('%s', 'now') - 600 FROM face")" = 1 ] || complain "no day is today"
fi
expect 0 '"people":0,"faces":0,"rejections":0,"refused":0' "$kin" gallery import --json -g in.db out.tar
expect 0 'took back: import' "$kin" undo -g in.db
expect 1 'nobody is known yet' "$kin" people -g in.db
# what was rejected here stays so
expect 0 '' "$kin" enroll -q -g in.db chen "$people/chen/chen-2.jpg"
expect 0 '' "$kin" reject -g in.db chen "$photo"
expect 1 'refused' "$kin" gallery import -g in.db out.tar

# hostile archives: a word, the right status, never a crash, and nothing is written beside
expect 3 'no such file' "$kin" gallery import -g in.db none.tar
expect 3 'no tar archive' "$kin" gallery import -g in.db other.tflite
head -c 3000 out.tar >bad.tar
expect 3 'cut off' "$kin" gallery import -g in.db bad.tar
size=$(wc -c <out.tar)
for at in $(seq 512 997 12000) $((size / 2)); do
    cp out.tar bad.tar
    printf '\252"]' | dd of=bad.tar bs=1 seek="$at" conv=notrunc 2>/dev/null
    survive "0 1 3 4" "$kin" gallery import -g bad.db bad.tar
    if [ -f bad.db ]; then survive "0 1" "$kin" gallery check -g bad.db; fi
    rm -f bad.db*
done
mkdir forged
for name in 'a\nb' '\u001b[31m' ''; do
    printf '{"format":"kin gallery","version":1,"people":[{"name":"%s","faces":[{}]}]}' "$name" >forged/gallery.json
    tar --format=ustar -C forged -cf forged.tar gallery.json
    expect 1 '1 faces were refused' "$kin" gallery import -g forged.db forged.tar
done
printf '[%.0s' $(seq 5000) >forged/gallery.json
tar --format=ustar -C forged -cf forged.tar gallery.json
expect 3 'gallery.json' "$kin" gallery import -g forged.db forged.tar
finish
