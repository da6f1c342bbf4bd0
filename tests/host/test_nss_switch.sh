#!/bin/sh
# SPDX-License-Identifier: ISC
# Lines of nsswitch.conf, and local groups with a cabinet's name or gid: what nss_cabinet(8) says of them.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"

all_gids="$quiet_gid $sales_gid $short_gid"

# beside LINE COMMAND...: while /etc/group has this line, too
beside()
{
	cp -p /etc/group "$work/group"
	echo "$1" >>/etc/group
	shift
	status=0
	"$@" || status=1
	cp -p "$work/group" /etc/group
	return $status
}

# gids USER GID...: those that initgroups gives, in any order
gids()
{
	user=$1
	shift
	prints "$(printf '%s\n' "$@" | sort -n)" sh -c "getent initgroups $user | tr -s ' ' '\n' | tail -n +2 | grep . | sort -n"
}

default_lines()
{
	switch 'group: files cabinet' 'gshadow: files cabinet'
}

either_order()
{
	for line in 'files cabinet' 'cabinet files'; do
		switch "group: $line" "gshadow: $line"
		gids alice $all_gids && prints "$sales:x:$sales_gid:alice,bob" getent group "$sales" &&
			prints "$(grep ^root: /etc/group)" getent group root &&
			prints "$sales:!:alice:alice,bob" getent gshadow "$sales" &&
			prints "$(getent -s files gshadow root)" getent gshadow root || return 1
	done
}

# the group's line is taken for gshadow, too
without_gshadow()
{
	switch 'group: files cabinet' && prints "$sales:!:alice:alice,bob" getent gshadow "$sales"
}

without_cabinet()
{
	switch 'group: files' 'gshadow: files' && gives 2 getent group "$sales" && gives 2 getent gshadow "$sales" &&
		prints alice id -Gn alice
}

# in a service's own line, where the local files have answered already
merge_where_nothing_is_to_merge()
{
	for line in 'files [SUCCESS=merge] cabinet' 'cabinet [SUCCESS=merge] files'; do
		switch "group: $line" 'gshadow: files cabinet'
		gids alice $all_gids && prints "$sales:x:$sales_gid:alice,bob" getent group "$sales" &&
			prints "$(grep ^sudo: /etc/group)" getent group sudo &&
			prints "$sales:!:alice:alice,bob" getent gshadow "$sales" || return 1
	done
}

merged()
{
	switch 'group: files [SUCCESS=merge] cabinet' 'gshadow: files cabinet'
	prints "$sales:x:$sales_gid:stranger,alice,bob" getent group "$sales" &&
		prints "$sales:x:$sales_gid:stranger,alice,bob" getent group "$sales_gid" &&
		gids alice $all_gids && gids stranger $sales_gid
}

merged_only_if_both_are_the_same()
{
	switch 'group: files [SUCCESS=merge] cabinet' 'gshadow: files cabinet'
	prints "$1" getent group "${1%%:*}" && gids stranger "$(echo "$1" | cut -d : -f 3)"
}

# a view that is damaged takes nothing from what is there locally
merged_with_damage()
{
	echo damage >"$work/damage" && cp "$work/damage" "$view/group.new" && chown authz: "$view/group.new" &&
		mv "$view/group.new" "$view/group" || return 1
	status=0
	for line in 'files [SUCCESS=merge] cabinet' 'cabinet [SUCCESS=merge] files' 'files cabinet' 'cabinet files'; do
		switch "group: $line" 'gshadow: files cabinet'
		prints "$sales:x:$sales_gid:stranger" getent group "$sales" &&
			prints "$(grep ^sudo: /etc/group)" getent group sudo &&
			prints "$(cat /etc/group)" getent group && gids stranger $sales_gid || status=1
	done
	with_alice
	return $status
}

# the first who knows hides the other, but nobody loses a group by that
same_name_and_gid()
{
	default_lines
	prints "$sales:x:$sales_gid:stranger" getent group "$sales" && gids alice $all_gids && gids stranger $sales_gid ||
		return 1
	switch 'group: cabinet files'
	prints "$sales:x:$sales_gid:alice,bob" getent group "$sales" && gids alice $all_gids && gids stranger $sales_gid
}

same_name()
{
	default_lines
	prints "$sales:x:4711:stranger" getent group "$sales" &&
		prints "$sales:x:$sales_gid:alice,bob" getent group $sales_gid &&
		gids alice $all_gids && gids stranger 4711
}

same_gid()
{
	default_lines
	prints "$sales:x:$sales_gid:alice,bob" getent group "$sales" &&
		prints "other:x:$sales_gid:stranger" getent group $sales_gid &&
		gids alice $all_gids && among other id -Gn alice
}

own_line()
{
	switch 'group: files cabinet' 'gshadow: files cabinet' "initgroups: $1"
	shift
	gids alice "$@"
}

without_the_line()
{
	default_lines
	gids alice $games $all_gids
}

# alice is in a local group, so files know her
in_games()
{
	gpasswd -a alice games >/dev/null || return 1
	status=0
	"$@" || status=1
	gpasswd -d alice games >/dev/null
	return $status
}
games=$(grep '^games:' /etc/group | cut -d : -f 3)

plan 16
check "in either order cabinets and local groups are answered" either_order
check "without a line for gshadow that of group counts" without_gshadow
check "where nsswitch.conf does not name it nothing is answered" without_cabinet
check "[SUCCESS=merge] changes nothing where there is nothing to merge" merge_where_nothing_is_to_merge
check "[SUCCESS=merge] adds the members of both where a local group has the cabinet's name and gid" \
	beside "$sales:x:$sales_gid:stranger" merged
check "not where it has the name alone" \
	beside "$sales:x:4711:stranger" merged_only_if_both_are_the_same "$sales:x:4711:stranger"
check "nor where it has the gid alone" \
	beside "other:x:$sales_gid:stranger" merged_only_if_both_are_the_same "other:x:$sales_gid:stranger"
check "a damaged view takes nothing from local groups, merged or not" \
	beside "$sales:x:$sales_gid:stranger" merged_with_damage
check "a local group of a cabinet's name and gid hides its list of members, and no gid of a user" \
	beside "$sales:x:$sales_gid:stranger" same_name_and_gid
check "one of its name alone hides the name" beside "$sales:x:4711:stranger" same_name
check "one of its gid alone gives that its name" beside "other:x:$sales_gid:stranger" same_gid
check "initgroups: files cabinet loses the cabinets of who is in a local group" in_games own_line 'files cabinet' $games
check "the line of the manual does not" in_games own_line 'files [SUCCESS=continue] cabinet' $games $all_gids
check "nor does it lose those of who is in no local group" own_line 'files [SUCCESS=continue] cabinet' $all_gids
check "initgroups: cabinet files loses the local groups of members" in_games own_line 'cabinet files' $all_gids
check "without the line both are there" in_games without_the_line
done_testing
