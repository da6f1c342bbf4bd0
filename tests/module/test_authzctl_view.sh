#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl view: check and rebuild, by the helper as a child and as a service.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view

# numbers GROUPS USERS: what check and rebuild say is in the view
numbers()
{
	[ "$(tr -s ' ' <out | grep -E '^(groups|users): ' | tr '\n' ';')" = "groups: $1;users: $2;" ] || fail "not $1 groups and $2 users"
	grep -Eqx 'bytes: +[0-9]+' out || fail "no number of bytes"
}

whole()
{
	run ctl view check
	status_is 0
	err_is ""
	numbers 1 2
	run ctl --json view check
	grep -Eqx '\{"result":"OK","number":0,"text":"Done.","groups":1,"users":2,"bytes":[0-9]+,"change":"[0-9a-f]+"\}' out ||
		fail "not the object"
}

# damage COMMAND...: what is done to the view is met by check and mended by rebuild
damage()
{
	"$@"
	refused AZ-VIEWBAD 3 ctl view check
	run ctl view rebuild
	status_is 0
	err_is ""
	numbers 1 2
	run ctl view check
	status_is 0
}

flip()
{
	cp state/view/group flipped
	printf '\377' | dd of=flipped bs=1 seek="$(($(wc -c <flipped) / 2))" conv=notrunc 2>/dev/null
	mv flipped state/view/group
}

damaged()
{
	damage truncate -s 100 state/view/group
	damage truncate -s 0 state/view/group
	damage rm state/view/group
	damage flip
}

# a view of before is whole, and not that of the store
older()
{
	cp state/view/group before
	done_by ctl cabinet add-member team games
	cp before state/view/older && mv state/view/older state/view/group
	refused AZ-VIEWBAD 3 ctl view check
	run ctl view rebuild
	numbers 1 3
	done_by ctl cabinet remove-member team games
	run ctl view check
	numbers 1 2
}

for way in child socket; do
	if [ $way = socket ]; then
		start_service
	else
		run ctl cabinet create team
		run ctl cabinet add-member team "$owner"
		run ctl cabinet add-member team "$other"
	fi
	check "$way: a view that is whole and the store's is counted" whole
	check "$way: a view that is cut, empty, gone or changed is named, and made anew" damaged
	check "$way: a view of before is not the store's, and is made anew" older
done

echo "1..$number"
[ "$failed" -eq 0 ]
