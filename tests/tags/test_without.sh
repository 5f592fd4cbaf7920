#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A kin that was built without exempi, and one that was built with it on a machine that has none: both say so, and learn from
# Picasa's files all the same. Only src/tags and the command are compiled again, the rest is the build's library.
# shellcheck source-path=SCRIPTDIR/../cli source=../cli/expect.sh
. "$(dirname "$0")/../cli/expect.sh"
! grep -q '^KIN_SANITIZE:STRING=.' "$build/CMakeCache.txt" || { echo "skipped: another build than this test's compiler makes"; exit 77; }
cd "$tmp" || exit 1

compile() {
    cc -std=c17 -O0 -D_GNU_SOURCE '-DKIN_VERSION="x"' '-DKIN_RELEASED="2026-01-01"' -I"$source/include" -I"$source/src" -I"$source" \
        -I"$build/generated" "$@"
}
mkdir app tags
# shellcheck disable=SC2046
(cd app && compile $(pkg-config --cflags jansson) -c "$source"/src/app/*.c) || exit 1
link() { # NAME FLAG...
    name=$1
    shift
    rm -f tags/*.o
    # shellcheck disable=SC2046
    (cd tags && compile "$@" -c "$source"/src/tags/*.c) &&
        cc -o "$name" app/*.o tags/*.o "$build/libkin.a" $(pkg-config --libs libjpeg libpng sqlite3 jansson) -lpthread -ldl -lm
}
link without || exit 1

mkdir library
cp "$source"/samples/people/elena/elena-1.jpg library/
cp "$source"/samples/people/chen/chen-1.jpg library/
printf '[elena-1.jpg]\nfaces=rect64(30003000d000d000),ab\n[Contacts2]\nab=Elena;;\n' >library/.picasa.ini
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>' >library/chen-1.jpg.xmp

expect 0 '^names +no XMP: built without exempi$' ./without version
expect 2 'built without exempi' ./without tag library
expect 0 '^kin: .*names are taken from Picasa.s files only$' ./without enroll -g without.db --from library --tags
grep -q '^Elena: 1 of 1 photo$' said || { cat said; failures=$((failures + 1)); }

# shellcheck disable=SC2046
if grep -q '^KIN_EXEMPI_LIBRARY:FILEPATH=/' "$build/CMakeCache.txt" &&
    link elsewhere -DKIN_HAVE_EXEMPI '-DKIN_EXEMPI_FILE="libexempi-not-here.so.1"' '-DKIN_EXEMPI_VERSION="0"' $(pkg-config --cflags exempi-2.0); then
    expect 3 'libexempi-not-here' ./elsewhere tag -g without.db library
    [ -e library/elena-1.jpg.xmp ] && { echo "FAIL: a sidecar without exempi"; failures=$((failures + 1)); }
    expect 0 '^kin: .*names are taken from Picasa.s files only$' ./elsewhere enroll -g elsewhere.db --from library --tags
    grep -q '^Elena: 1 of 1 photo$' said || { cat said; failures=$((failures + 1)); }
fi
finish
