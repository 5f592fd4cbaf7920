#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Starting the command loads only what every run needs: what some photos need is loaded for these (src/os/library.h). Linked,
# libheif and cairo alone brought thirty-six files along and made each start three times as long.
set -eu
build=${1:-build}
needed=$(readelf -d "$build/kin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$needed" ] || { echo "readelf names no library of $build/kin"; exit 1; }
for library in $needed; do
    case "$library" in
    libc.so* | libm.so* | libdl.so* | libpthread.so* | ld-linux* | libgcc_s.so* | lib[atlu]*san.so*) ;;
    libjpeg.so* | libpng*.so* | libz.so* | libsqlite3.so* | libjansson.so*) ;;
    *) echo "$library is loaded at each start of kin"; exit 1 ;;
    esac
done
