#!/bin/sh
# SPDX-License-Identifier: ISC
# The units of systemd, as make expands them from what configure was told.
set -eu
LC_ALL=C
export LC_ALL
source=${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd -P)}
build=${AUTHZ_BUILD:-$source/build}
work=$(mktemp -d "${TMPDIR:-/tmp}/authz-units.XXXXXX")
trap 'rm -rf "$work"' EXIT
number=0 failed=0

check()
{
	number=$((number + 1))
	sentence=$1
	shift
	if ("$@") </dev/null >"$work/out" 2>&1; then
		echo "ok $number - $sentence"
	else
		echo "not ok $number - $sentence"
		sed 's/^/# /' "$work/out" | tail -n 20
		failed=1
	fi
}

# of FOLDER VARIABLE: what configure has set
of()
{
	sed -n "s/^$2 = //p" "$1/data/Makefile"
}
# has FOLDER UNIT LINE: that whole line
has()
{
	grep -Fqx -- "$3" "$1/data/systemd/$2" || {
		echo "$2 has no line $3"
		return 1
	}
}

# expanded FOLDER: the places and users of that build, and nothing else
expanded()
{
	run=$(of "$1" AUTHZ_RUNDIR) state=$(of "$1" AUTHZ_STATEDIR) user=$(of "$1" AUTHZ_USER)
	! grep -n '@' "$1"/data/systemd/*.socket "$1"/data/systemd/*.mount "$1"/data/systemd/*.path || return 1
	! cat "$1"/data/systemd/*.service | grep -v '^SystemCallFilter=' | grep '@' || return 1
	has "$1" authz-helper.socket "ListenStream=$run/helper.sock" &&
		has "$1" authz-helper.socket "RequiresMountsFor=$run/tokens" &&
		has "$1" authz-helper.service "ExecStart=$(of "$1" AUTHZ_HELPER) --serve" &&
		has "$1" authz-helper.service "User=$user" &&
		has "$1" authz-helper.service "Group=$(of "$1" AUTHZ_SHADOW_GROUP)" &&
		has "$1" authz-helper.service "ReadWritePaths=$state $run/tokens" &&
		has "$1" authz-helper.service "RequiresMountsFor=$state $run/tokens" &&
		has "$1" authz-launch.socket "ListenStream=$run/launch.sock" &&
		has "$1" authz-launch.socket "SocketUser=$user" &&
		has "$1" authz-launch.socket "SocketMode=0600" &&
		has "$1" authz-launch.service "ExecStart=$(of "$1" AUTHZ_LAUNCH) --serve" &&
		has "$1" authz-launch.service "User=$(of "$1" AUTHZ_EXIT_USER)" &&
		has "$1" authz-launch.service "CapabilityBoundingSet=" &&
		has "$1" authz-launch.service "OOMPolicy=continue" &&
		has "$1" authz-nscd.path "PathExists=$state/view/changed" &&
		has "$1" authz-nscd.service "ExecStart=-/bin/mv -fT $state/view/changed $state/view/telling" &&
		has "$1" tokens.mount "Where=$run/tokens" &&
		grep -q "^Options=mode=0700,uid=$user,gid=$user,size=1G," "$1/data/systemd/tokens.mount"
}

# what this build needs, which may be any
capability()
{
	need=
	[ "$(of "$build" AUTHZ_SHADOW_GROUP)" != "$(of "$build" AUTHZ_USER)" ] || need=CAP_DAC_READ_SEARCH
	has "$build" authz-helper.service "CapabilityBoundingSet=$need" && has "$build" authz-helper.service "AmbientCapabilities=$need"
}

# A second build, that has nothing in common with the first.  A source folder that is configured itself is none for another
# build: links to all in it but that.
other_build()
{
	mkdir "$work/source" "$work/other"
	for entry in "$source"/*; do
		case ${entry##*/} in config.status | Makefile) ;; *) ln -s "$entry" "$work/source/" ;; esac
	done
	cd "$work/other"
	# the places of one prefix are not those of another: an option of each
	../source/configure --prefix="$work/prefix" --with-user=other_user --with-exit-user=other_exits --without-shadow-group \
		--disable-setup --localstatedir=/srv/a+b --runstatedir=/srv/run-time/.x --libexecdir=/srv/libexec >"$work/summary" 2>&1 &&
		make -s -C data systemd/authz-helper.service systemd/authz-helper.socket systemd/authz-launch.service \
		systemd/authz-launch.socket systemd/authz-nscd.path \
		systemd/authz-nscd.service systemd/tokens.mount
}

other_capability()
{
	has "$work/other" authz-helper.service Group=other_user &&
		has "$work/other" authz-helper.service CapabilityBoundingSet=CAP_DAC_READ_SEARCH &&
		has "$work/other" authz-helper.service AmbientCapabilities=CAP_DAC_READ_SEARCH
}

summary()
{
	cat "$work/summary" && grep -q '^  group of shadow  *none: only the service.* serves programs without privilege' "$work/summary" &&
		grep -q "^  systemd units  *$work/prefix/lib/systemd/system\$" "$work/summary"
}

# what make install and uninstall do of the units, without the rest
units_come_and_go()
{
	folder=$work/dest$work/prefix/lib/systemd/system
	make -s -C "$work/other/data" install-units DESTDIR="$work/dest" && ls "$folder" >"$work/list" && cat "$work/list" &&
		printf '%s\n' authz-helper.service authz-helper.socket authz-launch.service authz-launch.socket \
			authz-nscd.path authz-nscd.service \
			'srv-run\x2dtime-.x-authz-tokens.mount' | diff - "$work/list" &&
		make -s -C "$work/other/data" uninstall-units DESTDIR="$work/dest" && ! ls "$folder" | grep .
}

echo 1..6
check "the units name the places, the user and the group of this build" expanded "$build"
check "where a group reads shadow the service has no capability" capability
check "another build has units of its own places and users" eval 'other_build && expanded "$work/other"'
check "where no group reads shadow the service has the capability to read, and no other" other_capability
check "configure's summary says then that only the service serves everybody, and where the units go" summary
check "the mount unit has the name that systemd gives its place; uninstall removes all" units_come_and_go
exit $failed
