#!/bin/sh
# SPDX-License-Identifier: ISC
# mallory and others with tokens: at once, guessed, replayed, not theirs, and where the store is not well; by both carriers.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/attack_lib.sh"
start_log
grant_rights
authzctl profile show alice >/dev/null
rounds=${AUTHZ_ROUNDS:-10}
users="$(id -u mallory) $(id -u bob) $(id -u stranger)"

# ---- all at once

# once HOW WHO...: 64 processes, one token, so many rounds; the losers hear that it was spent, or were too many at once
once()
{
	how=$1
	shift
	for round in $(seq "$rounds"); do
		token "$work/t" portal alice --timeout 60 &&
			"$tools/attack_race" "$how" "$work/t" alice 64 "$helper" "$socket" "$@" >"$work/race" || return 1
		[ "$(sed -n 's/^OK //p' "$work/race")" = 1 ] && ! grep -Ev '^(OK|AZ-SPENT|CPF2225|AZ-TOOMANY) ' "$work/race" || {
			echo "round $round:"
			cat "$work/race"
			return 1
		}
	done
	cat "$work/race"
}

# ---- the same for each carrier: carried NAME

carried()
{
	if [ -n "$service" ]; then by_socket "$1"; else by_child "$1"; fi
}

# hers NAME OPTION...: portal's token for alice with these options, and mallory's request to redeem it
hers()
{
	name=$1
	shift
	token "$work/t.$name" portal alice --timeout 60 "$@" && frame "$name" TOKEN_REDEEM USER=alice TOKEN=@"$work/t.$name"
}

replayed()
{
	hers replay && says 'OK .*' carried replay && for again in 1 2 3; do says 'AZ-SPENT .*' carried replay || return 1; done
}

# root hears of what mallory has sent first
replayed_by_others()
{
	hers replay && says 'OK .*' carried replay && says 'AZ-SPENT .*' "$tools/attack_ask" socket "$socket" <"$mine/replay"
}

of_another_user()
{
	token "$work/t" portal bob --timeout 60 && frame other TOKEN_REDEEM USER=alice TOKEN=@"$work/t" &&
		says 'AZ-OTHER .*' carried other && frame none TOKEN_REDEEM USER=nobodythere TOKEN=@"$work/t" &&
		says 'AZ-OTHER .*' carried none && frame root TOKEN_REDEEM USER=root TOKEN=@"$work/t" && says 'AZ-OTHER .*' carried root &&
		shows '^bob$' su_login portal bob "$work/t" 'id -un'
}

expired()
{
	token "$work/t" portal alice --timeout 1 && frame expired TOKEN_REDEEM USER=alice TOKEN=@"$work/t" && sleep 2 &&
		says 'AZ-EXPIRED .*' carried expired
}

# What she says of her session satisfies no binding, whatever she says; "reauth" is believed, as it lets less pass.
claims()
{
	for binding in service=door rhost=192.0.2.7 tty=pts/77; do
		hers bound --bind $binding || return 1
		frame claim TOKEN_REDEEM USER=alice TOKEN=@"$work/t.bound" SERVICE=door RHOST=192.0.2.7 TTY=pts/77 || return 1
		says 'AZ-(SERVICE|RHOST|TTY) .*' carried claim || return 1
	done
	hers bound --bind uid=bob && says 'AZ-UID .*' carried bound || return 1
	token "$work/t" alice alice --timeout 60 --password nopwdsts && frame own TOKEN_REDEEM USER=alice TOKEN=@"$work/t" REAUTH=1 &&
		says 'AZ-REAUTH .*' carried own && frame own TOKEN_REDEEM USER=alice TOKEN=@"$work/t" REAUTH=0 && says 'OK .*' carried own
}

# ---- guesses

tokens_held()
{
	authzctl store dump --store tokens | sed -n 's/^end \([0-9]*\) .*/\1/p'
}

# guesses COUNT: so many random tokens for alice, of four processes of hers
guesses()
{
	cat >"$work/guess.sh" <<-'SH'
	i=0
	while [ $i -lt "$4" ]; do
		"$1" frame TOKEN_REDEEM USER=alice TOKEN="$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" | "$1" "$2" "$3"
		i=$((i + 1))
	done
	SH
	chmod 755 "$work/guess.sh"
	pids=
	for n in 1 2 3 4; do
		mallory sh "$work/guess.sh" "$tools/attack_ask" "$@" >"$work/guess.$n" 2>&1 &
		pids="$pids $!"
	done
}

guessing()
{
	hers good && before=$(tokens_held) || return 1
	mark
	guesses "$@"
	status=0
	began=$(date +%s%N)
	token "$work/in" portal alice --timeout 60 && shows '^alice$' su_login portal alice "$work/in" 'id -un' || status=1
	ended=$(date +%s%N)
	for pid in $pids; do wait "$pid"; done
	sort "$work"/guess.[1-4] | uniq -c
	echo "alice's login took $(((ended - began) / 1000000)) ms meanwhile"
	[ $((ended - began)) -lt 5000000000 ] && [ "$(cat "$work"/guess.[1-4] | grep -c CPF2274)" -gt 100 ] &&
		! cat "$work"/guess.[1-4] | grep -Ev '^(CPF2274|AZ-TOOMANY|CPF2225)' && [ "$(tokens_held)" -le $((before + 1)) ] || status=1
	# 20 a minute; two minutes may be touched
	lines=$(since_mark | grep -c 'result=CPF2274.*actor=mallory')
	echo "$lines lines in the log"
	[ "$lines" -le 60 ] && says 'OK .*' carried good && logged 'event=token.redeem.*result=OK.*actor=mallory.*suppressed=[0-9]{2,}' || status=1
	return $status
}

# Her guesses' records are counted, and it is said how many were left out.
others_records_stay()
{
	token "$work/t" portal bob --timeout 60 && mark && frame seen TOKEN_REDEEM USER=bob TOKEN=@"$work/t" &&
		as stranger "$tools/attack_ask" "$@" <"$mine/seen" && logged 'event=token.redeem.*result=OK.*actor=stranger' &&
		authzctl audit | tail -n 3 | grep 'event=token.redeem.*result=OK.*actor=stranger'
}

# microseconds of the median of 40 requests; shown, not judged
timings()
{
	token "$work/t" portal bob --timeout 60 && frame unknown TOKEN_REDEEM USER=alice TOKEN="$(printf '%064d' 7)" &&
		frame other TOKEN_REDEEM USER=alice TOKEN=@"$work/t" && frame nobody TOKEN_REDEEM USER=nobodythere TOKEN="$(printf '%064d' 7)" || return 1
	for kind in unknown other nobody; do
		for i in $(seq 40); do
			from=$(date +%s%N)
			carried $kind >/dev/null
			echo $((($(date +%s%N) - from) / 1000))
		done | sort -n | sed -n "20s/^/$kind: /p"
	done >"$work/timings"
	[ "$(wc -l <"$work/timings")" = 3 ]
}

# ---- a store that is not well

without_store()
{
	hers kept || return 1
	mv /run/authz/tokens /run/authz/away
	status=0
	says 'AZ-NOSTORE /run/authz/tokens' carried kept || status=1
	mv /run/authz/away /run/authz/tokens
	says 'OK .*' carried kept || status=1
	return $status
}

# each page of the current twin, one after the other: she is refused by name, or it was no page that her token needs
damaged()
{
	hers kept --type multiple || return 1
	current=/run/authz/tokens/$(readlink /run/authz/tokens/current)
	cp -p "$current" "$work/twin"
	status=0
	for page in $(seq 0 $(($(stat -c %s "$current") / 4096 - 1))); do
		dd if=/dev/urandom of="$current" bs=4096 count=1 seek="$page" conv=notrunc 2>/dev/null
		says '(AZ-DAMAGED|OK) .*' carried kept || status=1
		echo "page $page: $line"
		dd if="$work/twin" of="$current" bs=4096 conv=notrunc 2>/dev/null
	done >"$work/pages"
	cat "$work/pages"
	says 'OK .*' carried kept && grep -q '^page 0: AZ-DAMAGED' "$work/pages" || status=1
	return $status
}

none_then_new()
{
	rm -f /run/authz/tokens/* && hers fresh && says 'OK .*' carried fresh
}

full()
{
	hers kept || return 1
	mount -t tmpfs -o size=4k,mode=700 full /run/authz/tokens && chown authz: /run/authz/tokens || return 1
	status=0
	says '(AZ-NOROOM|CPF2274) .*' carried kept || status=1
	refused 3 AZ-NOROOM as portal authzctl token generate alice || status=1
	shows '^alice$' su_login portal alice -alice-password 'id -un' || status=1
	umount -l /run/authz/tokens # a service keeps its files open
	says 'OK .*' carried kept || status=1
	return $status
}

other_boot()
{
	hers old --type multiple && says 'OK .*' carried old || return 1
	cat /proc/sys/kernel/random/uuid >"$work/boot_id" && chmod 644 "$work/boot_id" &&
		mount --bind "$work/boot_id" /proc/sys/kernel/random/boot_id || return 1
	status=0
	says '(AZ-BOOT|CPF2274) .*' carried old || status=1
	umount /proc/sys/kernel/random/boot_id
	return $status
}

both_carriers()
{
	check "$1: mallory cannot use a frame again that she recorded" replayed
	check "$1: mallory cannot use a token for whom it does not stand" of_another_user
	check "$1: mallory cannot use a token that has expired" expired
	check "$1: mallory's claims about service, remote host, terminal and user satisfy no binding" claims
	check "$1: mallory's guesses find nothing, change nothing, are few in the log, and do not make alice's login late" guessing $2 $3 $4
	check "$1: mallory's guesses do not keep others' records out" others_records_stay $2 $3
	check "$1: how long an unknown token, another user's and an unknown user take is measured" timings
	sed "s/^/# $1, microseconds: /" "$work/timings"
	check "$1: without a store of tokens nobody's is taken, by name, and none is spent" without_store
	check "$1: on a damaged page nobody's is taken, by name" damaged
	check "$1: a store that is gone is made anew, empty" none_then_new
	check "$1: on a full disk nobody's is taken, by name, and passwords work" full
}

plan 27
# shellcheck disable=SC2086 # lists of words
{
check "of 64 processes of mallory and others, each with a child, exactly one uses a single-use token" once child $users
both_carriers child child "$helper" 150
check "mallory cannot use a token of another boot" other_boot
start_service
check "of 64 processes of mallory and others by the socket exactly one uses a single-use token" once socket $users
check "of 64 processes of users by the socket and root's by socket and child exactly one uses a single-use token" once both $users 0
both_carriers socket socket "$socket" 300
check "what mallory has used is spent to everybody" replayed_by_others
stop_service TERM
}
done_testing
