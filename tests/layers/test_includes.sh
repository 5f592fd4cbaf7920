#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Reads the includes of every room and fails on an arrow that points up (docs/architecture.md has the table).
set -eu
cd "${KIN_SOURCE:-.}"
status=0

# room: what it may include (its own files and kin/ always; the heart no system library but C's own)
allowed() {
    case "$1" in
    base) echo "" ;;
    os) echo "base" ;;
    kern) echo "base tests/kern/simde512.h" ;; # the tests compile AVX-512 by emulation
    nn) echo "base kern" ;;
    pixels) echo "base kern" ;;
    face) echo "base kern nn pixels" ;;
    format) echo "base nn face/card.h" ;;
    image) echo "base os pixels" ;;
    gallery) echo "base os kern" ;;
    zoo) echo "base nn" ;;
    tags) echo "base os" ;;
    api) echo "base os kern nn pixels face format image gallery zoo models" ;;
    learn) echo "base os kern nn pixels face format image gallery zoo tags api models" ;;
    app) echo "base os kern nn pixels face format image gallery zoo tags api learn models" ;;
    *) echo "?" ;;
    esac
}
heart=" base kern nn pixels face format "
standard=" assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h \
stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h time.h \
uchar.h wchar.h cpuid.h immintrin.h smmintrin.h arm_neon.h wasm_simd128.h "

for folder in src/*/; do
    room=$(basename "$folder")
    may=$(allowed "$room")
    [ "$may" != "?" ] || { echo "room $room is not in the table of tests/layers"; status=1; continue; }
    # shellcheck disable=SC2044
    for file in $(find "$folder" -name '*.[ch]' -o -name '*.inc'); do
        # shellcheck disable=SC2013
        for header in $(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file"); do
            case "$header" in
            kin/* | "$room"/*) continue ;;
            esac
            ok=
            for prefix in $may; do
                case "$header" in "$prefix" | "$prefix"/*) ok=1 ;; esac
            done
            [ -n "$ok" ] || { echo "$file includes \"$header\": $room may include: $may"; status=1; }
        done
        case "$heart" in
        *" $room "*)
            # shellcheck disable=SC2013
            for header in $(sed -n 's/^ *# *include *<\([^>]*\)>.*/\1/p' "$file"); do
                case "$standard" in
                *" $header "*) ;;
                *) case "$header" in kin/*) ;; *) echo "$file includes <$header>: the heart uses the C library only"; status=1 ;; esac ;;
                esac
            done
            ;;
        esac
    done
done
# Public headers stand alone.
if grep -n '# *include *"' include/kin/*.h | grep -vE '"(base|model|image|face|gallery|learn)\.h"'; then
    echo "include/kin includes something that is not public"
    status=1
fi
exit $status
