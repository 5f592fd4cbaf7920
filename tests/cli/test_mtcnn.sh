#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin ... --detector mtcnn: what is said where its files are missing or wrong; with those of $KIN_SHARED (default ../shared)
# the package's test photo and every verb that finds faces; with a Python that has TensorFlow in $KIN_TF_PYTHON, the files
# that scripts/make-mtcnn.py makes.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
photo=$source/samples/people/amara/amara-1.jpg
unset KIN_MODELS

# --- no files ---
expect 4 "^kin: no model 'mtcnn': .* belong into $tmp/data/kin/models/mtcnn \(scripts/make-mtcnn.py makes them\)$" \
    "$kin" detect --detector mtcnn "$photo"
expect 4 "belong into $tmp/m/mtcnn " env KIN_MODELS="$tmp/m" "$kin" detect --detector mtcnn "$photo"
expect 0 "^model +mtcnn: not here; its files belong into $tmp/m/mtcnn$" env KIN_MODELS="$tmp/m" "$kin" version
expect 0 '"mtcnn":null' "$kin" version --json
mkdir -p "$tmp/m/mtcnn"
expect 4 "^kin: $tmp/m/mtcnn: no pnet.tflite in it; .*pnet.tflite, rnet.tflite and onet.tflite" \
    env KIN_MODELS="$tmp/m" "$kin" detect --detector mtcnn "$photo"
# networks that are none of MTCNN's: a card that says so, shapes that do not fit
for name in pnet rnet onet; do cp "$source/models/detector.tflite" "$tmp/m/mtcnn/$name.tflite"; done
expect 4 "mtcnn/pnet.tflite: card: output.decode: \"ssd\", expected \"mtcnn\"" "$kin" detect --detector "$tmp/m/mtcnn" "$photo"
expect 4 'no pnet.tflite in it' "$kin" detect --detector "$tmp" "$photo"

shared=${KIN_SHARED:-$source/../shared}/weights/mtcnn
if [ ! -f "$shared/onet.tflite" ]; then
    finish
    echo "no $shared/onet.tflite: the networks themselves were not tried"
    exit 77
fi

# --- the files as an app ships them, without a card ---
files() { # each into a folder of its own, so that they can be mixed up
    rm -rf "$tmp/m/mtcnn"
    mkdir -p "$tmp/m/mtcnn"
    cp "$shared/$1" "$tmp/m/mtcnn/pnet.tflite"
    cp "$shared/$2" "$tmp/m/mtcnn/rnet.tflite"
    cp "$shared/$3" "$tmp/m/mtcnn/onet.tflite"
}
files onet.tflite rnet.tflite onet.tflite
expect 4 "^kin: $tmp/m/mtcnn: pnet.tflite: " "$kin" detect --detector "$tmp/m/mtcnn" "$photo"
files pnet.tflite pnet.tflite onet.tflite
expect 4 "^kin: $tmp/m/mtcnn: rnet.tflite: no output is float32 \[1, 2\]" "$kin" detect --detector "$tmp/m/mtcnn" "$photo"
files pnet.tflite rnet.tflite rnet.tflite
expect 4 "^kin: $tmp/m/mtcnn: onet.tflite: " "$kin" detect --detector "$tmp/m/mtcnn" "$photo"
files pnet.tflite rnet.tflite onet.tflite
head -c 20000 "$shared/onet.tflite" >"$tmp/m/mtcnn/onet.tflite"
expect 4 "mtcnn/onet.tflite: " "$kin" detect --detector "$tmp/m/mtcnn" "$photo"
files pnet.tflite rnet.tflite onet.tflite
export KIN_MODELS="$tmp/m"
expect 0 "^model +mtcnn: in $tmp/m/mtcnn$" "$kin" version
cd "$tmp" || exit 1 # a folder of that name where one stands changes nothing
mkdir mtcnn
expect 0 'face 1 ' "$kin" detect --detector mtcnn "$photo"
expect 2 'min-face 3: expected a number' "$kin" detect --detector mtcnn --min-face 3 "$photo"
expect 0 '"faces":\[\{' "$kin" detect --detector mtcnn --json "$photo"
expect 0 '' "$kin" crop --detector mtcnn -o "$tmp/crops" "$photo"
expect 0 '"embedding":\[' "$kin" embed --detector mtcnn --json "$photo"
expect 0 'same' "$kin" verify --detector mtcnn "$photo" "$source/samples/people/amara/amara-2.jpg"
expect 0 '' "$kin" enroll --detector mtcnn -g "$tmp/g.db" Amara "$photo" "$source/samples/people/amara/amara-2.jpg"
expect 0 'Amara' "$kin" identify --detector mtcnn -g "$tmp/g.db" "$source/samples/people/amara/amara-3.jpg"
"$kin" detect --detector mtcnn --json --min-face 20 "$source/samples/family-wall.jpg" >"$tmp/all"
for threads in 1 2 5; do # the same bytes
    "$kin" detect --detector mtcnn --json --min-face 20 --threads $threads "$source/samples/family-wall.jpg" | cmp -s - "$tmp/all" || {
        echo "FAIL: $threads threads find something else"
        failures=$((failures + 1))
    }
done

# nobody is turned where all stand upright; tiles find the same faces, to a few pixels of their own scale
"$kin" detect --detector mtcnn --json --min-face 20 --rotations auto "$source/samples/family-wall.jpg" |
    cmp -s - "$tmp/all" || { echo "FAIL: --rotations auto changes upright faces"; failures=$((failures + 1)); }
expect 0 'face 8 ' "$kin" detect --detector mtcnn --small --min-face 20 "$source/samples/family-wall.jpg"

# --- the package's photo: [277, 90, 48, 63] and five points were published for it with red and blue exchanged ---
photos=${KIN_SHARED:-$source/../shared}/data/photos.tar
if [ -f "$photos" ]; then
    tar xf "$photos" -C "$tmp" photos/mtcnn/ivan.jpg photos/mtcnn/no-faces.jpg
    ivan='"box":\[277\.[0-9],9[0-9]\.[0-9],32[67]\.[0-9],15[45]\.[0-9]\],"score":[01.9]+,"points":\{"left_eye":\[29[01]\.[0-9],11[67]\.[0-9]\],'
    ivan=$ivan'"right_eye":\[314\.[0-9],115\.[0-9]\],"nose":\[30[34]\.[0-9],13[01]\.[0-9]\],"mouth_left":\[29[67]\.[0-9],143\.[0-9]\],'
    expect 0 "$ivan" "$kin" detect --detector mtcnn --min-face 20 --json "$tmp/photos/mtcnn/ivan.jpg"
    expect 1 'no face' "$kin" detect --detector mtcnn "$tmp/photos/mtcnn/no-faces.jpg"
fi

# --- the files as the script makes them ---
if [ -n "${KIN_TF_PYTHON:-}" ]; then
    TF_CPP_MIN_LOG_LEVEL=3 expect 0 'onet.tflite: .* 17 layers compared' "$KIN_TF_PYTHON" "$source/scripts/make-mtcnn.py" \
        --from "$shared" --to "$tmp/made/mtcnn"
    expect 4 'one of MTCNN.s three networks' "$kin" detect --detector "$tmp/made/mtcnn/onet.tflite" "$photo"
    expect 0 'conv2d' "$kin" summary "$tmp/made/mtcnn/pnet.tflite"
    KIN_MODELS=$tmp/made "$kin" detect --detector mtcnn --json --min-face 20 "$source/samples/family-wall.jpg" >"$tmp/made.json"
    cmp "$tmp/made.json" "$tmp/all" || failures=$((failures + 1))
fi
finish
