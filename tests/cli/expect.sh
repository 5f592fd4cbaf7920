# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
#
# What the command tests share: `expect STATUS REGEX COMMAND...` runs a command and checks its exit status and that
# standard output and error together match the regular expression ("" matches all); `also REGEX...` what they match too.
set -u
build=$(cd "${1:-build}" && pwd)
kin=$build/kin
source=${KIN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_DATA_HOME="$tmp/data"
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:exitcode=99"
export LSAN_OPTIONS="${LSAN_OPTIONS:-}:exitcode=99" TSAN_OPTIONS="${TSAN_OPTIONS:-}:exitcode=99"
failures=0
[ -x "$kin" ] || { echo "no $kin"; exit 1; }

expect() {
    status=$1 regex=$2
    shift 2
    timeout 120 "$@" >"$tmp/said" 2>&1 </dev/null
    got=$?
    if [ "$got" != "$status" ]; then
        echo "FAIL: exit status $got instead of $status: $*"
        head -n 20 "$tmp/said"
        failures=$((failures + 1))
    elif [ -n "$regex" ] && ! grep -aqE -- "$regex" "$tmp/said"; then
        echo "FAIL: said nothing like '$regex': $*"
        head -n 20 "$tmp/said"
        failures=$((failures + 1))
    fi
}

also() {
    for regex in "$@"; do
        grep -aqE -- "$regex" "$tmp/said" && continue
        echo "FAIL: said nothing like '$regex' either:"
        head -n 20 "$tmp/said"
        failures=$((failures + 1))
    done
}

survive() {
    statuses=$1
    shift
    timeout 120 "$@" >"$tmp/said" 2>"$tmp/told" </dev/null
    got=$?
    case " $statuses " in
    *" $got "*) [ "$got" -lt 2 ] || [ -s "$tmp/told" ] || { echo "FAIL: status $got without a word: $*"; failures=$((failures + 1)); } ;;
    *)
        echo "FAIL: exit status $got, none of $statuses: $*"
        head -n 20 "$tmp/told"
        failures=$((failures + 1))
        ;;
    esac
}

# "$nobody" before a command runs it without root's rights, which no lock stops.
nobody=$tmp/nobody
if [ "$(id -u)" = 0 ]; then
    echo 'exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"' >"$nobody"
else
    echo 'exec "$@"' >"$nobody"
fi
chmod 700 "$nobody"

finish() {
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
}
