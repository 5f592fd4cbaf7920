#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Who is in a photo, decided for all its faces together: two who are not told apart, one person once, --repeat, birthdays. Text,
# JSON, CSV and sidecars say the same.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
people=$source/samples/people
wall=$source/samples/family-wall.jpg
cd "$tmp" || exit 1
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# one person under two names: never a coin toss
chen=$people/chen/chen-3.jpg
expect 0 '' "$kin" enroll "Chen, A" "$people/chen/chen-1.jpg" "$people/chen/chen-2.jpg"
expect 0 'chen-3.jpg: +Chen, A ' "$kin" identify "$chen"
expect 0 '' "$kin" enroll 'Chen "B"' "$people/chen/chen-1.jpg" "$people/chen/chen-2.jpg"
expect 1 'chen-3.jpg: +Chen, A or Chen "B"\? ' "$kin" identify "$chen"
expect 1 '"name":null,"candidates":\[\{"name":"Chen, A","similarity":0\.[0-9]*\},\{"name":"Chen \\"B\\"","similarity":0\.[0-9]*\}\]' \
    "$kin" identify --json "$chen"
expect 1 ',"Chen, A or Chen ""B""\?",,0,$' "$kin" identify --csv "$chen"
if "$kin" help tag >/dev/null 2>&1 && "$kin" version | grep -q exempi; then
    cp "$chen" photo.jpg
    expect 1 'nobody to name' "$kin" tag photo.jpg
    [ ! -e photo.jpg.xmp ] || fail "a doubtful name is written down"
fi
# whoever is sure is named all the same
expect 0 '' "$kin" enroll Bruno "$people/bruno/bruno-1.jpg" "$people/bruno/bruno-2.jpg"
expect 0 'Bruno ' "$kin" identify "$chen" "$people/bruno/bruno-3.jpg"

# two people under one name: on the wall one of them at most is that one
book="-g wall.db"
# shellcheck disable=SC2086
{
    expect 0 '' "$kin" enroll $book Both "$people/amara/amara-1.jpg" "$people/amara/amara-2.jpg"
    expect 0 '' "$kin" enroll $book Other "$people/bruno/bruno-1.jpg" "$people/bruno/bruno-2.jpg"
    expect 0 '' "$kin" merge $book Both Other
    expect 0 '' "$kin" identify $book --threshold 0.7 --repeat "$wall"
    "$kin" identify $book --threshold 0.7 --repeat "$wall" >repeat.txt
    "$kin" identify $book --threshold 0.7 "$wall" >once.txt
    "$kin" identify $book --threshold 0.7 --json "$wall" >once.json
    "$kin" identify $book --threshold 0.7 --csv "$wall" >once.csv
}
[ "$(grep -c ': Both ' repeat.txt)" = 2 ] || { fail "--repeat: two faces are Both"; cat repeat.txt; }
named=$(grep -c ': Both ' once.txt) asked=$(grep -c ': Both? ' once.txt) taken=$(grep -c '(Both is another face)' once.txt)
[ "$named $asked $taken" = "1 0 1" ] || [ "$named $asked $taken" = "0 2 0" ] || { fail "one is Both, or both may be"; cat once.txt; }
[ "$(grep -o '"name":"Both","similarity":0.[0-9]*,"threshold"' once.json | wc -l)" = "$named" ] || fail "JSON names others than text"
[ "$(grep -o '"candidates":' once.json | wc -l)" = "$asked" ] || fail "JSON asks about others than text"
[ "$(grep -o '"taken":"Both"' once.json | wc -l)" = "$taken" ] || fail "JSON: taken"
[ "$(grep -c ',Both?,,0,$' once.csv)" = "$asked" ] || fail "CSV asks about others than text"
[ "$(grep -c ',,Both,0,$' once.csv)" = "$taken" ] || fail "CSV: taken"

# --- birthdays, and the date that a photo carries ---
# a photo of this EXIF date (DateTimeOriginal): dated "2024:07:31" IN OUT
dated() {
    {
        head -c 2 "$2"
        printf '\377\341\000\110Exif\000\000II*\000\010\000\000\000\001\000\151\207\004\000\001\000\000\000\032\000\000\000\000\000\000\000'
        printf '\001\000\003\220\002\000\024\000\000\000\054\000\000\000\000\000\000\000%s 12:00:00\000' "$1"
        tail -c +3 "$2"
    } >"$3"
}
export XDG_DATA_HOME="$tmp/dates"
expect 1 'nobody is known' "$kin" person Bruno
expect 1 'nobody is known' "$kin" person Bruno --born 2015
[ ! -e "$XDG_DATA_HOME" ] || fail "person made a gallery"
expect 0 '' "$kin" enroll Bruno "$people/bruno/bruno-1.jpg" "$people/bruno/bruno-2.jpg"
expect 0 '^Bruno  2$' "$kin" person Bruno
expect 0 '^Bruno  2  born 2015-03-02$' "$kin" person Bruno --born 2015-03-02
expect 0 '^Bruno  2  born 2015-03-02$' "$kin" people
expect 0 '^\{"name":"Bruno","faces":2,"ignored":false,"born":"2015-03-02","consent":null,"until":null\}$' "$kin" person --json Bruno
expect 0 '"people":\[\{"name":"Bruno","faces":2,"ignored":false,"born":"2015-03-02","consent":null,"until":null\}\]' "$kin" people --json
expect 0 '^Bruno,2,0,2015-03-02,,$' "$kin" person --csv Bruno
expect 1 'nobody is called "Anna"' "$kin" person Anna
expect 1 'nobody is called "Anna"' "$kin" person Anna --born 2015
for bad in 2015-02-30 soon 15 2015:03:02 '2015-03-02 12:00'; do expect 2 'expected a date such as' "$kin" person Bruno --born "$bad"; done
expect 2 'expected NAME' "$kin" person
dated 2015:03:01 "$people/bruno/bruno-3.jpg" before.jpg
dated 2016:03:01 "$people/bruno/bruno-3.jpg" after.jpg
dated 0000:00:00 "$people/bruno/bruno-3.jpg" noclock.jpg
expect 1 'unknown .*  \(Bruno was not born: photo of 2015-03-01\)$' "$kin" identify before.jpg
expect 1 '"date":"2015-03-01".*"name":null,"unborn":"Bruno"' "$kin" identify --json before.jpg
expect 1 ',,,0,Bruno$' "$kin" identify --csv before.jpg
# of a year, of a month: nobody is left out who may have been born
for when in '2015:00:00' '2015:  :  ' '2015:03:00'; do
    dated "$when" "$people/bruno/bruno-3.jpg" some-day.jpg
    expect 0 ': +Bruno' "$kin" identify some-day.jpg
    ! grep -q 'not born' "$tmp/said" || fail "$when: he may have been born"
done
dated '2015:02:00' "$people/bruno/bruno-3.jpg" some-day.jpg
expect 1 'Bruno was not born: photo of 2015-02\)' "$kin" identify some-day.jpg
dated '2014:  :  ' "$people/bruno/bruno-3.jpg" some-day.jpg
expect 1 'Bruno was not born: photo of 2014\)' "$kin" identify some-day.jpg
dated 2014:06:01 "$people/chen/chen-3.jpg" stranger.jpg # nobody whom he resembles: no word
expect 1 'unknown' "$kin" identify stranger.jpg
! grep -q 'not born' "$tmp/said" || fail "a stranger would not have been Bruno"
expect 0 ': +Bruno' "$kin" identify after.jpg
expect 0 ': +Bruno' "$kin" identify noclock.jpg
expect 0 '^Bruno  2  born 2015$' "$kin" person Bruno --born 2015
expect 0 ': +Bruno' "$kin" identify before.jpg # born some day of that year
expect 0 'took back: person Bruno$' "$kin" undo
expect 1 'unknown' "$kin" identify before.jpg
expect 0 '^Bruno,2,0,,,$' "$kin" person --csv Bruno --born none
expect 0 '"born":null' "$kin" person --json Bruno
expect 0 ': +Bruno' "$kin" identify before.jpg
# a face of long ago counts less for a child: enrolled with its date
expect 0 '' "$kin" enroll Chen "$people/chen/chen-1.jpg"
dated 2001:01:01 "$people/chen/chen-2.jpg" baby.jpg
dated 2012:01:01 "$people/chen/chen-2.jpg" boy.jpg
expect 0 '' "$kin" forget Chen
expect 0 '' "$kin" enroll Chen baby.jpg
similarity() { "$kin" identify --json "$1" | sed 's/.*"similarity":\([0-9.]*\),"threshold".*/\1/'; }
[ "$(similarity boy.jpg)" = 1.0 ] || fail "without a birthday nothing changes: $(similarity boy.jpg)"
expect 0 '' "$kin" person Chen --born 2000
[ "$(similarity boy.jpg)" = 0.424 ] || fail "a boy of 11 is not a baby: $(similarity boy.jpg)"
[ "$(similarity baby.jpg)" = 1.0 ] || fail "the baby is himself: $(similarity baby.jpg)"
finish
