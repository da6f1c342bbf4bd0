# SPDX-License-Identifier: ISC
# What all scripts about cabinets as groups share: the host's nsswitch.conf, and how what is looked up is compared.
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

configured()
{
	sed -n "s/^#define $1 \"\(.*\)\"\$/\1/p; s/^#define $1 \([0-9]*\)u\$/\1/p" "$AUTHZ_NAMESPACE/config.h"
}
view=$(configured AUTHZ_STATEDIR)/view
prefix=$(configured AUTHZ_GROUP_PREFIX)
low=$(configured AUTHZ_GID_LOW)
high=$(configured AUTHZ_GID_HIGH)
cp -p /etc/nsswitch.conf "$work/nsswitch.conf"

# switch LINE...: these lines of nsswitch.conf, and none else for their maps and for initgroups
switch()
{
	sed '/^ *\(group\|gshadow\|initgroups\):/d' "$work/nsswitch.conf" >"$work/nsswitch.new"
	for line; do
		echo "$line"
	done >>"$work/nsswitch.new"
	cp "$work/nsswitch.new" /etc/nsswitch.conf
}

# the next script finds the host as this one found it
switch_back()
{
	cp -p "$work/nsswitch.conf" /etc/nsswitch.conf
}

# prints TEXT COMMAND...: exactly that, status 0
prints()
{
	want=$1
	shift
	got=0
	said=$("$@" 2>&1) || got=$?
	[ "$got" = 0 ] && [ "$said" = "$want" ] || {
		printf 'status %s, and not "%s" but "%s": %s\n' "$got" "$want" "$said" "$*"
		return 1
	}
}

# gives STATUS COMMAND...: nothing is said
gives()
{
	want=$1
	shift
	got=0
	said=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] && [ -z "$said" ] || {
		printf 'status %s, "%s": %s\n' "$got" "$said" "$*"
		return 1
	}
}

# among WORD COMMAND...: a word of what is printed; not_among: of what a command that succeeds prints, none
among()
{
	sought=$1
	shift
	said=$("$@" 2>&1) || {
		printf 'status %s, "%s": %s\n' $? "$said" "$*"
		return 1
	}
	for each in $said; do
		[ "$each" != "$sought" ] || return 0
	done
	printf 'no %s in "%s": %s\n' "$sought" "$said" "$*"
	return 1
}
not_among()
{
	sought=$1
	shift
	said=$("$@" 2>&1) || {
		printf 'status %s, "%s": %s\n' $? "$said" "$*"
		return 1
	}
	for each in $said; do
		[ "$each" != "$sought" ] || {
			printf '%s in "%s": %s\n' "$sought" "$said" "$*"
			return 1
		}
	done
}

# needs PROGRAM...: that prepare installed it
needs()
{
	for program; do
		command -v "$program" >/dev/null || {
			echo "there is no $program: prepare did not install it" >&2
			exit 1
		}
	done
}
