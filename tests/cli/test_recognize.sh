#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin recognize: a classifier's labels for faces (card) and for whole pictures (TensorFlow Lite's metadata), the three forms,
# exit statuses, and what is no classifier. The models have random weights: scripts/make-classifiers.py --check compares
# these numbers with TensorFlow's.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
cp "$source/samples/people/chen/chen-4.jpg" "$source/tests/cli/models/"*.tflite "$tmp"
cd "$tmp" || exit 1

# what is said, to the letter
same() {
    "$@" >said.txt 2>told.txt && cmp -s said.txt expected.txt && return
    echo "FAIL: $* said"
    cat said.txt told.txt
    failures=$((failures + 1))
}
cat >expected.txt <<'TEXT'
chen-4.jpg: face 1 at x   94..218  y   97..263
  0.5247  Anna
  0.2593  David
  0.0903  Ben, the younger
  0.0795  Eva
  0.0461  Chloé
TEXT
same "$kin" recognize -m faces.tflite chen-4.jpg
cat >expected.txt <<'TEXT'
file,face,x0,y0,x1,y1,score,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y,size_px,sharpness,yaw,pitch,roll,turned,rank,label,probability
chen-4.jpg,1,93.7,97.4,217.8,263,0.6324,129.7,154.4,183.6,149.2,161.5,183.8,139.3,213,184.5,208.7,124.1,0.76,4.6,5.2,-5.4,0,1,Anna,0.5247
chen-4.jpg,1,93.7,97.4,217.8,263,0.6324,129.7,154.4,183.6,149.2,161.5,183.8,139.3,213,184.5,208.7,124.1,0.76,4.6,5.2,-5.4,0,2,David,0.2593
chen-4.jpg,1,93.7,97.4,217.8,263,0.6324,129.7,154.4,183.6,149.2,161.5,183.8,139.3,213,184.5,208.7,124.1,0.76,4.6,5.2,-5.4,0,3,"Ben, the younger",0.0903
TEXT
same "$kin" recognize -m faces.tflite --top 3 --csv chen-4.jpg
cat >expected.txt <<'TEXT'
chen-4.jpg: the picture
  0.2435  Anna
TEXT
same "$kin" recognize -m pictures.tflite --top 1 chen-4.jpg
cat >expected.txt <<'TEXT'
{"file":"chen-4.jpg","width":320,"height":360,"orientation":1,"turned":0,"label":"Anna","probability":0.2435,"top":[{"label":"Anna","probability":0.2435},{"label":"Eva","probability":0.1997}]}
TEXT
same "$kin" recognize -m pictures.tflite --top 2 --json chen-4.jpg
cat >expected.txt <<'TEXT'
file,rank,label,probability
chen-4.jpg,1,Anna,0.2435
TEXT
same "$kin" recognize -m pictures.tflite --top 1 --csv chen-4.jpg
expect 0 '"faces":\[\{"box":.*"label":"Anna","probability":0.5247,"top":\[\{"label":"Anna","probability":0.5247\},.*"Chlo' "$kin" recognize -m faces.tflite --json chen-4.jpg
# more than there are labels: all of them
expect 0 '0.0461  Chlo' "$kin" recognize -m faces.tflite --top 900 chen-4.jpg

expect 2 'detector is for classifiers of faces; this one looks at whole pictures' "$kin" recognize -m pictures.tflite --detector detector chen-4.jpg

# labels from a file, and what is wrong with them
printf 'one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n' >labels.txt
expect 0 '0.5247  one$' "$kin" recognize -m faces.tflite --labels labels.txt chen-4.jpg
expect 0 '0.2435  one$' "$kin" recognize -m pictures.tflite --labels labels.txt chen-4.jpg
printf 'one\ntwo\nthree' >few.txt
expect 4 'faces.tflite: 3 labels, but the output has 5 numbers' "$kin" recognize -m faces.tflite --labels few.txt chen-4.jpg
expect 4 'none.txt: cannot open' "$kin" recognize -m faces.tflite --labels none.txt chen-4.jpg
printf 'one\n\033[31mtwo\n' >bad.txt
expect 4 'bad.txt: labels, line 2: not UTF-8 text' "$kin" recognize -m faces.tflite --labels bad.txt chen-4.jpg
: >empty.txt
expect 4 'empty.txt: labels: no line' "$kin" recognize -m faces.tflite --labels empty.txt chen-4.jpg

# what is no classifier, has no labels, or is damaged
expect 2 'recognize: -m MODEL is missing' "$kin" recognize chen-4.jpg
expect 2 'top 0: expected a whole number from 1 to 1000' "$kin" recognize -m faces.tflite --top 0 chen-4.jpg
expect 4 'recogniser: its card says an embedder, expected a classifier' "$kin" recognize -m recogniser chen-4.jpg
expect 4 'faces.tflite: its card says a classifier, expected an embedder' "$kin" identify -m faces.tflite chen-4.jpg
expect 4 "vggface2-senet50: kin knows this network's layers only, and with random weights it names nobody" "$kin" recognize -m vggface2-senet50 chen-4.jpg
expect 4 'none.tflite: cannot open' "$kin" recognize -m none.tflite chen-4.jpg
size=$(wc -c <pictures.tflite)
head -c $((size - 1)) pictures.tflite >cut.tflite
expect 4 "cut.tflite: metadata: the label file 'labels.txt' is not behind the model" "$kin" recognize -m cut.tflite chen-4.jpg
sed 's/Anna/Hans/' pictures.tflite >changed.tflite
expect 4 "changed.tflite: metadata: the archive behind the model: a file's checksum is wrong" "$kin" recognize -m changed.tflite chen-4.jpg
sed 's/"labels": /"LABELS": /' faces.tflite >unlabelled.tflite
expect 4 'unlabelled.tflite: no labels in the model: give a file with one a line \(--labels\)' "$kin" recognize -m unlabelled.tflite chen-4.jpg
expect 0 '0.5247  one$' "$kin" recognize -m unlabelled.tflite --labels labels.txt chen-4.jpg
sed 's/"softmax"/"argmaxx"/' faces.tflite >odd.tflite
expect 4 'odd.tflite: card: output.decode: "argmaxx", expected "softmax" or "logits"' "$kin" recognize -m odd.tflite chen-4.jpg

# no face is a no; unreadable photos do not stop the others
"$kin" crop --margin 0 --size 16 -o . chen-4.jpg >/dev/null
expect 1 'chen-4-1.png: no face' "$kin" recognize -m faces.tflite chen-4-1.png
expect 0 'chen-4-1.png: the picture' "$kin" recognize -m pictures.tflite chen-4-1.png
echo 'no picture' >text.jpg
expect 3 '0.5247  Anna' "$kin" recognize -m faces.tflite text.jpg chen-4.jpg
expect 3 '"error":.*"status":"unsupported"|"error"' "$kin" recognize -m pictures.tflite --json text.jpg chen-4.jpg
# many photos, one a line, in the order of the input
for i in 1 2 3 4 5 6; do cp chen-4.jpg "copy-$i.jpg"; done
"$kin" recognize -m faces.tflite --json copy-*.jpg >many.txt || failures=$((failures + 1))
[ "$(sed 's/.*"file":"\([^"]*\)".*/\1/' many.txt | tr '\n' ' ')" = 'copy-1.jpg copy-2.jpg copy-3.jpg copy-4.jpg copy-5.jpg copy-6.jpg ' ] ||
    { echo "FAIL: order of many photos"; cat many.txt; failures=$((failures + 1)); }
finish
