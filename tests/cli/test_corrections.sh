#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Corrections that stick, on the sample people: reject, ignore, merge, split, undo.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
samples=$source/samples
wall=$samples/family-wall.jpg
cd "$tmp" || exit 1
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }
# the number on the wall of the face that is called so
number() { "$kin" identify "$wall" | sed -n "s/^.*: $1 .*#\([0-9]*\)\$/\1/p"; }
# column `name` of the face `number` on the wall
column() {
    "$kin" identify --csv "$wall" | awk -F, -v name="$1" -v face="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 && $at["face"] == face { print $at[name] }'
}

expect 1 'nobody is known' "$kin" undo
expect 1 'nobody is known' "$kin" reject elena "$wall#1"
expect 1 'nobody is known' "$kin" merge a b
expect 1 'nobody is known' "$kin" split a b "$wall"
[ ! -e data ] || fail "a correction made a gallery"
expect 0 '' "$kin" enroll --from "$samples/people"
divya=$(number divya)
[ -n "$divya" ] || fail "identify does not number the faces"

# the samples are blends: a rejected face is a near-duplicate of three of the five photos of its person, not of the first two
# --- reject: the face that was said, or the only one of the name; never again, for the photo saved again neither ---
expect 2 '8 faces; which one\? .*#1 to .*#8' "$kin" reject nobody "$wall"
expect 2 'counted from 1' "$kin" reject divya "$wall#0"
expect 2 'the photo has 8 faces' "$kin" reject divya "$wall#9"
expect 2 'a folder' "$kin" reject divya "$samples/strangers"
expect 3 'no such file' "$kin" reject divya 'nothing.jpg#x'
expect 1 'nobody is called' "$kin" reject nobody "$wall#1"
expect 0 "#$divya is not divya\$" "$kin" reject divya "$wall"
[ "$(column name "$divya")" = "" ] || fail "rejected, and named $(column name "$divya")"
[ -z "$(number divya)" ] || fail "divya is still there"
expect 0 'is not divya: that was known' "$kin" reject divya "$wall#$divya"
expect 0 'divya' "$kin" identify "$samples/people/divya/divya-1.jpg"
"$build/tests/turn_photo" "$wall" again.jpg 1
cmp -s again.jpg "$wall" && fail "saved again is the same file"
"$kin" identify again.jpg | grep -q divya && fail "the photo saved again has the name that was rejected"
# enrolling it is declined, other photos are taken
expect 1 'was rejected: this face is not divya' "$kin" enroll divya again.jpg
expect 0 'was rejected: this face is not divya' "$kin" enroll divya "$wall" "$samples/people/divya/divya-1.jpg"
expect 0 '' "$kin" rename divya Divya
[ -z "$(number Divya)" ] || fail "a new name is a name"
expect 0 'rename divya, Divya$' "$kin" undo

# --- enroll: the face of that number, as identify counts ---
one=$(number farid) other=$(number elena)
expect 1 'several faces, and no other photo tells' "$kin" enroll -g few.db Farid "$wall"
expect 2 "wall.jpg#9: the photo has 8 faces, counted from 1" "$kin" enroll -g few.db Farid "$wall#9" "$samples/people/elena"
expect 2 "wall.jpg#0: the photo has 8 faces, counted from 1" "$kin" enroll -g few.db Farid "$wall#0"
expect 3 'nothing.jpg: .*no such file' "$kin" enroll -g few.db Farid 'nothing.jpg#1'
expect 1 'nobody is known' "$kin" people -g few.db
expect 0 '^Farid: 1 of 1 photo$' "$kin" enroll -g few.db Farid "$wall#$one"
expect 0 ': Farid .*#'"$one"'$' "$kin" identify -g few.db "$wall"
expect 0 ': Farid ' "$kin" identify -g few.db "$samples/people/farid/farid-1.jpg"
expect 0 'taken, though unlike' "$kin" enroll -g few.db Farid "$wall#$other" # it was said so
expect 0 '"faces":2,' "$kin" person -g few.db --json Farid
expect 0 '^took back: enroll Farid, 1 face$' "$kin" undo -g few.db
expect 0 '^Elena: 2 of 2 photos$' "$kin" enroll -g few.db Elena "$wall#$other" "$samples/people/elena/elena-1.jpg"
cp "$samples/people/chen/chen-1.jpg" 'a#1' # a file that is called so is that file
expect 0 '^Chen: 1 of 1 photo$' "$kin" enroll -g few.db Chen 'a#1'

# a photo that she was taught with is taken out
expect 0 'divya-2.jpg#1 is not divya, who is no longer taught by it' "$kin" reject divya "$samples/people/divya/divya-2.jpg"
expect 0 '^divya,4,0,,,$' "$kin" people --csv
expect 0 'reject divya, 1 face$' "$kin" undo
expect 0 '^divya,5,0,,,$' "$kin" people --csv
expect 0 '"face":1,"new":true,"taken_out":1\}' "$kin" reject --json divya "$samples/people/divya/divya-2.jpg"
expect 0 '"verb":"reject","made":"20[0-9TZ:-]*","name":"divya","other":null,"faces":1,"gone":false' "$kin" undo --json
expect 0 '^divya,.*divya-2.jpg,1,1,1$' "$kin" reject --csv divya "$samples/people/divya/divya-2.jpg#1"
expect 0 '^reject,20[^,]*,divya,,1,0$' "$kin" undo --csv
expect 0 'reject divya' "$kin" undo
[ "$(number divya)" = "$divya" ] || fail "undone, and not named again"
# a file whose name ends like a number of a face is that file
cp "$samples/people/divya/divya-1.jpg" 'x#2'
expect 0 'x#2#1 is not divya' "$kin" reject divya 'x#2'
expect 0 '' "$kin" undo

# --- ignore: never asked about, in no other photo either, until there is a name ---
stranger=$samples/strangers/stranger-1.jpg
expect 2 '8 faces; which one' "$kin" ignore "$wall"
expect 1 'elena was taught with this very face' "$kin" ignore "$samples/people/elena/elena-1.jpg"
expect 0 'is ignored, as "ignored 1"' "$kin" ignore "$stranger"
expect 0 'is ignored, as "ignored 1"' "$kin" ignore "$stranger#1"
expect 1 'ignored ' "$kin" identify "$stranger"
expect 1 '"name":null,"ignored":true' "$kin" identify --json "$stranger"
expect 1 ',1,$' "$kin" identify --csv "$stranger"
expect 0 ': ignored ' "$kin" identify "$wall" # the same stranger is on the wall
expect 0 '^ignored 1,1,1,,,$' "$kin" people --csv
expect 0 '"name":"ignored 1","faces":1,"ignored":true' "$kin" people --json
expect 0 '' "$kin" rename 'ignored 1' Dora
expect 0 'Dora' "$kin" identify "$stranger"
expect 0 'rename ignored 1, Dora' "$kin" undo
expect 0 'ignore ignored 1, 1 face .nobody is called so any more' "$kin" undo
expect 1 'unknown' "$kin" identify "$stranger"
expect 0 '"name":"ignored 1","file":"[^"]*","face":1' "$kin" ignore --json "$stranger"
expect 0 '^ignored 1,.*stranger-1.jpg,1$' "$kin" ignore --csv "$stranger"
expect 0 '' "$kin" undo

# --- merge and split ---
expect 1 'the same person' "$kin" merge amara amara
expect 1 'nobody is called' "$kin" merge amara nobody
expect 0 '^divya is amara: 5 faces' "$kin" merge amara divya
expect 0 'amara' "$kin" identify "$samples/people/divya/divya-1.jpg"
expect 0 '^amara,10,0,,,$' "$kin" people --csv
expect 1 'amara-9.jpg|no such file|not taught' "$kin" split amara Divya "$stranger"
expect 3 'no such file' "$kin" split amara Divya "$samples/people/divya/divya-1.jpg" nothing.jpg
expect 1 'stranger-1.jpg: amara was not taught' "$kin" split amara Divya "$samples/people/divya/divya-1.jpg" "$stranger"
expect 0 '^amara,10,0,,,$' "$kin" people --csv
expect 0 '^Divya: 5 faces' "$kin" split amara Divya "$samples/people/divya"
expect 0 'Divya' "$kin" identify "$samples/people/divya/divya-1.jpg"
expect 2 'name: empty' "$kin" split amara '' "$samples/people/divya"
expect 0 'split Divya, amara, 5 faces .nobody' "$kin" undo
expect 0 'merge divya, amara, 5 faces' "$kin" undo
expect 0 '"name":"amara","merged":"divya","faces":5' "$kin" merge --json amara divya
expect 0 '"name":"amara","to":"D","photos":5,"faces":5' "$kin" split --json amara D "$samples/people/divya"
expect 0 '^amara,D,5$' "$kin" merge --csv amara D
expect 0 '^amara,D,5,5$' "$kin" split --csv amara D "$samples/people/divya"

# a rejection says that they are two, until its face is taken out of who was taught with it
expect 0 '' "$kin" reject amara "$samples/people/chen/chen-1.jpg"
for pair in 'amara chen' 'chen amara'; do
    # shellcheck disable=SC2086
    expect 1 "was rejected: the face in .*chen-1.jpg is not amara's" "$kin" merge $pair
done
expect 1 "chen-1.jpg: was rejected" "$kin" split chen amara "$samples/people/chen"
expect 0 '^amara: 1 face ' "$kin" split chen amara "$samples/people/chen/chen-5.jpg"
expect 0 '' "$kin" undo
expect 0 '' "$kin" reject chen "$samples/people/chen/chen-1.jpg"
expect 0 '^chen is amara: [1-4] faces$' "$kin" merge amara chen
for _ in merge reject reject; do expect 0 '' "$kin" undo; done

# --- another model (of the same numbers: a byte more) makes its vectors from what is kept: what was rejected or ignored stays so ---
{ cat "$source/models/recogniser.tflite"; echo; } >other.tflite
expect 0 '' "$kin" reject chen "$wall"
expect 0 '' "$kin" ignore "$stranger"
expect 0 '' "$kin" gallery upgrade -q -m other.tflite
"$kin" identify -m other.tflite "$wall" >upgraded
grep -q ': chen ' upgraded && fail "the other model gives the name that was rejected"
grep -q ': ignored ' upgraded || fail "the other model asks about who is ignored"
grep -q ': bruno ' upgraded || fail "the other model knows nobody"
expect 0 'chen' "$kin" identify -m other.tflite "$samples/people/chen/chen-1.jpg"
for _ in upgrade ignore reject; do expect 0 '' "$kin" undo; done
[ -n "$(number chen)" ] || fail "three changes taken back, and chen has no name"

# --- to the first: enrolments too ---
n=0
while "$kin" undo >>undone 2>>told && [ "$n" -lt 30 ]; do n=$((n + 1)); done
[ "$n" = 10 ] || fail "$n changes taken back, not 10"
expect 1 'nothing is left to take back' "$kin" undo
expect 1 'nobody' "$kin" people
finish
