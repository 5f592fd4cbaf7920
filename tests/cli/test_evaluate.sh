#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin evaluate on the sample people: LFW's protocol, the open and the closed set in three forms; what is none.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1

# LFW's names; --pairs
for name in amara bruno chen; do
    mkdir -p "lfw/$name"
    for i in 1 2 3 4; do cp "$source/samples/people/$name/$name-$i.jpg" "lfw/$name/${name}_000$i.jpg"; done
done
printf '2\t2\namara\t1\t2\nbruno\t1\t2\namara\t1\tbruno\t2\nbruno\t3\tchen\t4\r\nchen\t1\t2\nchen\t3\t4\namara\t3\tchen\t1\nbruno\t2\tamara\t4\n' >pairs.txt
expect 0 '^accuracy 100.00 % \(standard error 0.00 over 2 folds\)$' "$kin" evaluate --pairs pairs.txt lfw
also '^TAR at FAR 0.001: 100.0 % \(similarity 0\.[0-9]*\)$' '^area under the curve 1.00000$' \
    '^8 pairs, 11 photos, 0 without a face, [0-9]* s$'
expect 0 '"pairs":8,"folds":2,"photos":11,"without_face":0,"accuracy":1.0,"standard_error":0.0,"tar":\[\{"far":0.1,"tar":1.0,' \
    "$kin" evaluate --pairs pairs.txt --json lfw
"$kin" evaluate --pairs pairs.txt --csv lfw >said.csv
if [ "$(wc -l <said.csv)" != 9 ] || [ "$(grep -c ',1$' said.csv)" != 8 ] ||
    ! grep -q '^2,lfw/chen/chen_0003.jpg,lfw/chen/chen_0004.jpg,1,0\.[0-9]*,1$' said.csv; then
    echo "FAIL: CSV"
    cat said.csv
    failures=$((failures + 1))
fi
# the similarity is that of kin verify
want=$("$kin" verify --csv lfw/bruno/bruno_0001.jpg lfw/bruno/bruno_0002.jpg | sed -n '2s/.*jpg,\(0\.[0-9]*\),.*/\1/p')
grep -q "^1,lfw/bruno/bruno_0001.jpg,.*,1,$want" said.csv || { echo "FAIL: similarity $want"; cat said.csv; failures=$((failures + 1)); }

# a photo without a face counts by its middle
"$kin" crop --margin 0 --size 16 -o . lfw/amara/amara_0002.jpg >/dev/null
"$kin" detect --min-face 20 amara_0002-1.png >/dev/null || mv amara_0002-1.png lfw/amara/amara_0002.jpg
expect 0 '^8 pairs, 11 photos, 1 without a face' "$kin" evaluate --pairs pairs.txt lfw

# what is none
rm lfw/chen/chen_0003.jpg
expect 3 'lfw/chen/chen_0003.jpg: cannot open' "$kin" evaluate --pairs pairs.txt lfw
also 'no result: 1 of 11 photos cannot be read'
expect 3 'none.txt: cannot open' "$kin" evaluate --pairs none.txt lfw
refuse() {
    printf '%b' "$1" >bad.txt
    expect 3 "bad.txt: line $2" "$kin" evaluate --pairs bad.txt lfw
}
refuse '' '1: expected the number of folds'
refuse '1\t2\n' '1: expected the number of folds'
refuse '2\t99999999999\n' '1: expected the number of folds'
refuse '2\t1\na\t1\t2\n' '3: missing'
refuse '2\t1\na\t1\n' '2: expected 3 or 4 cells'
refuse '2\t1\na\t1\t2\t3\t4\n' '2: expected 3 or 4 cells'
refuse '2\t1\na\t0\t2\n' "2: a photo's number"
refuse '2\t1\na\t1\t-2\n' "2: a photo's number"
refuse '2\t1\n../a\t1\t2\n' "2: a name that is no folder's"
refuse '2\t1\na\t1\t..\t2\n' "2: a name that is no folder's"
expect 2 'evaluate: expected MODEL DIR or --pairs FILE DIR' "$kin" evaluate lfw
expect 2 'evaluate: expected MODEL DIR or --pairs FILE DIR' "$kin" evaluate --pairs pairs.txt recogniser lfw

# the open set
people=$source/samples/people
mkdir temporary
expect 0 '^6 people, 30 photos, 0 without a face$' env TMPDIR="$tmp/temporary" "$kin" evaluate recogniser "$people"
also 'taught with 18 photos; asked 12 of their others, 30 of strangers$' \
    '^FPIR 1.0 % by the model.s card, from 0\.[0-9]* and 0\.[0-9]*$' \
    '^  missed \(FNIR\)    0 of 12, 0.00 % \(0.00 to 24.25\)$' '30 strangers are too few to measure 1.0 %'
[ -z "$(ls temporary)" ] || { echo "FAIL: left behind"; ls temporary; failures=$((failures + 1)); }
# of three people with four photos each
cp "$people/chen/chen-3.jpg" lfw/chen/chen_0003.jpg
mv lfw/amara/amara_0002.jpg none.png
cp "$people/amara/amara-2.jpg" lfw/amara/amara_0002.jpg
expect 0 '"enrolled":6,"probes":6,"strangers":12,"rates":\[\{"fpir":0.003,"by":"measured",.*"by":"card"' \
    "$kin" evaluate recogniser --json lfw
"$kin" evaluate recogniser --csv lfw >one.csv
"$kin" evaluate recogniser --csv --seed 2 lfw >two.csv
"$kin" evaluate recogniser --csv --seed 2 lfw >again.csv
cmp -s one.csv two.csv && { echo "FAIL: --seed draws nothing"; failures=$((failures + 1)); }
cmp two.csv again.csv || failures=$((failures + 1))
if [ "$(wc -l <one.csv)" != 19 ] || [ "$(grep -c ',probe,' one.csv)" != 6 ] ||
    awk -F, '$3 == "probe" && $2 != $4 || $3 == "stranger" && $2 == $4' one.csv | grep .; then
    echo "FAIL: the open set's CSV"
    failures=$((failures + 1))
fi
# a photo without a face among them is missed, or no stranger's name
mv none.png lfw/amara/none.png
expect 0 '^3 people, 13 photos, 1 without a face$' "$kin" evaluate recogniser lfw
expect 0 '"missed":\{"count":1,"of":7' "$kin" evaluate recogniser --json lfw
mkdir -p few/amara
cp "$people/amara/amara-1.jpg" few/amara
expect 1 'too few people: two with two photos each' "$kin" evaluate recogniser few
expect 1 'few/amara: no folders with photos inside' "$kin" evaluate recogniser few/amara
expect 3 'amara-1.jpg: a file; expected a folder' "$kin" evaluate recogniser few/amara/amara-1.jpg
expect 4 'none.tflite: cannot open' "$kin" evaluate none.tflite few

# the closed set
models=$source/tests/cli/models
for name in Anna David nobody; do
    mkdir -p "closed/$name"
    cp "$people/chen/chen-4.jpg" "closed/$name"
done
expect 0 '^the likeliest label is right: 1 of 2, 50.00 % \(9.45 to 90.55\)$' "$kin" evaluate "$models/faces.tflite" closed
also '^one of the first five is:     2 of 2' '^3 photos, 0 without a face \(not recognized\), 1 in folders that are no label' \
    '^  David  0 of 1$'
expect 0 '"no_such_label":1,"top1":\{"count":1,"of":2,.*"name":"David","photos":1,"right":0\}' \
    "$kin" evaluate "$models/faces.tflite" --json closed
expect 0 '^closed/David/chen-4.jpg,David,Anna,0.5247,2$' "$kin" evaluate "$models/faces.tflite" --csv closed
expect 0 '^the likeliest label is right: 1 of 2' "$kin" evaluate "$models/pictures.tflite" closed
rm -r closed/Anna closed/David
expect 1 '^the likeliest label is right: 0 of 0' "$kin" evaluate "$models/faces.tflite" closed
finish
