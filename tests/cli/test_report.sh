#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --html of kin doctor and kin evaluate: a page that is whole, says what the text says, shows faces, lets no name or path become
# markup, belongs to its owner alone, and is written whole or not at all, over an earlier report or over nothing.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
python=$(command -v python3) || { echo "no python3: skipped"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
cd "$tmp" || exit 1
complain() { echo "FAIL: $*"; failures=$((failures + 1)); }
read_page() { # FILE: its text, one line, in $tmp/page
    "$python" "$here/read_report.py" "$1" >page 2>&1 || { complain "$1 is no page"; tail -n 3 page; }
}
says() { grep -qE -- "$1" page || { complain "the page says nothing like '$1'"; cut -c 1-2000 page; }; }

# doctor: a wrong label, one person under two names, who are called as no name should be able to harm
people=$tmp/people evil='<script>alert("1")<' quote="O'Neil \"&amp;\" é"
cp -r "$source/samples/people" "$people"
mkdir "$people/$evil" "$people/$quote"
mv "$people/bruno/bruno-5.jpg" "$people/amara/'><img src=x onerror=y>.jpg"
mv "$people"/elena/elena-[12].jpg "$people/$evil"
mv "$people"/divya/divya-[12].jpg "$people/$quote"
expect 0 '' "$kin" enroll -q --from people
expect 1 'looks like bruno' "$kin" doctor --html doctor.html
[ "$(stat -c %a doctor.html)" = 600 ] || complain "mode $(stat -c %a doctor.html)"
read_page doctor.html
says "Called amara , looks like bruno : a wrong name\? people/amara/'><img src=x onerror=y>.jpg this photo"
says '<script>alert\("1"\)< and elena : similarity 0\.|elena and <script>alert\("1"\)< : similarity 0\.'
says "O'Neil \"&amp;\" é"
says 'Would help: all look into the camera: add one turned to the side'
says 'Made by kin [0-9.]*, 20..-..-.. ..:.. UTC. Model: recogniser \([0-9a-f]{32}\)'
# every face is in the strips, and more in the cards above
[ "$(sed -n 's/PICTURES //p' page)" -ge 40 ] || complain "$(tail -n 1 page)"
# the numbers are those of the text
"$kin" doctor >said
missed=$(sed -n 's/^  FPIR 1.0 %.*missed \([0-9]* of [0-9]*\) .*/\1/p' said)
says "now\) 0\.[0-9]* $missed \("
# --json beside it is the same as without
"$kin" doctor --json --html two.html >with.json
"$kin" doctor --json >without.json
cmp with.json without.json || complain "--html changes --json"
# whose consent is over
"$kin" person amara --until 2020-02-03 -q >/dev/null
expect 1 'consent is over' "$kin" doctor --html over.html
read_page over.html
says 'Consent is over: amara \(2020-02-03\)'
"$kin" undo >/dev/null
# no pictures kept: words in their place
"$kin" enroll -q --no-crops --from people -g bare.db >/dev/null
expect 1 '' "$kin" doctor -g bare.db --html bare.html
read_page bare.html
says 'no picture'
says 'PICTURES 0'
expect 1 'nobody is known yet' "$kin" doctor -g none.db --html none.html
read_page none.html
says 'Nobody is known yet'

# train: two parts of a history, names as above; an embedding asks nobody
expect 0 '' "$kin" train people -o net.tflite --epochs 3 --variants 1 --fine-tune 1 --tune-epochs 2 --html train.html
read_page train.html
says 'The new top .*The network .*Who is taken for whom'
says "O'Neil \"&amp;\" é 2 "
says 'Model: recogniser'
expect 0 '' "$kin" train people -o net.tflite --loss triplet --fine-tune 1 --epochs 2 --html train.html
read_page train.html
says 'mean distance of two embeddings'
grep -q 'not seen' page && complain 'an embedding was asked'

# evaluate --pairs: a name as hostile as a folder's may be, two pairs that nobody could tell
for i in 1 2 3 4; do
    mkdir -p "lfw/$quote" lfw/bruno
    cp "$source/samples/people/amara/amara-$i.jpg" "lfw/$quote/${quote}_000$i.jpg"
    cp "$source/samples/people/bruno/bruno-$i.jpg" "lfw/bruno/bruno_000$i.jpg"
done
cp "$source/samples/people/bruno/bruno-4.jpg" "lfw/$quote/${quote}_0005.jpg"
cp "$source/samples/people/amara/amara-4.jpg" "lfw/$quote/${quote}_0006.jpg"
printf '2\t2\n%s\t1\t2\nbruno\t1\t2\n%s\t1\tbruno\t2\n%s\t2\tbruno\t3\n%s\t3\t5\nbruno\t3\t4\n%s\t5\tbruno\t1\n%s\t3\tbruno\t2\n' \
    "$quote" "$quote" "$quote" "$quote" "$quote" "$quote" >pairs.txt
expect 0 '^accuracy' "$kin" evaluate --pairs pairs.txt lfw --html pairs.html
[ "$(stat -c %a pairs.html)" = 600 ] || complain "mode $(stat -c %a pairs.html)"
accuracy=$(sed -n 's/^accuracy \([0-9.]* %\) .*/\1/p' said)
area=$(sed -n 's/^area under the curve //p' said)
read_page pairs.html
says "$accuracy of the pairs are judged rightly"
says "$area area under the curve"
says "Two people, taken for one: 1 similarity 0\.[0-9]*, fold 2 O'Neil \"&amp;\" é_0005.jpg bruno_0001.jpg"
says "One person, taken for two: 1 similarity -?0\.[0-9]*, fold 2 O'Neil \"&amp;\" é_0003.jpg O'Neil \"&amp;\" é_0005.jpg"
says 'PICTURES 4'
says 'faces from 20 pixels on'

# evaluate, the open set: the wrong label is among the missed
expect 0 'missed' "$kin" evaluate recogniser people --html open.html
missed=$(sed -n 's/^  missed (FNIR) *\([0-9]* of [0-9]*\),.*/\1/p' said | tail -n 1)
read_page open.html
says "FPIR 1 %, by the model's card 0\.[0-9]*, 0\.[0-9]* $missed \("
says "People who are missed at FPIR 1 %: ${missed%% *} "
says 'drawn by --seed 1'
"$kin" evaluate recogniser people --json >without.json
"$kin" evaluate recogniser people --json --html open.html >with.json
cmp with.json without.json || complain "--html changes --json"

# evaluate, the closed set
for name in Anna David "$evil"; do
    mkdir -p "closed/$name"
    cp "$source/samples/people/chen/chen-4.jpg" "closed/$name/$quote.jpg"
done
expect 0 '' "$kin" evaluate "$source/tests/cli/models/faces.tflite" closed --html closed.html
read_page closed.html
says 'the likeliest label is right: 1 of 2 \(9\.5 to 90\.5 %\)'
says 'Called wrongly, the surest first: 1 .*David, called Anna \(0\.52\); the right label comes as number 2'
says '<script>alert\("1"\)<'
says 'PICTURES 2'
expect 0 '' "$kin" evaluate "$source/tests/cli/models/pictures.tflite" closed --html closed.html
# without a result there is no report
mkdir few few/one
cp "$source/samples/people/chen/chen-4.jpg" few/one
expect 1 'too few people' "$kin" evaluate recogniser few --html few.html
expect 4 'none.tflite' "$kin" evaluate none.tflite few --html few.html
[ ! -e few.html ] || complain "a report of nothing"

# where it goes: over an earlier report, over nothing else; nowhere is status 5, and the answer is not lost
cp doctor.html old.html
chmod 644 old.html
expect 1 '' "$kin" doctor --html old.html
[ "$(stat -c %a old.html)" = 600 ] || complain "a replaced report has mode $(stat -c %a old.html)"
cp "$source/samples/people/chen/chen-1.jpg" photo.jpg
expect 2 'photo.jpg: is there already; nothing is overwritten' "$kin" doctor --html photo.jpg
cmp -s photo.jpg "$source/samples/people/chen/chen-1.jpg" || complain "a photo is overwritten"
expect 2 'people: is there already' "$kin" doctor --html people
mkfifo pipe
expect 2 'pipe: is there already' "$kin" doctor --html pipe
expect 5 'nowhere/doctor.html: ' "$kin" doctor --html nowhere/doctor.html
expect 5 'nowhere/open.html: ' "$kin" evaluate recogniser people --html nowhere/open.html
expect 2 'html.*expected a value|wants a value' "$kin" doctor --html
mkdir shut
chmod 755 "$tmp" data data/kin
chmod 644 data/kin/gallery.db
chmod 555 shut
expect 5 'shut/doctor.html: ' "$nobody" "$kin" doctor --html shut/doctor.html
sh -c "ulimit -f 8; '$kin' doctor --html full.html" >told 2>said
[ $? = 5 ] || { complain "no room is status 5"; cat said; }
grep -q 'full.html: ' said || complain "no room is told"
grep -q 'looks like bruno' told || complain "the answer is lost where the report is"
cp doctor.html kept.html
sh -c "ulimit -f 8; '$kin' doctor --html kept.html" >told 2>said
cmp -s doctor.html kept.html || complain "an earlier report is lost where the new one has no room"
left=$(find . -name '.kin-*' -o -name full.html)
[ -z "$left" ] || complain "half a report is left: $left"
finish
