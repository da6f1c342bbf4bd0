#!/bin/sh
# SPDX-License-Identifier: ISC
# The installed helper as a service, started by systemd-socket-activate with what the units say: user, group, capabilities,
# a file system that is read-only but for two folders, no network.  systemd itself does not run here.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

folder=$(sed -n 's/^systemdsystemunitdir = //p' "$AUTHZ_NAMESPACE/data/Makefile")
# set NAME: what the service's unit says of it
set_to()
{
	sed -n "s/^$1=//p" "$folder/authz-helper.service"
}
socket=$(sed -n 's/^ListenStream=//p' "$folder/authz-helper.socket")
activator=

# Runs in namespaces of its own; the activator's process becomes the service with the first who connects.
cat >"$work/sandbox" <<'END'
set -eu
writable=$1 user=$2 group=$3 capability=$4
shift 4
mount --make-rprivate /
for path in $writable; do mount --bind "$path" "$path"; done
for path in / /run /tmp; do mount -o remount,bind,ro "$path"; done
for path in $writable; do mount -o remount,bind,rw "$path"; done
exec setpriv --reuid="$user" --regid="$group" --clear-groups --bounding-set="-all$capability" --inh-caps="-all$capability" \
	--ambient-caps="-all$capability" --no-new-privs "$@"
END

# start_activation GROUP CAPABILITY: ",+NAME" as setpriv wants it, or nothing
start_activation()
{
	rm -f "$socket"
	# setpriv and unshare keep the process, whose id LISTEN_PID names
	# shellcheck disable=SC2046,SC2086 # the command of the unit is words
	(exec systemd-socket-activate --listen="$socket" --setenv=NOTIFY_SOCKET="$work/notify" -- unshare --mount --net \
		sh "$work/sandbox" "$(set_to ReadWritePaths)" "$(set_to User)" "$1" "$2" $(set_to ExecStart)) \
		>"$work/service.log" 2>&1 &
	activator=$!
	within 5 test -S "$socket"
	chmod "$(sed -n 's/^SocketMode=//p' "$folder/authz-helper.socket")" "$socket"
}

stop_activation()
{
	[ -z "$activator" ] || kill "$activator" 2>/dev/null || :
	end
}
trap stop_activation EXIT

nobody_yet()
{
	[ "$(readlink "/proc/$activator/exe")" != "$(readlink -f "$(set_to ExecStart | sed 's/ .*//')")" ]
}

first_request()
{
	authzctl profile show alice && nobody_yet && return 1
	cat "/proc/$activator/status"
	uid=$(id -u authz) gid=$(getent group shadow | cut -d : -f 3)
	grep -q "^Uid:.$uid.$uid.$uid.$uid\$" "/proc/$activator/status" && grep -q "^Gid:.$gid.$gid.$gid.$gid\$" "/proc/$activator/status" &&
		grep -q '^CapPrm:.0*$' "/proc/$activator/status" && grep -q '^NoNewPrivs:.1$' "/proc/$activator/status"
}

# A child could not: its set-user-ID bit has no effect there.
without_new_privileges()
{
	refused 1 'USE authority' as stranger setpriv --no-new-privs authzctl token generate alice &&
		shows '^prftkn_' as portal setpriv --no-new-privs authzctl token generate alice
}

login()
{
	token "$work/token" portal alice && shows '^alice$' su_login stranger alice "$work/token" 'id -un'
}

state_of_accounts()
{
	token "$work/token" portal alice && shows '^Password: *set' authzctl profile show alice &&
		refused 1 'locked is disabled' as portal authzctl token generate locked
}

once()
{
	token "$work/token" portal alice && shows '^alice$' su_login stranger alice "$work/token" 'id -un' &&
		fails su_login stranger alice "$work/token" 'id -un'
}

stops()
{
	kill -TERM "$activator"
	within 6 eval '! kill -0 "$activator" 2>/dev/null' || return 1
	status=0
	wait "$activator" || status=$?
	cat "$work/service.log"
	[ "$status" = 0 ]
}

child_again()
{
	rm -f "$socket" && login
}

# as the unit of a build --without-shadow-group has it
by_capability()
{
	start_activation authz ,+dac_read_search && authzctl profile show alice && cat "/proc/$activator/status" &&
		grep -q "^Gid:.$(getent group authz | cut -d : -f 3)[^0-9]" "/proc/$activator/status" &&
		grep -q '^CapPrm:.0*4$' "/proc/$activator/status" && state_of_accounts && login && stops
}

grant_rights
start_log
plan 8
start_activation "$(set_to Group)" '' || cat "$work/service.log"
check "the socket is there, and nobody serves it before somebody asks" nobody_yet
check "the first request starts the service: authz, group shadow, no capability, no new privileges" first_request
check "a login takes a token of the service, which sees a read-only system and no network" login
check "the service knows the state of accounts" state_of_accounts
check "programs under no_new_privs, which no child could serve, are served" without_new_privileges
check "a single-use token is good once" once
stopped=0
stops >"$work/stops" 2>&1 || stopped=1
check "SIGTERM ends the service within its time, with status 0, and without the socket clients start helpers again" \
	eval 'cat "$work/stops"; [ $stopped = 0 ] && child_again'
check "where no group reads shadow the capability to read is enough for the service, and all that it has" by_capability
done_testing
