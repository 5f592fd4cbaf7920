#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin train: a folder a person becomes a classifier that kin recognize runs; the same seed gives the same file on any number of
# threads; what cannot be is said.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1
mkdir -p people/unknown
cp -r "$source/samples/people/amara" "$source/samples/people/chen" people/
cp "$source"/samples/strangers/*.jpg people/unknown/
"$kin" version | grep -q recogniser || { echo "no models inside"; exit 77; }

# --- it learns ---
expect 0 ', 771 trained weights' "$kin" train people -o family.tflite --validation 0 --epochs 40 --variants 2 --threads 1
expect 0 'amara +5' "$kin" train people -o again.tflite --validation 0 --epochs 40 --variants 2 --threads 2
cmp -s family.tflite again.tflite || { echo "FAIL: another file with two threads"; failures=$((failures + 1)); }
expect 0 '' "$kin" train people -o other.tflite --validation 0 --epochs 40 --variants 2 --seed 2
cmp -s family.tflite other.tflite && { echo "FAIL: the same file with another seed"; failures=$((failures + 1)); }
expect 0 '0\.[5-9][0-9]*  (amara|1)' "$kin" recognize -m family.tflite --top 1 people/amara/*.jpg
for who in amara chen; do
    "$kin" recognize -m family.tflite --top 1 people/$who/*.jpg 2>/dev/null | grep -c "  $who\$" >right.txt
    [ "$(cat right.txt)" -ge 2 ] || { echo "FAIL: $who is recognised $(cat right.txt) times"; failures=$((failures + 1)); }
done
expect 0 '"labels":\["amara","chen","unknown"\]' grep -ao '"labels":[^]]*]' family.tflite

# --- what is told ---
expect 0 '^\{"model":"v.tflite","base":"recogniser","features":256,"trained_weights":771,"people":\[\{"name":"amara","pictures":' \
    "$kin" train people -o v.tflite --json --epochs 2 --variants 1 --validation 0.3
# fewer pictures than a batch: all of them are one
expect 0 "trained weights" "$kin" train people -o v.tflite --fine-tune 2 --tune-epochs 1 --epochs 1 --variants 1 --validation 0
expect 0 "trained weights" "$kin" train people -o v.tflite --loss triplet --fine-tune 2 --epochs 1
expect 0 'epoch 2 of 2: loss' "$kin" train people -o v.tflite -v --epochs 2 --augment none --optimiser 'sgd momentum=0.9' --schedule cosine
expect 0 '128 numbers a face' "$kin" train people -o deep.tflite --epochs 1 --variants 1 --at "$("$kin" summary --csv recogniser | tail -n 1 | cut -d, -f2)"

# --- the history, and when to stop: the best epoch's weights are those of a training that ended there ---
set -- people --validation 0.3 --variants 2 --optimiser sgd --rate 0.6
expect 0 '' "$kin" train "$@" -o best.tflite --epochs 200 --patience 3 --csv
cp said history.csv
expect 0 '^part,epoch,seconds,loss,accuracy,validation,validation_loss,spread,rate$' head -n 1 history.csv
best=$(tail -n +2 history.csv | sort -t , -g -k 7,7 -k 2,2 | head -n 1 | cut -d , -f 2)
rows=$(($(wc -l <history.csv) - 1))
if [ "$rows" -ne $((best + 3)) ] || [ "$rows" -ge 200 ]; then
    echo "FAIL: $rows epochs, the best was $best"
    failures=$((failures + 1))
fi
expect 0 "of $rows epochs the best was the $best" "$kin" train "$@" -o best.tflite --epochs 200 --patience 3
expect 0 'who +pictures +found +named rightly' "$kin" train "$@" -o ended.tflite --epochs "$best"
cmp -s best.tflite ended.tflite || { echo "FAIL: the weights are not those of epoch $best"; failures=$((failures + 1)); }
expect 0 '"precision":(null|[01][.0-9]*),"recall":.*"history":\[\{"part":"top","epoch":1,"seconds":' "$kin" train "$@" -o ended.tflite --epochs 2 --json
# a folder of its own for validation: nobody's pictures are put aside, whom nobody was taught is passed over
mkdir -p later/amara later/elena
mv people/amara/amara-4.jpg people/amara/amara-5.jpg later/amara/
cp "$source"/samples/people/elena/elena-1.jpg later/elena/
expect 0 'amara +5 +[012] of 2 ' "$kin" train people -o later.tflite --validation later --epochs 5 --variants 1
expect 0 'later: passed over 1 picture of people who are not trained .elena' "$kin" train people -o later.tflite --validation later --epochs 1
mv later/amara/* people/amara/
expect 3 'nowhere' "$kin" train people -o x.tflite --validation nowhere
expect 2 'validation 1: expected a part from 0 to 0.9, or a folder' "$kin" train people -o x.tflite --validation 1
expect 2 'validation DIR is for classifiers' "$kin" train people -o x.tflite --validation later --loss triplet
expect 2 'wants pictures for --validation' "$kin" train people -o x.tflite --patience 3 --validation 0
expect 2 '--patience is for a new top' "$kin" train people -o x.tflite --patience 3 --loss triplet
expect 0 'the embeddings have collapsed' "$kin" train people -o fallen.tflite --loss 'contrastive margin=0.0001' --rate 0.05 --epochs 8 --batch 8
expect 0 '^network,2,[0-9.]*,[0-9.]*,,,,[0-9.]+,0.001$' "$kin" train people -o own.tflite --loss 'arcface scale=16' --epochs 2 --batch 8 --csv

# --- within --max-memory: the same file from less memory, else a word on how much is needed, before anything begins ---
cat >arcface <<END
exec "$kin" train people -o "\$1" --loss 'arcface scale=16' --epochs 1 --batch 12 --threads 1 --max-memory "\$2"
END
expect 0 '3115008 trained weights' sh arcface free.tflite 2G
expect 5 'training with batches of 12 needs more memory than the limit of 110M: smaller batches' sh arcface x.tflite 110M
expect 5 'training with batches of 12 needs [0-9]+M of memory, the limit is 150M: smaller batches' sh arcface x.tflite 150M
needed=$(sed 's/.* needs \([0-9]*M\) of .*/\1/' said)
expect 0 '' sh arcface tight.tflite "$needed"
expect 5 '^kin: training with batches of 10 needs' "$kin" train people -o x.tflite --fine-tune 99 --batch 12 --max-memory 150M -q
expect 4 "no layer 'nowhere'" "$kin" train people -o x.tflite --fine-tune nowhere
cmp -s free.tflite tight.tflite || { echo "FAIL: another file within $needed"; failures=$((failures + 1)); }

# --- what cannot be ---
expect 2 'train: -o MODEL.tflite is missing' "$kin" train people
expect 2 'that is a folder' "$kin" train people -o people
expect 2 "expected sgd, rmsprop, adam or adamw" "$kin" train people -o x.tflite --optimiser adagrad
expect 2 "loss: 'hinge'" "$kin" train people -o x.tflite --loss hinge
expect 4 "no layer 'nowhere'" "$kin" train people -o x.tflite --at nowhere
expect 4 'detector' "$kin" train people -o x.tflite --base detector
expect 4 'nobody.tflite' "$kin" train people -o x.tflite --base nobody.tflite
expect 3 'nowhere' "$kin" train nowhere -o x.tflite
mkdir empty
expect 1 '' "$kin" train empty -o x.tflite
mkdir -p alone && cp -r people/amara alone/
expect 2 'at least 2' "$kin" train alone -o x.tflite
mkdir -p pair/anna pair/ben && cp people/amara/amara-1.jpg pair/anna/ && cp people/chen/chen-1.jpg people/chen/chen-2.jpg pair/ben/
expect 2 "two people with two pictures each" "$kin" train pair -o x.tflite --loss triplet
expect 5 '' "$kin" train people -o no/such/folder/x.tflite --epochs 1 --variants 1
expect 5 'memory limit' "$kin" train people -o x.tflite --max-memory 20M
[ ! -e x.tflite ] || { echo "FAIL: a file was left behind"; failures=$((failures + 1)); }
finish
