#!/bin/sh
# SPDX-License-Identifier: ISC
# Every login program while the helper is out of reach, with the PAM stack as shipped but for timeout=2.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
start_log
grant_rights
start_hosts
sed -i 's/pam_prftkn\.so/pam_prftkn.so timeout=2/' /etc/pam.d/common-auth /etc/pam.d/sudo
cp -p "$helper" "$work/helper.real"

# ---- faults: break_CARRIER_FAULT, and what the log then says of a token

faults_child='missing hung crashing killed garbage'

repair()
{
	rm -f "$helper.mode"
	[ -z "${killer-}" ] || kill "$killer" 2>/dev/null || :
	killer=
	[ -e "$helper" ] && cmp -s "$work/helper.real" "$helper" || {
		cp -p "$work/helper.real" "$helper.new" && mv "$helper.new" "$helper"
	}
	chown authz:shadow "$helper" && chmod 6511 "$helper"
}

# faulty MODE: a helper that does that, owner and set-user-ID bit as the real one has them
faulty()
{
	echo "$1" >"$helper.mode"
	cp "$tools/faulty_helper" "$helper.new" && chown authz:shadow "$helper.new" && chmod 6511 "$helper.new" &&
		mv "$helper.new" "$helper"
}

helpers()
{
	pgrep -x authz-helper "$@"
}

break_child_missing()
{
	mv "$helper" "$work/helper.away"
	code=AZ-HELPER what="is missing"
}

break_child_hung()
{
	faulty hang
	code=AZ-LATE what="never answers"
}

break_child_crashing()
{
	faulty crash
	code=AZ-DIED what="crashes"
}

# each one that has read its request, by SIGKILL
break_child_killed()
{
	faulty wait
	(
		trap - EXIT
		while sleep 0.3; do
			for pid in $(helpers); do kill -KILL "$pid" 2>/dev/null || :; done
		done
	) &
	killer=$!
	code=AZ-DIED what="is killed while it works"
}

break_child_garbage()
{
	faulty garbage
	code=AZ-GARBLED what="answers garbage"
}

# ---- cases

root_hosts=${every_host% ask}

# A token, and where the host asks again no password: nobody comes in, and the log names the cause.
closed()
{
	case " $asked_twice " in
	*" $1 "*) kept_out "$1" alice "$work/../token" -wrong ;;
	*) kept_out "$1" alice "$work/../token" ;;
	esac && logged "pam_prftkn\\($(service_of "$1"):auth\\): token not checked: user=alice .*$code: "
}

# pam_unix asks again, in the words of any login, and her password is the answer
second_prompt()
{
	gets_in "$1" alice "$work/../token" -alice-password && [ "$(grep -o 'assword: ' "$work/said" | wc -l)" = 2 ]
}

password()
{
	gets_in "$1" alice -alice-password
}

neighbour()
{
	gets_in "$1" bob -bob-password
}

# after the deadline, within two seconds
nothing_left()
{
	tries=20
	while helpers >/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || {
			ps -eo pid,ppid,ruser,euser,stat,args
			return 1
		}
		sleep 0.1
	done
}

# the caller may not end a set-user-ID program that has let go of her; the real one ends itself
leaves_it()
{
	went_well closed ask || return 1
	pids=$(helpers)
	[ "$(ps -o ruser= -p "$pids")" = authz ] || return 1
	kill -KILL "$pids"
}

not_spent()
{
	gets_in su alice "$work/token"
}

without_helper()
{
	mark
	token "$work/token" portal alice --timeout 120
	"break_${carrier}_$1"
	begin_all closed $root_hosts
	begin_all second_prompt $asked_twice
	begin_all password $every_host
	begin_all neighbour $every_host
	gather
	results "when the helper $what a token opens nothing, in time, and the log says why" closed $root_hosts
	results "when the helper $what her password opens at the second prompt" second_prompt $asked_twice
	results "when the helper $what the owner's own password works" password $every_host
	results "when the helper $what others log in meanwhile" neighbour $every_host
	check "$carrier: of a helper that $what no process is left by programs of root's" nothing_left
	at_once "when the helper $what a token opens nothing, in time, and the log says why" closed ask
	if [ "$1" = hung ]; then
		check "$carrier: an ordinary user's program waits no longer, and has to leave a helper that never answers" leaves_it
	fi
	repair
	check "$carrier: a token that met a helper that $what is not spent" not_spent
}

# ---- without its set-user-ID bit

plain_mode()
{
	chmod 0511 "$helper"
	status=0
	"$@" || status=1
	repair
	return $status
}

# root's programs turn into its user themselves
serves_root()
{
	for each in su login sshd-keyboard vsftpd imap; do
		token "$work/t.$each" portal alice --timeout 60 || return 1
	done
	plain_mode serves_root_all
}
serves_root_all()
{
	for each in su login sshd-keyboard vsftpd imap; do
		gets_in "$each" alice "$work/t.$each" || return 1
	done
}

refuses_others()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	plain_mode kept_out ask alice "$work/t" && logged 'pam_prftkn\(authz-ask:auth\): token not checked: .*AZ-(NOTSUID|INSTALL): ' &&
		plain_mode gets_in ask alice -alice-password && gets_in ask alice "$work/t"
}

# ---- the real helper, held up by somebody who has the lock of its store

locked()
{
	flock /run/authz/tokens/lock sh -c 'echo >"$1"; exec sleep 20' sh "$work/held" &
	holder=$!
	until [ -e "$work/held" ]; do sleep 0.05; done
	status=0
	"$@" || status=1
	# flock's child has the lock
	for pid in $(pgrep -P "$holder") "$holder"; do kill "$pid" 2>/dev/null || :; done
	rm -f "$work/held"
	return $status
}

held_up()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	locked kept_out "$1" alice "$work/t" ${2:+"$2"} && logged 'token not checked: .*(AZ-LATE|CPF2225): ' && no_helper &&
		gets_in su alice "$work/t"
}

# it ends itself before long, also where its client cannot end it
no_helper()
{
	tries=60
	while helpers >/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

killed_at_work()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	locked killed_at_lock && logged 'pam_prftkn\(su:auth\): token not checked: .*AZ-DIED: ' && gets_in su alice "$work/t"
}
killed_at_lock()
{
	begin kept_out su alice "$work/t" -wrong
	tries=50
	until helpers >/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
	sleep 0.1
	for pid in $(helpers); do kill -KILL "$pid"; done
	gather
	went_well kept_out su
}

# ---- who has only one answer gives it to every prompt

asked_once='sshd-password vsftpd imap'

token_comes_to_pam_unix()
{
	closed "$1" && logged "pam_unix\\($(service_of "$1"):auth\\): authentication failure;.* user=alice"
}

token_comes_to_nobody()
{
	closed "$1" && ! since_mark | grep "pam_unix($(service_of "$1")" && password "$1"
}

once_only()
{
	token "$work/token" portal alice --timeout 60
	break_child_missing
	mark
	at_once "known gap: a token that could not be checked comes to pam_unix, as a wrong password" token_comes_to_pam_unix $asked_once
	sed -i 's/auth_err=die/auth_err=die authinfo_unavail=die/' /etc/pam.d/common-auth
	mark
	at_once "with authinfo_unavail=die it comes to no other module, and a password works" token_comes_to_nobody $asked_once
	sed -i 's/ authinfo_unavail=die//' /etc/pam.d/common-auth
	repair
}

plan 162
for carrier in $carriers; do
	eval "faults=\$faults_$carrier"
	for fault in $faults; do
		without_helper "$fault"
	done
done
carrier=child
once_only
check "a helper without its set-user-ID bit still serves programs of root's" serves_root
check "and is named to an ordinary user's, who loses no token by that" refuses_others
check "the real helper, held up by the lock of its store, refuses in time, is gone, and the token is not spent" held_up su -wrong
check "the same asked by an ordinary user's program: it ends by itself" held_up ask
check "the real helper, killed while it waits, leaves the token unspent, and nobody comes in" killed_at_work
done_testing
