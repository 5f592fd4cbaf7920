#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is written and where: pictures of -o and their permissions, forms of answers, the gallery's place, models by name.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
samples=$source/samples
photo=$samples/strangers/stranger-1.jpg
cd "$tmp" || exit 1

check() { # TEXT CONDITION...
    text=$1
    shift
    "$@" || { echo "FAIL: $text"; failures=$((failures + 1)); }
}
mode() { stat -c %a "$1"; }

# --- -o: pictures that were asked for have the user's umask, however many threads write them ---
umask 022
expect 0 '' "$kin" detect -o out/deep "$samples/people" --threads 4
check "30 pictures, JPEGs as the photos" [ "$(find out/deep -name '*.jpg' | wc -l)" = 30 ]
check "pictures are 0644 for umask 022" [ -z "$(find out/deep -type f ! -perm 0644)" ]
check "no temporary file stays" [ -z "$(find out -name '.*')" ]
check "folders are 0755 for umask 022" [ "$(mode out) $(mode out/deep)" = "755 755" ]
umask 077
expect 0 '' "$kin" crop -o private "$photo"
check "folders are 0700 for umask 077" [ "$(mode private)" = 700 ]
umask 022
expect 0 '' "$kin" detect -o one.jpg "$photo"
check "a file for one photo, a JPEG by its ending" [ "$(head -c 2 one.jpg | od -An -tx1)" = " ff d8" ]
"$kin" detect -o - "$photo" >stream.png
check "-o - is the picture and nothing else" [ "$(head -c 4 stream.png | od -An -c | tr -d ' ')" = '211PNG' ]
expect 0 '' "$kin" detect -o out/kinds stream.png "$photo"
check "in a folder a PNG stays a PNG, a JPEG a JPEG" [ "$(head -c 4 out/kinds/stream.png | tail -c 3)$(head -c 2 out/kinds/stranger-1.jpg | od -An -tx1)" = "PNG ff d8" ]
# photos are never overwritten, by whatever name they are called
cp stream.png copy.png
cp "$photo" copy.jpg
ln -s copy.jpg link.jpg
mkdir there
ln stream.png there/copy.png
expect 2 'copy.png: is one of the photos' "$kin" detect -o . copy.png
expect 2 'copy.jpg: is one of the photos' "$kin" identify -o copy.jpg copy.jpg
expect 2 'copy.jpg: is one of the photos' "$kin" detect -o "$tmp" link.jpg copy.jpg stream.png
expect 2 'there/copy.png: is one of the photos' "$kin" detect -o there stream.png copy.png
cp "$photo" crop-1.png
cp "$photo" crop.jpg
expect 2 'crop-1.png: is one of the photos' "$kin" crop -o . crop.jpg crop-1.png
expect 2 'copy.jpg: is one of the photos' "$kin" embed --npy -o copy.jpg copy.jpg
check "they are as they were" sh -c "cmp -s copy.png stream.png && cmp -s copy.jpg '$photo' && cmp -s crop-1.png '$photo'"
rm crop-1.png crop.jpg
expect 2 '^kin: -o x.gif: pictures are written as' "$kin" detect -o x.gif "$photo"
expect 2 '^kin: -o x.png: needs a folder' "$kin" detect -o x.png "$samples/strangers"
expect 2 '^kin: -o -: needs a folder' "$kin" detect -o - "$samples/strangers"
expect 2 '^kin: -o -: .*--json' "$kin" detect --json -o - "$photo"
expect 2 '^kin: -o crop.png: needs a folder' "$kin" crop -o crop.png "$photo"
check "nothing is written after a usage error" [ ! -e x.gif ] && [ ! -e x.png ] && [ ! -e crop.png ]
expect 5 'one.jpg/sub: .*no folder' "$kin" detect -o one.jpg/sub "$photo"
# what cannot be written is no unreadable input
expect 5 'nowhere/x.jpg: cannot write: its folder is not there' "$kin" detect -o nowhere/x.jpg "$photo"
expect 5 'one.jpg/x.jpg: cannot write' "$kin" identify -o one.jpg/x.jpg "$photo"
expect 5 'nowhere/x.npy: cannot be written: No such file' "$kin" embed --npy -o nowhere/x.npy "$photo"
mkfifo pipe.png
expect 5 'pipe.png: is a FIFO' "$kin" detect -o pipe.png "$photo"

# --- crops say where they are ---
expect 0 'private/stranger-1-1.png' "$kin" crop -o private "$photo"
expect 0 '"crop":"private/stranger-1-1.png"' "$kin" crop --json -o private "$photo"
expect 0 ',crop$' "$kin" crop --csv -o private "$photo"

# --- the gallery: $XDG_DATA_HOME, else ~/.local/share; for its owner only; made by enrolling only ---
expect 1 'nobody is known' "$kin" rename a b
expect 1 'nobody is known' "$kin" forget a
check "rename and forget make no gallery" [ ! -e data ]
expect 0 '"faces":1' "$kin" enroll --json Anna "$photo"
check "gallery in XDG_DATA_HOME" [ "$(mode data/kin/gallery.db) $(mode data/kin)" = "600 700" ]
expect 0 '' env -u XDG_DATA_HOME HOME="$tmp/home" "$kin" enroll Anna "$photo"
check "gallery in HOME" [ -s home/.local/share/kin/gallery.db ]
expect 0 '^Anna,1,0,,,$' "$kin" people --csv
expect 0 '"old":"Anna","new":"Ben"' "$kin" rename --json Anna Ben
expect 0 '^Ben,"Ben ""B"", too"$' "$kin" rename --csv Ben 'Ben "B", too'
expect 0 'Ben is Zoë now' sh -c "'$kin' rename 'Ben \"B\", too' Ben && '$kin' rename Ben Zoë"
"$kin" help completion >complete.bash
names=$(PATH="$build:$PATH" bash -c '. ./complete.bash; COMP_WORDS=(kin forget Z); COMP_CWORD=2; _kin; echo "${COMPREPLY[*]}"')
check "completion knows the people: '$names'" [ "$names" = "Zoë" ]
expect 0 '^name,photos,faces$' "$kin" enroll --csv Carla "$photo"
expect 0 '^Carla,1,1,1,0,2,1$' "$kin" forget --csv Carla
expect 0 '^name,photos,faces$' "$kin" enroll --csv Carla "$photo"

# --- models by name: $KIN_MODELS, then $XDG_DATA_HOME/kin/models, then inside ---
mkdir -p data/kin/models models
head -c 1000 "$source/models/detector.tflite" >data/kin/models/detector.tflite
expect 4 'data/kin/models/detector.tflite' "$kin" summary detector
expect 0 '^model +detector: kin' "$kin" version # what is inside, whatever lies there
cp "$source/models/detector.tflite" models/
expect 0 'conv2d' env KIN_MODELS="$tmp/models" "$kin" summary detector
cp "$source/models/detector.tflite" data/kin/models/mine.tflite
expect 0 'face 1' "$kin" detect --detector mine "$photo"
rm data/kin/models/detector.tflite
expect 0 'conv2d' "$kin" summary detector
mkdir detector
expect 0 'face 1' "$kin" detect --detector detector "$photo"
expect 4 "no model 'nobodys'" "$kin" detect --detector nobodys "$photo"
expect 4 'expected an embedder' "$kin" embed -m detector "$photo"

# --- verify: one document a pair, or the error in its place ---
expect 0 '^\{"files":\["[^"]*","[^"]*"\],"similarity":1.0,"threshold":0.[0-9]+,"same":true,"far":[^,]*\}$' "$kin" verify --json "$photo" "$photo"
"$kin" verify --json "$photo" missing.jpg >pair.json 2>/dev/null
check "verify: the error in the pair's place" grep -qx '{"file":"missing.jpg","error":{"status":"not found","message":"missing.jpg: cannot open: no such file"}}' pair.json

# --- people get aligned columns without colours where no terminal is; -v says what took how long ---
cp -r "$samples/strangers" "$samples/family-wall.jpg" .
expect 0 '' "$kin" forget Carla # of the same photo as Zoë
expect 0 '' "$kin" enroll --from "$samples/people"
"$kin" identify strangers family-wall.jpg >text 2>said
check "no remark about the model that taught" sh -c "! grep -q upgrade said"
check "no escape sequences in a file" sh -c "! grep -q '$(printf '\033')' text"
check "similarities in one column" [ "$(sed 's,ë,e,; s,(from.*,,' text | awk '{ print length($0) }' | sort -u | wc -l)" = 1 ]
expect 0 'stranger-1.jpg: 320 x 360, orientation 1, 1 face, [0-9]+ ms' "$kin" detect -v "$photo"
"$kin" detect "$samples" >/dev/null 2>said
check "no progress in a file" [ ! -s said ]

# --- another model (of the same numbers: a byte more) knows nobody, and says so ---
{ cat "$source/models/recogniser.tflite"; echo; } >other.tflite
expect 1 '[0-9]+ faces are of other models only, [0-9]+ of [0-9]+ people cannot be named by this one: kin gallery upgrade -m other.tflite' "$kin" identify -m other.tflite "$photo"
finish
