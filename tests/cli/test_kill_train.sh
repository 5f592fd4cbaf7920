#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin train, killed at random moments and taken up again: the file in the end is, bit for bit, that of an unbroken run. Ctrl-C
# leaves a checkpoint and says so. KIN_KILLS: how many kills (6).
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1
"$kin" version | grep -q recogniser || { echo "no models inside"; exit 77; }
for who in amara chen; do
    mkdir -p crops/$who
    "$kin" crop -q "$source/samples/people/$who"/*.jpg -o crops/$who >/dev/null || exit 1
done
teach() { # FILE [OPTION...]
    file=$1
    shift
    ${as:-} "$kin" train crops -o "$file" --loss 'arcface scale=16' --fine-tune 2 --epochs 60 --batch 4 --minutes 0.001 \
        --augment 'flip rotation=15' "$@" >said.txt 2>&1
}
teach whole.tflite || { cat said.txt; exit 1; }
[ -e whole.tflite.checkpoint ] && { echo "FAIL: a checkpoint was left"; failures=$((failures + 1)); }

kills=0 resumed=0
while [ $kills -lt "${KIN_KILLS:-6}" ]; do
    resume=
    [ -e broken.tflite.checkpoint ] && resume=--resume && resumed=$((resumed + 1))
    # shellcheck disable=SC2086
    as='exec' teach broken.tflite $resume & # what runs is the child itself
    child=$!
    sleep "$(awk -v seed=$((kills + $$)) 'BEGIN { srand(seed); printf "%.2f", 0.05 + 0.8 * rand() }')"
    kill -9 $child 2>/dev/null
    wait $child
    [ $? = 137 ] && kills=$((kills + 1))
    if [ -e broken.tflite ]; then
        cmp -s whole.tflite broken.tflite || { echo "FAIL: other bits after $resumed resumes"; failures=$((failures + 1)); }
        rm -f broken.tflite
    fi
done
resume=
[ -e broken.tflite.checkpoint ] && resume=--resume
# shellcheck disable=SC2086
teach broken.tflite $resume || { cat said.txt; failures=$((failures + 1)); }
cmp whole.tflite broken.tflite || failures=$((failures + 1))
echo "$kills kills, $resumed resumes"

# --- Ctrl-C, a checkpoint of something else, a damaged one ---
"$kin" train crops -o long.tflite --loss arcface --fine-tune 2 --epochs 100000 --batch 4 --minutes 0.001 >said.txt 2>&1 &
child=$!
while kill -0 $child 2>/dev/null && ! [ -e long.tflite.checkpoint ]; do sleep 0.05; done
kill -INT $child
wait $child
status=$?
[ $status = 130 ] || { echo "FAIL: status $status after Ctrl-C"; failures=$((failures + 1)); }
grep -q 'broken off at step .*--resume goes on from there' said.txt || { echo "FAIL: Ctrl-C says"; cat said.txt; failures=$((failures + 1)); }
[ "$(stat -c %a long.tflite.checkpoint)" = 600 ] || { echo "FAIL: the checkpoint is not private"; failures=$((failures + 1)); }
expect 2 'of another training' "$kin" train crops -o long.tflite --loss arcface --fine-tune 2 --epochs 99 --batch 4 --resume
printf 'x' | dd of=long.tflite.checkpoint bs=1 seek=5000 conv=notrunc 2>/dev/null
expect 4 'the checkpoint is damaged' "$kin" train crops -o long.tflite --loss arcface --fine-tune 2 --epochs 100000 --batch 4 --resume
expect 4 'no such file' "$kin" train crops -o other.tflite --loss arcface --fine-tune 2 --epochs 5 --batch 4 --resume
finish
