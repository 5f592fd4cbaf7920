#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A kin that was built without the optional photo formats says so by the format's name; what it needs no library for works.
# Only the codecs are compiled again, the rest is the build's library.
set -eu
build=$(cd "${1:-build}" && pwd)
source=${KIN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
! grep -q '^KIN_SANITIZE:STRING=.' "$build/CMakeCache.txt" || { echo "skipped: another build than this test's compiler makes"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/read.c" <<'END'
#include <stdio.h>
#include <kin/kin.h>
int main(int argc, char **argv)
{
    kin_context *ctx = kin_context_new(NULL);
    kin_image   *image;
    puts(kin_codecs());
    for (int i = 1; i < argc; i++) {
        puts(kin_image_read(ctx, argv[i], &image) ? kin_error(ctx) : "read");
        kin_image_free(image);
    }
    kin_context_free(ctx);
}
END
codecs=
for name in codecs webp gif bmp tiff heif; do codecs="$codecs $source/src/image/$name.c"; done
# shellcheck disable=SC2046,SC2086
cc -std=c17 -D_GNU_SOURCE '-DKIN_PHOTO_FORMATS=", bmp; not built in: all"' -I"$source/include" -I"$source/src" "$tmp/read.c" $codecs \
    "$build/libkin.a" $(pkg-config --libs libjpeg libpng sqlite3) -lpthread -lm -o "$tmp/read"
cd "$source/tests/image/data/formats"
"$tmp/read" o6.webp plain.gif rgb.bmp o6.tif o6.heic o6.avif ../rgb.png >"$tmp/said"
sed -i 1d "$tmp/said"
diff - "$tmp/said" <<'END'
o6.webp: this kin was built without WebP
plain.gif: this kin was built without GIF
read
o6.tif: this kin was built without TIFF
o6.heic: this kin was built without HEIC
o6.avif: this kin was built without AVIF
read
END
