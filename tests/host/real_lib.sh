# SPDX-License-Identifier: ISC
# What the scripts about real cabinets share: a state folder of their own that goes with them, and the two ways to the
# helper, its set-user-ID child and the service's socket.
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/groups_lib.sh"
state=$(configured AUTHZ_STATEDIR)
cp -p /etc/authz/authz.conf "$work/authz.conf"

# own_state [OPTION-OF-TMPFS]: empty stores and no view, on a file system of their own
own_state()
{
	mount -t tmpfs -o "mode=755,${1:-size=200m}" authz-state "$state"
	install -d -o authz -g authz -m 700 "$state/store" "$state/audit"
	install -d -o authz -g authz -m 755 "$state/view"
}

end_real()
{
	[ -z "$service" ] || stop_service KILL
	chmod 6511 "$helper"
	switch_back
	cp -p "$work/authz.conf" /etc/authz/authz.conf
	rm -f /etc/sudoers.d/authz-test
	umount "$state"
	end
}
trap end_real EXIT

# by_child, by_socket: from here on; by the socket the helper's file has not the bits by which users could start it
by_child()
{
	[ -z "$service" ] || stop_service TERM
	chmod 6511 "$helper"
}
by_socket()
{
	by_child
	start_service
	chmod 0711 "$helper"
}

# cabinet USER WORD...: as USER, root too
cabinet()
{
	who=$1
	shift
	case $who in
	root) authzctl cabinet "$@" ;;
	*) as "$who" authzctl cabinet "$@" ;;
	esac
}

# says CODE COMMAND...: it is refused with that code
says()
{
	code=$1
	shift
	refused 1 "^authzctl: $code: " "$@"
}

# the gid of a cabinet's group
gid()
{
	getent group "$prefix$1" | cut -d : -f 3
}

# sorted COMMAND...: the members at the end of the line that it prints by name; the order says nothing
sorted()
{
	line=$("$@") && echo "${line%:*}:$(echo "${line##*:}" | tr , '\n' | sort | paste -s -d ,)"
}

own_state
switch 'group: files cabinet' 'gshadow: files cabinet'
