#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Command lines: help, usage errors, exit statuses.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"

expect 2 'kin VERB' "$kin"
expect 2 "no verb 'idnetify'; did you mean identify\?" "$kin" idnetify
expect 2 "did you mean identify" "$kin" help idnetify
expect 2 "no verb 'frobnicate' \(kin help" "$kin" frobnicate
expect 0 'identify +say who' "$kin" help
expect 0 'identify +say who' "$kin" --help
expect 0 'kin identify .options. PHOTO' "$kin" help identify
expect 0 '^usage: kin people .options.$' "$kin" help people
# lines are short, and a default stands whole, however long
for verb in $("$kin" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    bad=$("$kin" help "$verb" | sed '/^For example:/,$d' | sed 1d | grep -E '^.{97,}')
    [ -z "$bad" ] || { echo "FAIL: help $verb: a long line: $bad"; failures=$((failures + 1)); }
done
expect 0 'brightness=[0-9.]+.*\)' sh -c "'$kin' help train | tr -s '\n ' ' '"
expect 0 'kin identify .options. PHOTO' "$kin" -h identify
# -h anywhere helps, also behind what is wrong; behind -- it is a file
expect 0 'kin identify .options. PHOTO' "$kin" identify -h
expect 0 'kin identify .options. PHOTO' "$kin" identify a.jpg --no-such-option --help
expect 3 '^kin: -h: cannot open' "$kin" detect -- -h
expect 2 "no verb 'nothing'" "$kin" help nothing
expect 2 'identify: no option --frobnicate \(kin help identify\)' "$kin" identify --frobnicate x.jpg
expect 2 'no option --jsom; did you mean --json' "$kin" identify --jsom x.jpg
expect 2 'json takes no value' "$kin" identify --json=3 x.jpg
expect 2 'no option -z' "$kin" identify -z x.jpg
expect 2 'min-face wants a value' "$kin" detect x.jpg --min-face
expect 2 'min-face 2: expected a number' "$kin" detect --min-face 2 x.jpg
expect 2 'max-memory lots: expected a size' "$kin" detect --max-memory lots x.jpg
expect 2 'threads 1.5: expected a whole number' "$kin" detect --threads 1.5 x.jpg
expect 2 'threads 300: expected a whole number from 0 to 256' "$kin" detect --threads 300 x.jpg
# an option that would do nothing is told, not passed over
expect 2 'embed: -o is where --npy goes' "$kin" embed --csv -o x.csv x.jpg
expect 2 'crop: --size is for crops with --margin' "$kin" crop --size 50 -o x x.jpg
expect 2 'name: empty' "$kin" rename Anna ''
expect 2 'begins with a blank' "$kin" rename Anna ' Ben'
expect 2 'verify: too few arguments, expected A B' "$kin" verify x.jpg
expect 2 'too many arguments, expected A B' "$kin" verify a b c
expect 2 'people: too many arguments, expected none' "$kin" people x
# usage errors are one line
for line in idnetify 'identify' 'identify --jsom x' 'identify -m' 'detect --min-face 2 x' 'verify a' 'enroll Anna' 'crop x'; do
    # shellcheck disable=SC2086
    "$kin" $line >"$tmp/out" 2>"$tmp/said"
    if [ -s "$tmp/out" ] || [ "$(wc -l <"$tmp/said")" != 1 ]; then
        echo "FAIL: one line on standard error: kin $line"
        failures=$((failures + 1))
    fi
done
expect 2 'only one of' "$kin" detect --json --csv x.jpg
expect 2 'KIN_CPU=pentium' env KIN_CPU=pentium "$kin" version
expect 0 '^kin [0-9]+\.[0-9]+\.[0-9]+' "$kin" version
expect 0 'scalar' env KIN_CPU=scalar "$kin" version
expect 0 'conv2d' "$kin" ops
for verb in detect crop embed verify enroll people rename merge split reject ignore undo forget identify recognize doctor evaluate calibrate augment summary ops version help; do
    expect 0 "^  $verb " "$kin" help
    expect 0 'SH OPTIONS' "$kin" help "man:$verb"
done
# man pages: mandoc finds nothing to say, groff prints every line of the text
for page in kin $("$kin" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    "$kin" help "man:$page" >"$tmp/page.1"
    command -v mandoc >/dev/null && expect 0 '' mandoc -T lint "$tmp/page.1"
    command -v mandoc >/dev/null && [ -s "$tmp/said" ] && cat "$tmp/said" && failures=$((failures + 1))
done
expect 0 'TH KIN 1' "$kin" help man:kin

# completion as bash asks for it: words so far -> what may stand there
offers() {
    want=$1
    shift
    got=$(bash -c '. "$1"; shift; COMP_WORDS=(kin "$@"); COMP_CWORD=$#; _kin; echo "${COMPREPLY[*]}"' - "$tmp/completion" "$@" 2>&1)
    [ "$got" = "$want" ] || { echo "FAIL: completion of '$*' is '$got', expected '$want'"; failures=$((failures + 1)); }
}
"$kin" help completion >"$tmp/completion"
offers 'identify' id
offers '--min-face --max-memory' detect --m
offers 'verify version' help ver
offers '' identify x
offers 'mtcnn' detect x.jpg --detector m
# numbers and names on standard output, so files can be read by programs
expect 0 '^op,does,inputs' "$kin" ops --csv
expect 0 '"op":"conv2d"' "$kin" ops --json
expect 0 '^op,name,kernel,output' "$kin" summary --csv detector
expect 0 '"layers":' "$kin" summary --json detector
expect 0 '"cpu":' "$kin" version --json
expect 0 '^program,kin,[0-9.]+,Apache-2.0$' "$kin" version --csv
expect 5 'standard output' sh -c "$kin help >/dev/full"
expect 2 '--rotations 45: expected auto.none' "$kin" detect --rotations 45 x.jpg
finish
