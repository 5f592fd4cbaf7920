#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each public header compiles alone as C11 and (where there is a C++ compiler) as C++17.
set -eu
cd "${KIN_SOURCE:-.}"
for header in include/kin/*.h; do
    name=kin/$(basename "$header")
    echo "#include <$name>" | cc -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only -Iinclude -x c -
    ! command -v c++ >/dev/null ||
        echo "#include <$name>" | c++ -std=c++17 -Wall -Wextra -pedantic -Werror -fsyntax-only -Iinclude -x c++ -
done
