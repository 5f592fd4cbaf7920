#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that kin needs, if any is missing. With --ci also those of .ci/run (cross compilers,
# emulator, linters, fuzzer). Needs root or sudo; says what it does.
set -eu

packages="gcc libc6-dev make cmake ninja-build pkg-config
libjpeg62-turbo-dev libpng-dev libwebp-dev libgif-dev libtiff-dev libheif-dev libexempi-dev libcairo2-dev libsqlite3-dev libjansson-dev libcmocka-dev"
foreign=
if [ "${1:-}" = --ci ]; then
    packages="$packages g++ git gcc-aarch64-linux-gnu libc6-dev-arm64-cross libcmocka-dev:arm64 qemu-user
clang lld wasi-libc libclang-rt-14-dev libclang-rt-dev-wasm32 nodejs libsimde-dev shellcheck mandoc strace
libimage-exiftool-perl"
    foreign=arm64
fi

# A program that is there in another way (node, say) counts too.
installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || command -v "${1%js}" >/dev/null
}

missing=
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "deps: no apt-get here; kin needs (Debian's names):$missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "deps: run as root: apt-get install$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "deps: installing from Debian:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
[ -z "$foreign" ] || $as_root dpkg --add-architecture "$foreign"
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086
$as_root apt-get install -y -q --no-install-recommends $missing >/dev/null
