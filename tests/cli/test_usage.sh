#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Command lines: help, usage errors, exit statuses.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"

expect 2 'kin VERB' "$kin"
expect 2 "no verb 'idnetify'" "$kin" idnetify
expect 0 'identify +say who' "$kin" help
expect 0 'identify +say who' "$kin" --help
expect 0 'kin identify PHOTO' "$kin" help identify
expect 0 'kin identify PHOTO' "$kin" identify -h
expect 2 "no verb 'nothing'" "$kin" help nothing
expect 2 'no option --frobnicate' "$kin" identify --frobnicate x.jpg
expect 2 'no option -z' "$kin" identify -z x.jpg
expect 2 'min-face wants a value' "$kin" detect x.jpg --min-face
expect 2 'min-face 2: expected a number' "$kin" detect --min-face 2 x.jpg
expect 2 'max-memory lots: expected a size' "$kin" detect --max-memory lots x.jpg
expect 2 'too few' "$kin" verify x.jpg
expect 2 'too many' "$kin" verify a b c
expect 2 'only one of' "$kin" detect --json --csv x.jpg
expect 2 'KIN_CPU=pentium' env KIN_CPU=pentium "$kin" version
expect 0 '^kin [0-9]+\.[0-9]+\.[0-9]+' "$kin" version
expect 0 'scalar' env KIN_CPU=scalar "$kin" version
expect 0 'conv2d' "$kin" ops
expect 0 'TH KIN 1' "$kin" help man:kin
for verb in $("$kin" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    expect 0 'SH OPTIONS' "$kin" help "man:$verb"
done
"$kin" help completion >"$tmp/completion" && expect 0 'identify' bash -c ". $tmp/completion; COMP_WORDS=(kin id); COMP_CWORD=1; _kin; echo \${COMPREPLY[@]}"
expect 5 'standard output' sh -c "$kin help >/dev/full"
finish
