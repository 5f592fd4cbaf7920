#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Names of people and of files that a shell, a terminal, a path or a page would stumble over: merge, split, tag, crop. The other
# verbs' names are in test_forget.sh.
# shellcheck source-path=SCRIPTDIR source=expect.sh disable=SC2016
. "$(dirname "$0")/expect.sh"
cd "$tmp" || exit 1
people=$source/samples/people
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }
escape=$(printf '\033')
quiet_terminal() { ! grep -aq "$escape" said || { fail "an escape sequence came through: $1"; head -n 3 said; }; }
good_json() { # of a command, one document a line
    command -v python3 >/dev/null || return 0
    "$@" 2>/dev/null | python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin.buffer.read().decode().splitlines()]' ||
        fail "JSON: $*"
}
tags=
"$kin" version | grep -q '^names .*exempi [0-9]' && command -v exiftool >/dev/null && tags=1

# --- people ---
cp "$people/chen/chen-1.jpg" chen.jpg
cp "$people/amara/amara-1.jpg" amara.jpg
expect 0 '' "$kin" enroll -q Bea amara.jpg
long=$(printf '%0199d' 0)é # 201 bytes
for name in "O'Neil\"; DROP TABLE person; --" '../../etc/passwd' '/etc/passwd' '<script>alert(1)</script>' ']]>&amp;<!--' '%s%n$(reboot)' '-' \
    "Zoë 山田" "${long#??????????}"; do
    expect 0 '' "$kin" enroll -q -- "$name" chen.jpg
    expect 0 '' "$kin" merge -- Bea "$name"
    grep -qF -- "$name" said || fail "merge shows $name"
    expect 0 '' "$kin" split -- Bea "$name" chen.jpg
    grep -qF -- "$name" said || fail "split shows $name"
    expect 0 '' "$kin" merge -- "$name" Bea
    expect 0 '' "$kin" split -- "$name" Bea amara.jpg
    good_json "$kin" merge --json -- "$name" Bea
    good_json "$kin" split --json -- "$name" Bea amara.jpg
    if [ "$tags" ]; then
        expect 0 '' "$kin" tag chen.jpg
        grep -qF -- "$name" said || fail "tag shows $name"
        [ "$(exiftool -s3 -b -RegionName chen.jpg.xmp)" = "$name" ] || fail "the sidecar has another name than $name: $(exiftool -s3 -RegionName chen.jpg.xmp)"
        [ "$(exiftool -s3 -b -PersonInImage chen.jpg.xmp)" = "$name" ] || fail "the sidecar has another person than $name"
        good_json "$kin" tag --json chen.jpg
        rm -f chen.jpg.xmp
    fi
    expect 0 '' "$kin" gallery check
    expect 0 '' "$kin" forget -q --force -- "$name"
done
for name in "$(printf 'a\nb')" "$(printf 'a\033[31mb')" "$(printf 'a\tb')" "$(printf '\377')" ' a' '' "$long"; do
    expect 2 'name' "$kin" split -- Bea "$name" amara.jpg
    quiet_terminal split
    for verb in 'merge Bea' 'split'; do
        # shellcheck disable=SC2086
        survive "1 2" "$kin" $verb "$name" Bea amara.jpg
        ! grep -aq "$escape" told || fail "an escape sequence came through: $verb"
    done
done
expect 0 '^Bea +1$' "$kin" people

# --- files: what is made of them lies where it should ---
for name in "$(printf 'a\nb')" "q'uo\"te" "$(printf 'a\033[31mb')" '<script>alert(1)<' "$(printf '\377\001')" '-n' '%s%n' '..' '#1'; do
    rm -rf in out
    mkdir in out
    cp amara.jpg "in/$name.jpg"
    expect 0 '' "$kin" crop -o out "in/$name.jpg"
    quiet_terminal crop
    if [ "$(find out -type f | tr '\n' . | tr -cd / | wc -c)" != 1 ] || [ ! -f "out/$name-1.png" ]; then fail "crop of $name"; fi
    good_json "$kin" crop --json -o out "in/$name.jpg"
    if [ "$tags" ]; then
        expect 0 'Bea' "$kin" tag "in/$name.jpg"
        quiet_terminal tag
        [ -f "in/$name.jpg.xmp" ] || fail "no sidecar of $name"
        good_json "$kin" tag --json "in/$name.jpg"
    fi
    expect 0 '' "$kin" split -- Bea Ben "in/../in/$name.jpg"
    quiet_terminal split
    expect 0 '' "$kin" merge -- Bea Ben
done
# the longest name there is has no room for more
long=$(printf '%0251d' 0)
cp amara.jpg "in/$long.jpg"
expect 5 "$long.*too long" "$kin" crop -o out "in/$long.jpg"
[ -z "$tags" ] || expect 3 'too long' "$kin" tag "in/$long.jpg"
[ -z "$(find out in -name '.kin-*')" ] || fail "a temporary file is left"
[ -z "$(find . -name 'passwd*')" ] || fail "a name became a path"
finish
