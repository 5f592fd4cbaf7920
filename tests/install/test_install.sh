#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs under a folder of its own: everything is there and knows nothing of the source and build folders; programs in
# C11 and C++17 build by pkg-config, against either library, and embed a photo.
set -eu
build=$(cd "${1:-build}" && pwd)
source=${KIN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
photo=$source/samples/people/chen/chen-1.jpg
! grep -q '^KIN_SANITIZE:STRING=.' "$build/CMakeCache.txt" || { echo "skipped: sanitizers are not for installing"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

# As a packager does it (DESTDIR), then where it will stand.
DESTDIR=$tmp/dest cmake --install "$build" --prefix "$tmp/kin" --strip >"$tmp/log" || { cat "$tmp/log"; exit 1; }
[ ! -e "$tmp/kin" ] || fail "DESTDIR was passed over"
mv "$tmp/dest$tmp/kin" "$tmp/kin"
cd "$tmp"
lib=$(dirname "$(find kin -name libkin.a)")
for file in bin/kin include/kin/kin.h share/man/man1/kin.1 share/man/man1/kin-identify.1 \
    share/bash-completion/completions/kin share/doc/kin/LICENSE share/doc/kin/LICENCE.models; do
    [ -s "kin/$file" ] || fail "no $file"
done
abi=$(sed -n 's/^#define KIN_ABI //p' "$source/include/kin/base.h")
for file in libkin.a libkin.so "libkin.so.$abi" pkgconfig/kin.pc; do [ -s "$lib/$file" ] || fail "no $lib/$file"; done
for file in kin/bin/kin "$lib/libkin.so" "$lib/libkin.a" "$lib/pkgconfig/kin.pc"; do
    ! grep -qaF -e "$source" -e "$build" "$file" || fail "$file names the folders that it was made in"
done
! readelf -d kin/bin/kin "$lib/libkin.so" | grep -E 'R(UN)?PATH' || fail "a search path is built in"
! readelf -lW kin/bin/kin "$lib/libkin.so" | grep 'GNU_STACK.*E' || fail "an executable stack"
kin/bin/kin detect "$photo" >said 2>&1 || { cat said; fail "the installed command does not run"; }

export PKG_CONFIG_PATH="$tmp/$lib/pkgconfig"
prove() { # how, compiler and options
    how=$1
    shift
    "$@" || fail "$how does not build: $*"
    case "$how" in
    shared*) readelf -d name | grep -q 'NEEDED.*libkin' || fail "$how: is not" ;;
    static*) ! readelf -d name | grep -q 'NEEDED.*libkin' || fail "$how: is not" ;;
    esac
    ./name "$photo" >said 2>&1 || { cat said; fail "$how does not run"; }
    grep -qE "^$(pkg-config --modversion kin) 1\.0000 [1-9]" said || { cat said; fail "$how: no unit vector"; }
    rm name
}
# The linker takes the shared library where both are there; for the static one a folder that has no other.
mkdir static && ln -s "$tmp/$lib/libkin.a" static/
both() { # name, compiler and options
    name=$1
    shift
    # shellcheck disable=SC2046
    LD_LIBRARY_PATH="$tmp/$lib" prove "shared, $name" "$@" $(pkg-config --cflags --libs kin) -lm
    # shellcheck disable=SC2046
    prove "static, $name" "$@" -Lstatic $(pkg-config --cflags --libs --static kin)
}
program=$source/tests/install/name.c
both C11 cc -std=c11 -Wall -Wextra -pedantic -Werror "$program" -o name
! command -v c++ >/dev/null || both C++17 c++ -std=c++17 -Wall -Wextra -pedantic -Werror -x c++ "$program" -x none -o name
