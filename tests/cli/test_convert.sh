#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin convert: the same answers from the file that it writes, the same bytes each time; what it cannot do is said.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
photo=$source/samples/people/chen/chen-4.jpg

expect 0 '' "$kin" convert recogniser "$tmp/one.tflite"
expect 0 '' "$kin" convert "$tmp/one.tflite" "$tmp/two.tflite"
expect 0 '' "$kin" convert "$source/models/detector.tflite" "$tmp/detector.tflite"
cmp "$tmp/one.tflite" "$tmp/two.tflite" || failures=$((failures + 1))
"$kin" embed --json "$photo" | sed 's/"model":"[^"]*"//' >"$tmp/as_it_is"
"$kin" embed --json -m "$tmp/one.tflite" --detector "$tmp/detector.tflite" "$photo" | sed 's/"model":"[^"]*"//' >"$tmp/converted"
if [ ! -s "$tmp/as_it_is" ] || ! cmp "$tmp/as_it_is" "$tmp/converted"; then
    echo "FAIL: another vector from the file that was written"
    failures=$((failures + 1))
fi

expect 0 '' "$kin" convert vggface2-resnet50 "$tmp/net.tflite" --no-top --pooling avg --size 197
expect 0 '^mean .*2048\]' "$kin" summary "$tmp/net.tflite"
# its card says how it is fed: it can be learnt on, and asked
mkdir "$tmp/people"
cp -r "$source/samples/people/amara" "$source/samples/people/chen" "$tmp/people/"
cp -r "$source/samples/strangers" "$tmp/people/unknown"
set -- "$tmp/people" --base "$tmp/net.tflite" --at avg_pool --epochs 1 --variants 1 --validation 0
expect 0 '2048 numbers a face .* 6147 trained weights' "$kin" train "$@" -o "$tmp/family.tflite"
expect 0 '^trained by kin train: 6147 parameters; the other 234[0-9]* stayed as they were' "$kin" summary "$tmp/family.tflite"
expect 0 '"trained_weights":6147,' "$kin" summary --json "$tmp/family.tflite"
expect 0 '^  0\.[0-9]*  (amara|chen|unknown)' "$kin" recognize -m "$tmp/family.tflite" "$photo"
expect 0 '"embedding":\[-?0\.[0-9]' "$kin" embed --json -m "$tmp/net.tflite" "$photo"
expect 2 'net.onnx: expected a name that ends in .tflite' "$kin" convert recogniser "$tmp/net.onnx"
expect 2 'convert: --classes is for vggface-vgg16' "$kin" convert recogniser "$tmp/x.tflite" --classes 3
expect 2 'convert: --size is for vggface-vgg16' "$kin" convert recogniser "$tmp/x.tflite" --size 3
expect 2 'convert: --pooling most: expected none' "$kin" convert vggface2-resnet50 "$tmp/x.tflite" --pooling most
expect 4 'no model .nobody' "$kin" convert nobody "$tmp/x.tflite"
expect 4 "$photo: " "$kin" convert "$photo" "$tmp/x.tflite"
expect 4 'an archive of label files lies behind the model' "$kin" convert "$source/tests/cli/models/pictures.tflite" "$tmp/x.tflite"
expect 5 'nowhere' "$kin" convert recogniser "$tmp/nowhere/x.tflite"
[ ! -e "$tmp/x.tflite" ] || { echo "FAIL: something was written"; failures=$((failures + 1)); }
finish
