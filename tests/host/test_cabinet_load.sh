#!/bin/sh
# SPDX-License-Identifier: ISC
# Loading members from a file, by whoever administers, by the installed product.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"

# load USER LINES [OPTION]...: with \n between them
load()
{
	from=$1
	printf "$2" >"$work/lines"
	shift 2
	cabinet "$from" load "$@" - <"$work/lines"
}

cabinets()
{
	for each in sales north; do
		cabinet root create $each && cabinet root admin $each +alice || return 1
	done
	cabinet root create other
}

# members CABINET NAMES: with commas
members()
{
	prints "$prefix$1:x:$(gid "$1"):$2" sorted getent group "$prefix$1"
}

loads()
{
	shows '4' load alice 'sales,bob\nsales,stranger,,3,sales\nnorth,bob\nnorth,portal,,2\n' &&
		members sales bob,stranger &&
		members north bob,portal && shows '2' load alice 'sales,bob,D\nnorth,portal,D\n.\nsales,bob\n' &&
		members sales stranger && members north bob
}

from_a_file()
{
	printf 'sales,bob\n' >"$work/lines" && cabinet alice load "$work/lines" && members sales bob,stranger &&
		cabinet alice remove-member sales bob
}

all_or_nothing()
{
	refused 1 'AZ-LOAD: Nothing was changed: line 2: 15: .* other\.$' load alice \
		'sales,bob\nother,bob\nnorth,bob,D\n' && members sales stranger &&
		members north bob && members other ''
}

with_report()
{
	printf 'sales,bob\nother,bob\nsales,nobody-at-all\nsales,stranger\nnorth,bob,D\n' >"$work/lines"
	refused 1 2 cabinet alice load --report - <"$work/lines" && grep -E '2.*15' "$work/said" &&
		grep -E '3.*32' "$work/said" &&
		grep -E '4.*95' "$work/said" && ! grep -E '(line|^authzctl:) (1|5)' "$work/said" &&
		members sales bob,stranger && members north '' && members other ''
}

not_understood()
{
	refused 1 '92|AZ-LOAD' load alice 'sales,portal\nsales\n' &&
		refused 1 '92|AZ-LOAD' load alice 'sales,portal,X\n' &&
		refused 1 '92|AZ-LOAD' load alice 'sales,portal\nsales,portal,D\n' && members sales bob,stranger
}

strangers_load()
{
	refused 1 '15' load stranger 'sales,portal\n' && sed 's/sales/NAME/g' "$work/said" >"$work/there" &&
		refused 1 '15' load stranger 'selas,portal\n' &&
		sed 's/selas/NAME/g' "$work/said" | diff "$work/there" - && members sales bob,stranger
}

# more lines than one message holds
long()
{
	{
		for each in sales north; do
			for user in alice bob stranger portal tester; do echo "$each,$user,D"; done
		done
		i=0
		while [ $i -lt 3000 ]; do i=$((i + 1)); echo "sales,nobody-$i"; done
		echo north,locked
	} >"$work/lines"
	refused 1 '^lines: *3011$' cabinet alice load --report --wait 60 - <"$work/lines" >"$work/much" || return 1
	named=$(grep -c '^authzctl: line ' "$work/said")
	more=$(sed -n 's/^authzctl: \([0-9]*\) more lines could not be done\.$/\1/p' "$work/said")
	done=$(sed -n 's/^done: *//p' "$work/said")
	[ "$named" -gt 500 ] && [ $((named + more + done)) = 3011 ] && members sales '' && members north locked
}

# who is in no cabinet is not even read; the writer goes on until nobody reads
nothing_read()
{
	mkfifo "$work/endless" && chmod 644 "$work/endless" || return 1
	timeout 20 yes sales,bob >"$work/endless" 2>"$work/yes" &
	refused 1 ': 15: ' timeout 10 setpriv --reuid=tester --regid=tester --init-groups --reset-env \
		authzctl cabinet load - <"$work/endless"
	status=$?
	rm "$work/endless"
	return $status
}

too_much()
{
	seq 10001 | sed 's/.*/sales,nobody-&/' >"$work/lines"
	refused 1 'CPF3C3C: .*more than 10000 lines' cabinet alice load --report --wait 60 - <"$work/lines" && members sales ''
}

# she sends nothing for long, and others go on meanwhile
held_up()
{
	{
		echo sales,bob
		sleep 3
		echo sales,portal
	} | as alice authzctl --wait 10 cabinet load - >"$work/slow" 2>&1 &
	slow=$!
	sleep 0.5
	timeout 2 authzctl cabinet add-member sales stranger && among "$prefix"sales id -Gn stranger || return 1
	wait $slow && grep 2 "$work/slow" && members sales bob,portal,stranger
}

silent()
{
	{
		echo north,bob
		sleep 7
	} | as alice authzctl --wait 20 cabinet load - >"$work/slow" 2>&1 &&
		return 1
	cat "$work/slow"
	grep '^authzctl: ' "$work/slow" && not_among bob cabinet root members north && cabinet alice add-member sales tester
}

# the work of an administrator is in one record
audited()
{
	authzctl audit >"$work/audit" &&
		grep 'event=cabinet.load phase=done result=OK actor=alice .*lines=5 added=1 removed=1 refused=3' "$work/audit"
}

clean()
{
	for each in sales north other; do cabinet root delete $each || return 1; done
	cabinet root purge && authzctl store check && authzctl view check
}

plan 27
for way in child socket; do
	"by_$way"
	check "root makes cabinets ($way)" cabinets
	check "an administrator loads lines into two cabinets, adding and taking away, and groups follow at once ($way)" \
		loads
	check "also from a file ($way)" from_a_file
	check "one line that she may not ends all, and is named ($way)" all_or_nothing
	check "with a report what can be done is, and the other lines are named with their codes ($way)" with_report
	check "lines that are not understood, and one member twice, change nothing ($way)" not_understood
	check "a stranger can load nothing and learns nothing ($way)" strangers_load
	check "of 3000 lines that cannot be done some are named, and all are counted ($way)" long
	check "of somebody who is in no cabinet no line is read ($way)" nothing_read
	check "more than 10000 lines of a user are refused ($way)" too_much
	check "who sends slowly holds nobody up, and her lines are loaded when they are there ($way)" held_up
	[ "$way" = child ] || check "who falls silent on the socket has loaded nothing" silent
	check "the audit says who loaded ($way)" audited
	check "store and view are whole after that ($way)" clean
done
by_child
done_testing
