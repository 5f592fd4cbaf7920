#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Forgetting leaves nothing: every file of the data folder is searched for the name, vectors and pictures afterwards. Names that
# would like to be more than names. Private modes, two enrolments at once.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
cd "$tmp" || exit 1
complain() { echo "FAIL: $*"; failures=$((failures + 1)); }
# Whether a file of the data folder holds the bytes given in hexadecimal.
held() { find data -type f -exec cat {} + | od -An -v -tx1 | tr -d ' \n' | grep -q "$1"; }
hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }

# --- two enrolments at once both land; folder 0700, files 0600 ---
"$kin" enroll -q 'Zacharias Quux' "$people/chen" >one 2>&1 &
first=$!
"$kin" enroll -q elena "$people/elena" >two 2>&1 &
second=$!
wait "$first" || complain "the first of two enrolments: $(cat one)"
wait "$second" || complain "the second of two enrolments: $(cat two)"
expect 0 'Zacharias Quux +5' "$kin" people
expect 0 'elena +5' "$kin" people
[ "$(stat -c %a data/kin)" = 700 ] || complain "the data folder is private"
[ -z "$(find data -type f ! -perm 600)" ] || complain "the data's files are private"

# --- nothing stays: in rejections of others, in an upgrade that is under way, in the journal ---
{ cat "$source/models/recogniser.tflite"; echo; } >other.tflite
expect 0 '' "$kin" reject elena "$people/chen/chen-1.jpg"
expect 0 '' "$kin" gallery upgrade -m other.tflite
expect 0 '' "$kin" rename 'Zacharias Quux' 'Zacharias Xyzzy'
if command -v sqlite3 >/dev/null; then
    sqlite3 data/kin/gallery.db "SELECT substr(hex(vector), 1, 64) FROM embedding JOIN face f ON f.id = face JOIN person p ON p.id = f.person
        WHERE p.name LIKE 'Zach%'; SELECT substr(hex(picture), 401, 64) FROM crop JOIN face f ON f.id = face JOIN person p ON p.id = f.person
        WHERE p.name LIKE 'Zach%'" | tr 'A-F' 'a-f' >secrets
    [ "$(wc -l <secrets)" = 15 ] || complain "ten vectors and five pictures to look for"
fi
held "$(hex Xyzzy)" || complain "the search finds what is there"
expect 0 'forgot Zacharias Xyzzy: 5 faces, 12 vectors, 6 crops, 1 rejections, [1-9][0-9]* rows of the journal; cannot be undone' \
    "$kin" forget 'Zacharias Xyzzy'
for word in Zacharias Xyzzy Quux chen-1; do
    ! held "$(hex "$word")" || complain "$word is still in a file"
done
[ ! -f secrets ] || while read -r bytes; do
    ! held "$bytes" || complain "a vector or picture is still in a file"
done <secrets
expect 0 'elena +5' "$kin" people
expect 0 'sound' "$kin" gallery check
expect 0 '"name":"elena","faces":5,"vectors":10,"crops":5,"rejections":0,"journal_rows":[0-9]+,"purged":true' "$kin" forget --json elena

# --- names are names, nothing else ---
quiet_json() { "$@" --json 2>/dev/null | python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]'; }
# shellcheck disable=SC2016 # not to be expanded
for name in "O'Neil\"; DROP TABLE person; --" '../../etc/passwd' '<script>alert(1)</script>' '%s%n$(reboot)' '-' "Zoë 山田"; do
    expect 0 '' "$kin" enroll -- "$name" "$people/chen"
    expect 0 '' "$kin" people
    grep -qF -- "$name" said || complain "people shows $name"
    expect 0 '' "$kin" identify "$people/chen/chen-2.jpg"
    grep -qF -- "$name" said || complain "identify shows $name"
    if command -v python3 >/dev/null; then
        quiet_json "$kin" people || complain "people --json with $name"
        quiet_json "$kin" identify "$people/chen/chen-2.jpg" || complain "identify --json with $name"
        quiet_json "$kin" doctor || complain "doctor --json with $name"
    fi
    expect 0 '' "$kin" rename -- "$name" other
    expect 0 '' "$kin" rename -- other "$name"
    expect 0 '' "$kin" gallery check
    cp "$people/chen/chen-2.jpg" tagged.jpg
    expect 0 '' "$kin" identify -o out.png tagged.jpg
    expect 0 '' "$kin" forget -- "$name"
    rm -f tagged.jpg out.png
done
[ -z "$(find . -name passwd)" ] || complain "a name became a path"
for name in "$(printf 'a\nb')" "$(printf 'a\033[31mb')" "$(printf 'a\tb')" "$(printf '\377')" ' a' ''; do
    expect 2 'name' "$kin" enroll -- "$name" "$people/chen"
    ! grep -q "$(printf '\033')" said || complain "an escape sequence came through"
done
finish
