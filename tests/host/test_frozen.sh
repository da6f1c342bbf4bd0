#!/bin/sh
# SPDX-License-Identifier: ISC
# A user who freezes or kills the helpers that she has started, between any two of their instructions: a cgroup of her own
# lets her, whatever user they have become.  Where this kernel lets nobody make one, root's signals stand in, and the
# names of the results say so.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights

rounds=20 at_most=120 # the latter until the lock was held three times
cgroups=$work/cgroups
hers=$cgroups/${work##*/}
used=0
held=$work/held

# delegated as a service manager does it: she may make folders there and move her processes among them
make_cgroup()
{
	mkdir "$cgroups" && mount -t cgroup2 authz-cgroups "$cgroups" && mkdir "$hers" &&
		chown stranger "$hers" "$hers/cgroup.procs" "$hers/cgroup.subtree_control" "$hers/cgroup.threads" &&
		as stranger mkdir "$hers/frozen" && [ -w "$hers/frozen/cgroup.freeze" ] && [ -w "$hers/frozen/cgroup.kill" ]
}

# hers_is FILE VALUE: said by herself
hers_is()
{
	as stranger sh -c 'echo "$2" >"$1"' sh "$hers/frozen/$1" "$2"
}

is_frozen()
{
	grep -qx 'frozen 1' "$hers/frozen/cgroup.events"
}

freeze_by_cgroup()
{
	hers_is cgroup.freeze 1 && within 2 is_frozen
}

thaw_by_cgroup()
{
	hers_is cgroup.freeze 0
}

kill_by_cgroup()
{
	hers_is cgroup.kill 1 && within 2 no_process
}

# hers, and helpers whoever started them
programs()
{
	{ pgrep -x churn || :; pgrep -x authz-helper || :; } | grep -vx "${service:-none}"
}

signal_all()
{
	for pid in $(programs); do kill "-$1" "$pid" 2>/dev/null || :; done
}

freeze_by_signal()
{
	signal_all STOP
}

thaw_by_signal()
{
	signal_all CONT
}

kill_by_signal()
{
	until no_process; do signal_all KILL; done
}

no_process()
{
	! programs >/dev/null && { [ "$way" = signal ] || grep -qx 'populated 0' "$hers/cgroup.events"; }
}

four_run()
{
	[ "$(pgrep -c -x churn)" = 4 ]
}

# four of her programs, which start helpers one after the other; that of root's moves her into what is hers
churn()
{
	sh -c '[ ! -d "$1" ] || echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$hers" setpriv --reuid=stranger --regid=stranger \
		--init-groups --reset-env sh -c '[ ! -d "$1" ] || echo $$ >"$1/frozen/cgroup.procs"
			for i in 1 2 3 4; do "$2" & done; wait' sh "$hers" "$tools/churn" </dev/null >/dev/null 2>&1 &
	within 2 four_run
}

end_cgroup()
{
	if [ -d "$hers" ]; then
		echo 1 >"$hers/cgroup.kill"
		within 2 no_process || :
		rmdir "$hers/frozen" "$hers"
	fi
	umount "$cgroups" 2>/dev/null || :
	end
}
trap end_cgroup EXIT

# up to 250 ms
some_time()
{
	sleep "0.$(printf %03d $(($(od -An -N1 -tu1 /dev/urandom) % 250)))"
}

take_token()
{
	used=$((used + 1))
}

# alice's su by the next token: 0 she is in, 1 refused by name, 2 anything else
alice_comes()
{
	mark
	got=0
	su_login portal alice "$work/token.$used" 'id -un' >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" != 124 ] || return 2
	! grep -qx alice "$work/said" || return 0
	logged 'pam_prftkn\(su:auth\): token not checked: user=alice .*(CPF2225|AZ-LATE): ' || return 2
	return 1
}

# what had no place meanwhile has one when the time that its holder promised is over: that is two more logins at most
alice_comes_at_last()
{
	for _ in 1 2 3; do
		took=0
		alice_comes || took=$?
		[ $took != 2 ] || return 1
		[ $took != 0 ] || return 0
		# a late one may have been spent
		! since_mark | grep -q AZ-LATE || take_token
	done
	return 1
}

freezes()
{
	churn || return 1
	round=0
	: >"$held"
	while [ $round -lt $rounds ] || { [ $round -lt $at_most ] && ! was_held; }; do
		round=$((round + 1))
		thaw_by_$way && some_time && freeze_by_$way || return 1
		flock -n /run/authz/tokens/lock true || echo "$round" >>"$held"
		take_token
		alice_comes_at_last || return 1
	done
	thaw_by_$way && kill_by_$way
}

# else these rounds would show nothing
was_held()
{
	[ "$(wc -l <"$held")" -ge 3 ]
}

kills()
{
	round=0
	while [ $round -lt $rounds ]; do
		round=$((round + 1))
		churn && some_time && kill_by_$way && take_token && alice_comes || return 1
	done
}

whole()
{
	shows '^' authzctl store check --store authority && shows '^' authzctl store check --store tokens
}

# the service does her work, in its own process
freezes_beside_service()
{
	refused 3 AZ-SOCKET as stranger "$tools/churn" once && churn || return 1
	round=0
	while [ $round -lt 5 ]; do
		round=$((round + 1))
		thaw_by_$way && some_time && freeze_by_$way && flock -w 1 /run/authz/tokens/lock true && take_token && alice_comes || return 1
	done
	thaw_by_$way && kill_by_$way
}

tokens()
{
	number=0
	while [ $number -lt "$1" ]; do
		number=$((number + 1))
		token "$work/token.$number" portal alice --timeout 3600 || return 1
	done
}

way=cgroup how='by a cgroup of her own'
make_cgroup 2>"$work/why" || {
	echo "# no cgroup here: $(cat "$work/why")"
	way=signal how="by root's signals, as no cgroup can be made here"
}
plan 8
(tokens 300)
check "helpers that she freezes $how at any instant, $rounds times or more, delay alice's login by token to a named refusal, and not for long" freezes
check "at least three times a frozen helper had the lock of the store" was_held
check "nothing of it is damaged" whole
used=250
check "helpers that she kills $how at any instant, $rounds times, delay nobody" kills
check "and damage nothing" whole
check "no helper and none of her programs stays" no_process
used=280
start_service
check "where the service runs her helpers do nothing, and those that are frozen $how delay nobody" freezes_beside_service
stop_service TERM
check "no token stands in log or store" eval '! grep -r --binary-files=text "prftkn_[A-Za-z0-9_-]" "$log" /var/lib/authz /run/authz/tokens'
done_testing
