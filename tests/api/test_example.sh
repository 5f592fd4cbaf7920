#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The examples that people copy: README.md's program is compiled against the shared library and names who is on a photo;
# the one at the top of kin.h compiles.
set -eu
build=$(cd "${1:-build}" && pwd)
source=${KIN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
flags="-std=c11 -Wall -Wextra -pedantic -Werror -I$source/include"
case $(nm "$build/libkin.so" 2>/dev/null) in
*__asan_init*) flags="$flags -fsanitize=address,undefined" ;;
*__tsan_init*) flags="$flags -fsanitize=thread" ;;
esac

# shellcheck disable=SC2016
sed -n '/^```c$/,/^```$/p' "$source/README.md" | grep -v '^```' >example.c
# shellcheck disable=SC2086
cc $flags example.c -o example -L"$build" -lkin -Wl,-rpath,"$build"
export XDG_DATA_HOME="$tmp"
"$build/kin" enroll -q Chen "$source"/samples/people/chen/chen-[123].jpg >/dev/null
said=$(./example "$source/samples/people/chen/chen-4.jpg")
echo "$said" | grep -qx 'Chen 0\.[0-9][0-9][0-9]' || { echo "README's program says '$said', expected Chen"; exit 1; }
said=$(./example missing.jpg 2>&1)
[ "$said" = "missing.jpg: cannot open: no such file" ] || { echo "README's program says '$said' of no photo"; exit 1; }

{
    printf '#include <kin/kin.h>\n#include <stdio.h>\nint main(void)\n{\n'
    sed -n 's/^ \*     //p' "$source/include/kin/kin.h"
    printf '}\n'
} >header.c
# shellcheck disable=SC2086
cc $flags -fsyntax-only header.c
