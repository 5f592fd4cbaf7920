#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What people agreed to, and until when: told, warned of behind that day, acted on by forget --expired.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
cd "$tmp" || exit 1
complain() { echo "FAIL: $*"; failures=$((failures + 1)); }
silent() { ! grep -q 'consent is over' said || complain "a warning: $*"; }

expect 0 '' "$kin" enroll --from "$people" -q
expect 1 "nobody's consent is over" "$kin" forget --expired
expect 0 '^chen  5  consent by mail; not on the web  until 2199-12-31$' \
    "$kin" person chen --consent 'by mail; not on the web' --until 2199
expect 0 '^\{"name":"chen","faces":5,"ignored":false,"born":null,"consent":"by mail; not on the web","until":"2199-12-31"\}$' \
    "$kin" person --json chen
expect 0 '^name,faces,ignored,born,consent,until$' "$kin" people --csv
expect 0 '^chen,5,0,,by mail; not on the web,2199-12-31$' "$kin" people --csv
expect 0 'chen +5  consent by mail; not on the web  until 2199-12-31$' "$kin" people
silent 'the day lies ahead'
# one change, taken back at once; nothing of a bad line is done
expect 0 'took back: person chen$' "$kin" undo
expect 0 '^chen,5,0,,,$' "$kin" person --csv chen
expect 2 'expected a date such as' "$kin" person chen --consent new --until soon
expect 2 'consent "a.?b": holds a control character' "$kin" person chen --consent "$(printf 'a\033b')" --until 2030
expect 2 'longer than 200 bytes' "$kin" person chen --consent "$(printf '%0201d' 1)"
expect 2 'consent wants a value|--consent : expected a value' "$kin" person chen --consent ''
expect 0 '^chen,5,0,,,$' "$kin" person --csv chen

# --- over: a word on standard error, the name all the same ---
expect 0 '' "$kin" person bruno --until 2020-02 --consent 'for the "summer, 2019" album'
expect 0 '"until":"2020-02-29"' "$kin" person --json bruno
expect 0 '' "$kin" person elena --until 2021
expect 0 '' "$kin" person chen --until 2199
photo=$people/bruno/bruno-1.jpg
word='^kin: consent is over: bruno \(2020-02-29\), elena \(2021-12-31\): kin person NAME --until DATE, or kin forget --expired$'
expect 0 "$word" "$kin" identify "$photo"
grep -q ': bruno ' said || complain "the name is not said any more"
for verb in people doctor; do
    expect "$([ $verb = doctor ] && echo 1 || echo 0)" "$word" "$kin" $verb
    [ "$(grep -c 'consent is over' said)" = 1 ] || complain "$verb: one line"
    "$kin" $verb --json 2>/dev/null >said
    silent "$verb --json on standard output"
    "$kin" $verb -q >said 2>&1
    silent "$verb -q"
done
"$kin" identify --json "$photo" "$people/elena/elena-1.jpg" 2>told >said
silent 'identify --json on standard output'
[ "$(grep -c 'consent is over' told)" = 1 ] || complain "identify: one line a run"
expect 0 '' "$kin" identify -q "$photo"
silent 'identify -q'
expect 0 '^bruno,5,0,,"for the ""summer, 2019"" album",2020-02-29$' "$kin" person --csv bruno

# --- merged: the earlier end stays; split: the new one has said nothing ---
expect 0 '' "$kin" merge chen bruno
expect 0 '^chen  10  consent for the "summer, 2019" album  until 2020-02-29$' "$kin" person chen
expect 0 '' "$kin" undo
expect 0 '^chen  5  until 2199-12-31$' "$kin" person chen
expect 0 '' "$kin" split bruno Nora "$photo"
expect 0 '^Nora  1$' "$kin" person Nora
expect 0 '' "$kin" undo

# --- exported, imported: what is known here stands ---
expect 0 '' "$kin" gallery export out.tar
expect 0 '' "$kin" enroll -q -g in.db bruno "$photo"
expect 0 '' "$kin" person -g in.db bruno --until 2190
expect 0 '' "$kin" gallery import -g in.db out.tar
expect 0 '^bruno  5  consent for the "summer, 2019" album  until 2190-12-31$' "$kin" person -g in.db bruno
expect 0 '^elena  5  until 2021-12-31$' "$kin" person -g in.db elena
expect 0 '' "$kin" gallery backup copy.db
expect 0 "$word" "$kin" people -g copy.db

# --- forgotten, with a receipt each ---
expect 2 'expected NAME or --expired' "$kin" forget
expect 2 'expected NAME or --expired' "$kin" forget --expired bruno
expect 0 '^forgot bruno: 5 faces, 5 vectors, 5 crops, 0 rejections, [1-9][0-9]* rows of the journal; cannot be undone$' \
    "$kin" forget --expired
grep -q '^forgot elena: 5 faces' said || complain "a receipt for each"
expect 1 'nobody is called "bruno"' "$kin" person bruno
expect 0 '^chen ' "$kin" people
silent 'nobody is left whose time is over'
expect 1 "nobody's consent is over" "$kin" forget --expired
[ -z "$(find data -type f -exec grep -l 'summer, 2019' {} +)" ] || complain "what they agreed to is still in a file"
expect 0 '^\{"name":"bruno","faces":5,.*"purged":true\}$' "$kin" forget --expired --json -g copy.db
[ "$(wc -l <said)" = 2 ] || complain "a document a person"
expect 1 'nobody is known' "$kin" forget --expired -g none.db
[ ! -e none.db ] || complain "forget made a gallery"
# and after it is over comes another day
expect 0 '' "$kin" person chen --until 2020
expect 0 'consent is over: chen' "$kin" people
expect 0 '^chen  5$' "$kin" person chen --until none
expect 0 '' "$kin" people
silent 'an end that was taken back'
finish
