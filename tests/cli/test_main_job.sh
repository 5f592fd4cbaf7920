#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The main job on the sample people: enrol, identify, correct, forget.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
samples=$source/samples
cd "$tmp" || exit 1

expect 0 'amara' "$kin" enroll --from "$samples/people"
expect 0 'amara +5' "$kin" people
expect 0 'farid +5' "$kin" people
# the same again doubles nothing
expect 0 '' "$kin" enroll --from "$samples/people"
expect 0 'amara +5' "$kin" people
for name in amara bruno chen divya elena farid; do
    expect 0 "$name" "$kin" identify "$samples/family-wall.jpg"
done
# blends of faces resemble each other far more than people do (samples/README.md): as strict as scripts/demo
"$kin" identify --json "$samples/family-wall.jpg" >wall.json
[ "$(grep -o '"name":null' wall.json | wc -l)" = 2 ] || { echo "FAIL: two of the wall are strangers"; cat wall.json; failures=1; }
expect 1 'unknown' "$kin" identify "$samples/strangers"
expect 0 'same' "$kin" verify "$samples/people/chen/chen-1.jpg" "$samples/people/chen/chen-2.jpg"
expect 1 'different' "$kin" verify "$samples/people/chen/chen-1.jpg" "$samples/people/elena/elena-2.jpg"
expect 0 '' "$kin" identify -o named.png "$samples/family-wall.jpg"
[ -s named.png ] || { echo "FAIL: no annotated picture"; failures=1; }
expect 0 '' "$kin" crop -o crops "$samples/family-wall.jpg"
[ "$(find crops -name '*.png' | wc -l)" = 8 ] || { echo "FAIL: eight crops"; failures=1; }
# photos of the same name do not overwrite each other
mkdir -p a b
cp "$samples/people/chen/chen-1.jpg" a/one.jpg
cp "$samples/people/chen/chen-2.jpg" b/one.jpg
expect 0 '' "$kin" detect -o twins a b
[ "$(find twins -name 'one*.jpg' -size +0 | wc -l)" = 2 ] || { echo "FAIL: one of two photos of the same name is lost"; failures=1; }
expect 0 '' "$kin" rename chen "Chen O'Neil; DROP TABLE person"
expect 0 "Chen O'Neil" "$kin" identify "$samples/people/chen/chen-1.jpg"
expect 1 'chen' "$kin" rename chen x
expect 0 '' "$kin" forget elena
expect 1 'unknown' "$kin" identify "$samples/people/elena/elena-1.jpg"
# the same answers from any level and number of threads
"$kin" identify --json "$samples/family-wall.jpg" --threads 1 >one.json
"$kin" identify --json "$samples/family-wall.jpg" --threads 3 >three.json
cmp one.json three.json || { echo "FAIL: threads change the answer"; failures=1; }
# more threads than photos, than workers that memory allows, than cores
for people in amara "amara bruno chen divya"; do
    set --
    for person in $people; do set -- "$@" "$samples/people/$person"; done
    "$kin" embed --json --threads 1 "$@" >one.json
    for threads in 7 8 '8 --max-memory 1G'; do
        # shellcheck disable=SC2086
        "$kin" embed --json --threads $threads "$@" >many.json || true
        cmp one.json many.json || { echo "FAIL: --threads $threads changes the embeddings"; failures=1; }
    done
done
finish
