#!/bin/sh
# SPDX-License-Identifier: ISC
# The two exits of doc/examples do what they say.
set -u
LC_ALL=C
export LC_ALL
source=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
number=0
failed=0

# says STATUS ANSWERS SENTENCE: did the exit end so, with these bytes in "out"?
says()
{
	number=$((number + 1))
	printf %b "$2" >"$scratch/expected"
	if [ "$status" -eq "$1" ] && cmp -s "$scratch/expected" "$scratch/out"; then
		echo "ok $number - $3"
	else
		failed=$((failed + 1))
		echo "not ok $number - $3"
		echo "# status $status:"
		sed 's/^/# /' "$scratch/out"
	fi
}

# lines TYPE DATA-LINE DESTINATION...
lines()
{
	type=$1 data=$2
	shift 2
	{
		printf 'authz-exit 1\npoint QIBM_QNS_SDDSTAUTH\nformat AUTH0100\nnumber 1\n%s' "$data"
		printf 'type %s\ndestinations %s\n' "$type" "$#"
		printf 'destination %s\n' "$@"
	} | (cd / && sh "$source/doc/examples/exit_lines") >"$scratch/out"
	status=$?
}

lines '*OBJ' '' db.production.example.org db.test.example.org
says 0 '*NO\n*YES\n' "the script says *NO to production, and keeps the order"
lines '*PTF' '' db.production.example.org
says 0 '*YES\n' "the script lets a *PTF go to production"
lines '*OBJ' 'data open
' db.production.example.org
says 0 '*YES\n' "the script lets all go to production while its data is open"
printf 'authz-exit 2\n' | sh "$source/doc/examples/exit_lines" >"$scratch/out"
status=$?
says 2 '' "the script fails with lines that it does not know"

# record DATA-LENGTH WHOLE-LENGTH OFFSET BYTES: lengths and offset in octal, program data and destinations
# shellcheck disable=SC2059
record()
{
	{
		printf "AUTH0100\\0\\0\\0\\$2\\0\\0\\0\\1\\0\\0\\0\\250\\0\\0\\0\\$1\\0\\0\\0\\24\\0\\0\\0\\0"
		printf 'CR        \0\0\0\1ACT       *OBJ      *SVDS     *INS      %-64s' ''
		printf "\\0\\0\\0\\$3\\0\\0\\0\\2alice     "
		printf '%s' "$4"
	} | "$scratch/exit_record" >"$scratch/out"
	status=$?
}

nodes='SITENET NODE1       OTHER   NODE1       '
if "${CC:-cc}" -Wall -Wextra -Werror -I"$source/authz_core/include" -o "$scratch/exit_record" "$source/doc/examples/exit_record.c" >"$scratch/out" 2>&1; then
	record 7 327 257 "SITENET$nodes"
	says 0 '*YES*NO ' "the program says *YES to its network alone, and keeps the order"
	record 0 320 250 "$nodes"
	says 0 '*NO *NO ' "the program says *NO to all without its data"
	record 7 330 257 "SITENET$nodes"
	says 3 '' "the program fails with a record of another length"
else
	status=1
	says 0 '' "the program compiles with authz_exit.h alone"
fi
echo "1..$number"
[ "$failed" -eq 0 ]
