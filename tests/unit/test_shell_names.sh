#!/bin/sh
# SPDX-License-Identifier: ISC
# A function of a test script has no name that a library has which it takes in: the library's own calls would mean the other.
set -eu
LC_ALL=C
export LC_ALL

source=${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$source/tests"

# taken_in FILE: it, and the files that it takes in, each on a line, some twice
taken_in()
{
	echo "$1"
	for library in $(sed -n 's/^[[:space:]]*\. .*\/\([a-z_]*\.sh\)"$/\1/p' "$1"); do
		taken_in "$(dirname "$1")/$library"
	done
}

# twice FILE: the names of functions that are there more than once
twice()
{
	taken_in "$1" | sort -u | while read -r file; do
		sed -n 's/^[[:space:]]*\([a-zA-Z_][a-zA-Z0-9_]*\)[[:space:]]*()[[:space:]]*{*$/\1/p' "$file"
	done | sort | uniq -d | tr '\n' ' '
}

scripts=$(grep -lE '^#!/bin/(ba)?sh' host/* module/* unit/* 2>/dev/null)
echo "1..$(($(echo "$scripts" | wc -l) + 1))"
number=0 failed=0 many=0
result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}

for script in $scripts; do
	names=$(twice "$script") && [ -z "$names" ] && found=0 || found=1
	result $found "each function that tests/$script has or takes in is there once${names:+, but not $names}"
	[ "$(taken_in "$script" | sort -u | wc -l)" -le 1 ] || many=$((many + 1))
done

# this test sees what scripts take in
[ $many -gt 20 ] && found=0 || found=1
result $found "most scripts take a library in"
exit $failed
