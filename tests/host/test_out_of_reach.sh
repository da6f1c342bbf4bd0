#!/bin/sh
# SPDX-License-Identifier: ISC
# Every login program while the helper is out of reach, with the PAM stack as shipped but for timeout=2.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
start_log
grant_rights
start_hosts
sed -i 's/pam_prftkn\.so/pam_prftkn.so timeout=2/' /etc/pam.d/common-auth /etc/pam.d/sudo

# ---- faults: break_CARRIER_FAULT, and what the log then says of a token

faults_child='missing hung crashing killed garbage'
faults_socket='hung killed garbage'

repair()
{
	[ -z "${killer-}" ] || kill "$killer" 2>/dev/null || :
	killer=
	if [ -n "${faulty_service-}" ]; then
		stop_faulty_service
	elif [ -n "$service" ]; then
		stop_service KILL
		start_service
	fi
	not_faulty
}

# kill_each COMMAND: each process that it names, as soon as it is there, by SIGKILL
kill_each()
{
	(
		trap - EXIT
		while sleep 0.3; do
			for pid in $("$@"); do kill -KILL "$pid" 2>/dev/null || :; done
		done
	) &
	killer=$!
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

# each one that has read its request
break_child_killed()
{
	faulty wait
	kill_each helpers
	code=AZ-DIED what="is killed while it works"
}

break_child_garbage()
{
	faulty garbage
	code=AZ-GARBLED what="answers garbage"
}

# of the real service nobody knows what it did before it is gone
break_socket_hung()
{
	kill -STOP "$service"
	code=AZ-LATE what="hangs"
}

break_socket_killed()
{
	start_faulty_service wait
	kill_each pgrep -P "$faulty_service"
	code=AZ-DIED what="is killed while it works"
}

break_socket_garbage()
{
	start_faulty_service garbage
	code=AZ-GARBLED what="answers garbage"
}

# ---- cases

root_hosts=${every_host% ask}

# nobody comes in, and the log names the cause
closed()
{
	kept_out "$1" alice "$work/../token" && logged "pam_prftkn\\($(service_of "$1"):auth\\): token not checked: user=alice .*$code: "
}

# pam_unix has a line for each password that is wrong
not_passed_on()
{
	! since_mark | grep 'pam_unix([a-z-]*:auth)'
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
	within 2 nobody_asked || {
		ps -eo pid,ppid,ruser,euser,stat,args
		return 1
	}
}
# (of a service that was stopped it may be to be seen that it had been asked)
nobody_asked()
{
	! helpers >/dev/null && { [ -z "${faulty_service-}" ] || ! asked; }
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

# A helper that an ordinary user's program started would be left to itself, so that has its turn behind the others.
without_helper()
{
	at_first=$root_hosts
	[ "$carrier" = child ] || at_first=$every_host
	mark
	token "$work/token" portal alice --timeout 120
	"break_${carrier}_$1"
	begin_all closed $at_first
	begin_all password $every_host
	begin_all neighbour $every_host
	gather
	results "when the helper $what a token opens nothing, in time, and the log says why" closed $at_first
	results "when the helper $what the owner's own password works" password $every_host
	results "when the helper $what others log in meanwhile" neighbour $every_host
	check "$carrier: a token that met a helper that $what comes to no other module" not_passed_on
	check "$carrier: of a helper that $what no process is left by these programs" nothing_left
	if [ "$carrier" = child ]; then
		at_once "when the helper $what a token opens nothing, in time, and the log says why" closed ask
	fi
	if [ "$carrier.$1" = child.hung ]; then
		check "child: an ordinary user's program waits no longer, and has to leave a helper that never answers" leaves_it
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
	chmod 6511 "$helper"
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
	plain_mode kept_out ask alice "$work/t" && logged 'pam_prftkn\(authz-ask:auth\): token not checked: .*AZ-NOTSUID: ' &&
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
	locked kept_out "$1" alice "$work/t" && logged 'token not checked: .*(AZ-LATE|CPF2225): ' && within 6 no_helper &&
		gets_in su alice "$work/t"
}

# it ends itself before long, also where its client cannot end it
no_helper()
{
	! helpers >/dev/null
}

killed_at_work()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	locked killed_at_lock && logged 'pam_prftkn\(su:auth\): token not checked: .*AZ-DIED: ' && gets_in su alice "$work/t"
}
killed_at_lock()
{
	begin kept_out su alice "$work/t"
	within 5 asked || return 1
	sleep 0.1
	for pid in ${service:-$(helpers)}; do kill -KILL "$pid"; done
	gather
	went_well kept_out su
}
# ---- the service was killed, and nobody has removed its socket

left_socket()
{
	[ -S "$socket" ] && [ -z "$(helpers)" ]
}

opens()
{
	token "$work/t" portal alice --timeout 60 && gets_in "$1" alice "$work/t"
}

# Its clients were told that nobody knows; whatever it finds in its queue, it goes on.
goes_on()
{
	token "$work/t" portal alice --timeout 60 || return 1
	kill -STOP "$service"
	mark
	kept_out su alice "$work/t" && logged 'pam_prftkn\(su:auth\): token not checked: .*AZ-LATE: ' || return 1
	kill -CONT "$service"
	opens su && opens ask
}

# ---- no other module has to do with a token that could not be checked: not pam_faillock either

count_failures()
{
	cp -p /etc/pam.d/common-auth "$work/common-auth"
	sed -i 's/^auth.*requisite.*pam_deny\.so.*/auth [default=die] pam_faillock.so authfail/' /etc/pam.d/common-auth
	grep -q pam_faillock /etc/pam.d/common-auth
}

failures()
{
	faillock --user alice | grep -c ' V$' || :
}

not_counted()
{
	faillock --user alice --reset || return 1
	for each in sshd-password vsftpd imap su; do
		kept_out "$each" alice "$work/token" || return 1
	done
	[ "$(failures)" = 0 ] && not_passed_on && kept_out su alice -wrong && [ "$(failures)" = 1 ]
}

plan 236
for carrier in $carriers; do
	carry "$carrier"
	eval "faults=\$faults_$carrier"
	for fault in $faults; do
		without_helper "$fault"
	done
	check "$carrier: the real helper, held up by the lock of its store, refuses in time, and the token is not spent" held_up su
	check "$carrier: the same asked by an ordinary user's program: it ends by itself" held_up ask
	check "$carrier: the real helper, killed while it waits, leaves the token unspent, and nobody comes in" killed_at_work
done
# the last check has killed it
stop_service KILL
start_service
check "socket: a service that goes on after a while has damaged nothing, and serves" goes_on
stop_service KILL
carrier=child
check "a service that is killed leaves its socket" left_socket
at_once "where a killed service has left its socket a token opens by a child" opens $every_host
check "a helper without its set-user-ID bit still serves programs of root's" serves_root
check "and is named to an ordinary user's, who loses no token by that" refuses_others
token "$work/token" portal alice --timeout 60
break_child_missing
mark
count_failures
check "pam_faillock counts no token that could not be checked, and each wrong password" not_counted
cp -p "$work/common-auth" /etc/pam.d/common-auth
not_faulty
rm -f "$socket"
done_testing
