# SPDX-License-Identifier: ISC
# What the scripts about libnss_cabinet share: views that are crafted here, and the host's nsswitch.conf.  No helper has a
# part in it.
#
#   sales  alice and bob, alice administers      short  alice and bob, of whom only bob, who administers, is listed
#   quiet  alice, nobody is listed
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
sales=${prefix}sales short=${prefix}short quiet=${prefix}quiet
sales_gid=$((low + 1)) short_gid=$((low + 2)) quiet_gid=$((low + 3))

cp -p /etc/nsswitch.conf "$work/nsswitch.conf"
made_folder=no
[ -d "$view" ] || made_folder=yes

# the next script finds the host as this one found it
end_cabinets()
{
	cp -p "$work/nsswitch.conf" /etc/nsswitch.conf
	rm -rf "${view:?}/group" "$view/group.new" "$view/changed" "$view/telling" /etc/sudoers.d/authz-test
	[ $made_folder = no ] || rmdir "$view"
	end
}
trap end_cabinets EXIT
install -d -o authz -g authz -m 755 "$view"

# switch LINE...: these lines of nsswitch.conf, and none else for their maps and for initgroups
switch()
{
	sed '/^ *\(group\|gshadow\|initgroups\):/d' "$work/nsswitch.conf" >"$work/nsswitch.new"
	for line; do
		echo "$line"
	done >>"$work/nsswitch.new"
	cp "$work/nsswitch.new" /etc/nsswitch.conf
}

# publish [-f]: the view that standard input describes (publish_view.c), as the helper's user; what of it was for
# readers to write is in no way different from the helper's
publish()
{
	setpriv --reuid=authz --regid=authz --clear-groups "$tools/publish_view" "$@" "$view"
}

# members NAMES...: of all three cabinets, with commas
members()
{
	publish <<-END
	group $quiet $quiet_gid none ${1:--} -
	group $sales $sales_gid all ${1:--} alice
	group $short $short_gid administrators ${1:--} bob
	END
}

with_alice()
{
	members alice,bob
}

without_alice()
{
	members bob
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

switch 'group: files cabinet' 'gshadow: files cabinet'
with_alice
