#!/bin/sh
# SPDX-License-Identifier: ISC
# Real cabinets when the helper is killed, the disk is full, and many come at once: what was acknowledged is there,
# once, and the view has what the store has.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"

for i in $(seq 64); do echo "cab-many-$i:x:$((40000 + i)):$((40000 + i))::/:/bin/sh"; done >"$work/users"
cp -p /etc/passwd "$work/passwd"
cat "$work/users" >>/etc/passwd
end_attack()
{
	cp -p "$work/passwd" /etc/passwd
	end_real
}
trap end_attack EXIT

# what the group has, and what the store has, one on each line
in_group()
{
	getent group "$prefix$1" | cut -d : -f 4 | tr , '\n' | sed '/^$/d' | sort
}
in_store()
{
	cabinet root members "$1" --json | sed -n 's/.*"name": *"\([^"]*\)".*/\1/p' | sort
}

whole()
{
	authzctl store check && authzctl view check || return 1
	in_group sales >"$work/group"
	in_store sales | diff "$work/group" - && ! uniq -d "$work/group" | grep .
}

make_sales()
{
	cabinet root create sales && cabinet root admin sales +alice
}

# what the calls that succeeded say is in
acknowledge()
{
	echo "cab-many-$1" >>"$work/acknowledged"
}
acknowledged_are_in()
{
	in_group sales >"$work/group"
	sort "$work/acknowledged" | comm -23 - "$work/group" >"$work/lost"
	! [ -s "$work/lost" ] || {
		echo "lost:"
		cat "$work/lost"
		return 1
	}
}

# kill_one SERVICE USER: alice adds USER, and at a random moment of that the service is killed, or if SERVICE is 0 the
# helper that was started for it.  The status is the call's.
cat >"$work/kill.pl" <<'END'
use Time::HiRes qw(time usleep);
my ($victim, $longest, @call) = @ARGV;
my $began = time;
my $pid = fork;
if (!$pid) { exec @call; exit 127; }
sub helper {
	for my $comm (glob '/proc/[0-9]*/comm') {
		open my $f, '<', $comm or next;
		return $1 if (<$f> // '') eq "authz-helper\n" && $comm =~ m|(\d+)|;
	}
	return 0;
}
until ($victim || time - $began > 5) { $victim = helper(); }
usleep(rand $longest);
kill 'KILL', $victim if $victim;
waitpid $pid, 0;
exit($? ? 1 : 0);
END
kill_one()
{
	perl "$work/kill.pl" "$1" "$longest" setpriv --reuid=alice --regid=alice --init-groups --reset-env \
		authzctl cabinet add-member sales "$2" >"$work/answer" 2>&1
}

# how long a call takes, in microseconds
measure()
{
	longest=$(perl -MTime::HiRes=time -e '$t = time; system @ARGV; printf "%d", (time - $t) * 1e6' \
		setpriv --reuid=alice --regid=alice --init-groups --reset-env authzctl cabinet add-member sales cab-many-64) &&
		cabinet alice remove-member sales cab-many-64
}

some_were_killed()
{
	echo "$killed of 50 were not acknowledged; a call takes $longest us"
	[ "$killed" -gt 0 ] && [ -s "$work/acknowledged" ] && acknowledged_are_in && whole
}

killed_children()
{
	: >"$work/acknowledged"
	killed=0
	measure || return 1
	for i in $(seq 50); do
		if kill_one 0 "cab-many-$i"; then acknowledge "$i"; else killed=$((killed + 1)); fi
	done
	some_were_killed
}

killed_service()
{
	: >"$work/acknowledged"
	killed=0
	measure || return 1
	for i in $(seq 50); do
		chmod 6511 "$helper" && start_service && chmod 0711 "$helper" || return 1
		if kill_one "$service" "cab-many-$i"; then acknowledge "$i"; else killed=$((killed + 1)); fi
		stop_service KILL
	done 2>/dev/null
	some_were_killed
}

# who was not in by then can be added, who was is 95
goes_on()
{
	for i in $(seq 50); do
		cabinet alice add-member sales "cab-many-$i" || :
	done 2>"$work/answer"
	! grep -v ': 95: ' "$work/answer" || return 1
	[ "$(in_group sales | wc -l)" = 50 ] && whole
}

# 64 calls, 32 by root's children and 32 by the socket
at_once()
{
	calls=
	for i in $(seq 64); do
		if [ $((i % 2)) = 0 ]; then
			as alice authzctl --wait 60 cabinet add-member sales "cab-many-$i" >"$work/answer.$i" 2>&1 &
		else
			authzctl --wait 60 --socket none cabinet add-member sales "cab-many-$i" >"$work/answer.$i" 2>&1 &
		fi
		calls="$calls $!"
	done
	status=0
	for call in $calls; do wait "$call" || status=1; done
	cat "$work"/answer.*
	[ $status = 0 ] && [ "$(in_group sales | wc -l)" = 64 ] && whole
}

# 64 calls for the same one, half of each way: one of them does it, the others are told
same_at_once()
{
	cabinet alice remove-member sales cab-many-1 || return 1
	calls=
	for i in $(seq 64); do
		if [ $((i % 2)) = 0 ]; then
			as alice authzctl --wait 60 cabinet add-member sales cab-many-1 >"$work/answer.$i" 2>&1 &
		else
			authzctl --wait 60 --socket none cabinet add-member sales cab-many-1 >"$work/answer.$i" 2>&1 &
		fi
		calls="$calls $!"
	done
	done=0
	for call in $calls; do
		if wait "$call"; then done=$((done + 1)); fi
	done
	cat "$work"/answer.* | sort | uniq -c
	[ $done = 1 ] && [ "$(grep -l ': 95: ' "$work"/answer.* | wc -l)" = 63 ] &&
		[ "$(in_group sales | wc -l)" = 64 ] && whole
}

# the rest of the file system is filled
fill()
{
	dd if=/dev/zero of="$state/filler" bs=4k >"$work/dd" 2>&1
	dd if=/dev/zero of="$state/filler2" bs=1 count=4096 >"$work/dd" 2>&1
	:
}

full()
{
	make_sales && cabinet alice add-member sales cab-many-1 && cabinet alice add-member sales cab-many-2 || return 1
	fill
	in_group sales >"$work/before"
	refused=0
	i=3
	: >"$work/acknowledged"
	while [ $i -le 64 ]; do
		if cabinet alice add-member sales "cab-many-$i" >"$work/answer" 2>&1; then
			acknowledge "$i"
		else
			refused=$((refused + 1))
			grep -E '^authzctl: (CPF4AAA|CPF2225|AZ-[A-Z]*): ' "$work/answer" >"$work/why" || {
				cat "$work/answer"
				return 1
			}
		fi
		i=$((i + 1))
	done
	cat "$work/why"
	df "$state" | tail -n 1
	[ $refused -gt 0 ] && acknowledged_are_in && in_group sales | comm -23 "$work/before" - >"$work/lost" &&
		! [ -s "$work/lost" ] &&
		among "$(gid sales)" as stranger getent initgroups cab-many-2
}

# who is to go must go, at the latest when the answer says so
full_remove()
{
	if cabinet alice remove-member sales cab-many-1 >"$work/answer" 2>&1; then
		! in_group sales | grep -x cab-many-1
	else
		cat "$work/answer"
		grep -E '^authzctl: (CPF4AAA|CPF2225|AZ-[A-Z]*): ' "$work/answer"
	fi
}

# with room again all goes on
room_again()
{
	rm -f "$state/filler" "$state/filler2"
	for i in $(seq 64); do
		cabinet alice add-member sales "cab-many-$i" 2>"$work/answer" || grep ': 95: ' "$work/answer" || return 1
	done
	[ "$(in_group sales | wc -l)" = 64 ] && whole
}

clean()
{
	cabinet root delete sales && cabinet root purge && authzctl store check && authzctl view check
}

plan 22
by_child
make_sales
check "children that are killed at random while they add lose nothing that was acknowledged, and view and store agree" \
	killed_children
check "what they had not done can be done, and what they had is 95" goes_on
check "a cabinet with so many is purged, and store and view are whole" clean
make_sales
check "a service that is killed at random while it adds loses nothing that was acknowledged, and view and store agree" \
	killed_service
chmod 6511 "$helper"
check "children do what it had not done" goes_on
check "after that too all is whole without the cabinet" clean
make_sales
start_service
check "of 64 that are added at once, by children and over the socket, each is in, once" at_once
check "of 64 calls that add the same one does, and the others are told" same_at_once
by_child
check "with children alone it goes on" clean
umount "$state"
own_state size=2m
for way in "child, no syslog" "socket, no syslog" child socket; do
	[ "$way" != child ] || start_log
	"by_${way%%,*}"
	check "on a full file system adding is refused clearly, and nobody who was in is lost ($way)" full
	check "taking out is done at once or refused clearly ($way)" full_remove
	check "with room again all is added, and all is whole ($way)" room_again
	cabinet root delete sales && cabinet root purge >/dev/null
done
by_child
check "at the end store and view are whole" whole
done_testing
