#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What README.md and docs/tour.md show is what the commands print; their pictures and links are there.
build=$(cd "${1:-build}" && pwd)
cd "${KIN_SOURCE:-.}" || exit 1
failures=0
for page in README.md docs/*.md $(git ls-files '*/README.md' 2>/dev/null); do
    folder=$(dirname "$page")
    # shellcheck disable=SC2013
    for link in $(grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -v '://'); do
        [ -e "$folder/$link" ] || { echo "$page: $link is not there"; failures=1; }
    done
done
# tour.md names functions with their files: "[`name`](../path)"
# shellcheck disable=SC2016
grep -oE '\[`[a-z0-9_]+`\]\([^)]+\)' docs/tour.md | sed 's/\[`\(.*\)`\](\(.*\))/\1 \2/' | while read -r name file; do
    grep -q "\b$name(" "docs/$file" || echo "docs/tour.md: no $name in $file"
done | grep . && failures=1
scripts/run-docs "$build" || failures=1
exit $failures
