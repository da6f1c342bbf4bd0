#!/bin/sh
# SPDX-License-Identifier: ISC
# Password servers that refuse, are absent, hang, are late, garble, or are killed half-way: nobody gets in, nothing is changed,
# the audit says which server, and nobody else notices.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/mailbox_lib.sh"
start_log
grant_rights
make_helpdesk
keep_hosts
make_servers
start_launch
configure 'password_tries = 1000' 'launch_wait = 2'
server=$site/sh/server
faults='hangs late garbles says-nothing says-half says-twice says-without-end fails dies'

group sh sh
group python python
group socket socket
group built-in built-in
add portal alice sh alice-box
add portal bob built-in bob-box
add portal stranger python stranger-box
add portal fresh socket fresh-box

# as everything was before
as_it_was()
{
	mode sh right
	status=0
	bind root alice alice-box || status=1
	answers_with EVENT-19 bind root alice other || status=1
	answers_with AZ-NOBOX bind root stale stale-box || status=1
	shows '^alice .*live' authzctl mailbox list alice || status=1
	return $status
}

# in_time COMMAND...: it ends by itself
in_time()
{
	"$@" &
	awaited=$!
	within 40 ended || {
		kill $awaited
		return 1
	}
	wait $awaited
}
ended()
{
	! kill -0 "$awaited" 2>/dev/null
}

# out_of_reach CODE COMMAND...: so says the reply, and the audit names the server
out_of_reach()
{
	expected_code=$1
	shift
	mark
	in_time answers_with "$expected_code" "$@" && logged "event=mailbox\\.$1 phase=done result=$expected_code .*sh/server"
}

bind_fault()
{
	mode sh "$1"
	out_of_reach EVENT-12 bind root alice alice-box && out_of_reach EVENT-12 bind root alice wrong && as_it_was
}

register_fault()
{
	mode sh "$1"
	out_of_reach EVENT-12 register root alice alice-box other && as_it_was
}

manager_fault()
{
	mode sh "$1"
	out_of_reach FS-ERR add portal stale sh stale-box && out_of_reach FS-ERR alter portal alice other &&
		out_of_reach FS-ERR delete portal alice && as_it_was
}

refuses()
{
	mode sh refuses
	mark
	answers_with EVENT-19 bind root alice alice-box && recorded bind EVENT-19 &&
		answers_with EVENT-19 register root alice alice-box other &&
		recorded register EVENT-19 && as_it_was
}

refuses_manager()
{
	mode sh refuses
	mark
	answers_with MHS-16 add portal stale sh stale-box && recorded add MHS-16 &&
		answers_with MHS-16 alter portal alice other &&
		recorded alter MHS-16 && answers_with MHS-16 delete portal alice && recorded delete MHS-16 && as_it_was
}

all_faults()
{
	out_of_reach EVENT-12 bind root alice alice-box && out_of_reach EVENT-12 register root alice alice-box other &&
		out_of_reach FS-ERR add portal stale sh stale-box && out_of_reach FS-ERR alter portal alice other &&
		out_of_reach FS-ERR delete portal alice
}

absent()
{
	mv "$server" "$server.away"
	all_faults
	status=$?
	mv "$server.away" "$server"
	as_it_was || status=1
	return $status
}

# whoever could write the program would see all passwords
others_may_write()
{
	chmod "$1" "$server"
	chown "$2" "$server"
	all_faults
	status=$?
	chown root "$server"
	chmod 755 "$server"
	as_it_was || status=1
	return $status
}

without_launch()
{
	stop_launch
	all_faults
	status=$?
	start_launch
	as_it_was || status=1
	return $status
}

other_kinds()
{
	for kind in python:stranger socket:fresh; do
		owner=${kind#*:} kind=${kind%:*}
		for fault in hangs garbles; do
			mode $kind $fault
			answers_with EVENT-12 bind root "$owner" "$owner-box" || return 1
		done
		mode $kind refuses
		answers_with EVENT-19 bind root "$owner" "$owner-box" && mode $kind right &&
			bind root "$owner" "$owner-box" || return 1
	done
	kill "$server_pid"
	wait "$server_pid" || :
	server_pid=''
	mark
	answers_with EVENT-12 bind root fresh fresh-box && logged 'event=mailbox\.bind phase=done result=EVENT-12 .*socket' &&
		bind root stranger stranger-box
}

# The server had changed the password when it died: it is asked again, by the old one, and by the new one as the old.
repeated()
{
	mode sh dies-having-acted-once
	rm -f "$site/sh/passwords/.died"
	register root alice alice-box newer-box
	status=$?
	cat "$site/sh/passwords/.asked" | tail -n 4
	[ "$(cat "$site/sh/passwords/alice")" = newer-box ] || status=1
	mode sh right
	bind root alice newer-box && answers_with EVENT-19 bind root alice alice-box &&
		register root alice newer-box alice-box && as_it_was ||
		status=1
	return $status
}

hanging()
{
	pgrep -f "$server" >/dev/null || pgrep -u "$exit_user" -x sleep >/dev/null
}

# while one server hangs: mailboxes of other groups, tokens and passwords
others_go_on()
{
	mode sh hangs
	token "$work/t" portal bob --timeout 60
	begun_binds=
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		bind root alice alice-box >"$work/hung.$n" 2>&1 &
		begun_binds="$begun_binds $!"
	done
	status=0
	within 5 hanging || status=1
	bind root bob bob-box && bind root stranger stranger-box || status=1
	shows '^bob$' su_login portal bob "$work/t" 'id -un' && shows '^bob$' su_login portal bob -bob-password 'id -un' || status=1
	# it was all done while that was waited for
	kill -0 "${begun_binds##* }" || status=1
	for pid in $begun_binds; do wait "$pid" || :; done
	[ "$(cat "$work"/hung.* | grep -c EVENT-12)" = 12 ] || status=1
	rm -f "$work"/hung.*
	as_it_was || status=1
	return $status
}

# broken_off COMMAND...: the helper is killed while the server is asked
broken_off()
{
	mode sh hangs
	"$@" >"$work/broken" 2>&1 &
	asking=$!
	within 5 hanging || return 1
	pkill -KILL -x authz-helper
	wait $asking || :
	cat "$work/broken"
	mode sh right
	within 10 not_hanging
}
not_hanging()
{
	! hanging
}

# not at once: for some seconds it may be somebody who is still being asked
repeat()
{
	within 20 "$@"
}

pending()
{
	broken_off alter portal alice other && shows '^alice .*pending' authzctl mailbox list alice &&
		answers_with AZ-PENDING bind root alice alice-box && bind root alice master-password &&
		answers_with AZ-PENDING register root alice alice-box other && bind root bob bob-box || return 1
	repeat alter portal alice alice-box && as_it_was
}

pending_add()
{
	broken_off add portal stale sh stale-box && shows '^stale .*pending' authzctl mailbox list stale &&
		answers_with AZ-PENDING bind root stale stale-box && repeat delete portal stale && as_it_was || return 1
	broken_off add portal stale sh stale-box && repeat add portal stale sh stale-box && bind root stale stale-box &&
		delete portal stale && as_it_was
}

pending_delete()
{
	broken_off delete portal alice && answers_with AZ-PENDING bind root alice alice-box && repeat delete portal alice &&
		answers_with AZ-NOBOX bind root alice alice-box && add portal alice sh alice-box && as_it_was
}

said_of()
{
	case $1 in late) echo 'is late' ;; *) echo "$1" | tr - ' ' ;; esac
}

plan 75
for carrier in $carriers; do
	carry "$carrier"
	check "$carrier: a server that refuses: BIND and REGISTER are EVENT-19 (P2)" refuses
	check "$carrier: a server that refuses: ADD, ALTER, DELETE are MHS-16, and nothing is changed (P2)" refuses_manager
	for fault in $faults; do
		check "$carrier: a server that $(said_of $fault): BIND is EVENT-12, and nobody is let in (P2)" bind_fault "$fault"
		check "$carrier: a server that $(said_of $fault): REGISTER is EVENT-12, and the password is as it was (P2)" \
			register_fault "$fault"
		check "$carrier: a server that $(said_of $fault): ADD, ALTER, DELETE are FS-ERR, and nothing is changed (P2)" \
			manager_fault "$fault"
	done
	check "$carrier: a server that is absent is out of reach" absent
	check "$carrier: a server that others may write is not asked" others_may_write 777 root
	check "$carrier: nor one that is another's than root's" others_may_write 755 bob
	check "$carrier: without authz-launch all servers but the built-in one are out of reach" without_launch
	check "$carrier: REGISTER at a server that died in it is repeated with the old, then with the new password" repeated
	check "$carrier: while twelve wait for a hung server, other mailboxes and logins by token and password go on" \
		others_go_on
	[ "$carrier" = child ] || break # what pends is the store's, whoever was killed
	check "$carrier: ALTER that was killed half-way is pending: nobody binds but the master, until it is repeated" pending
	check "$carrier: ADD that was killed half-way is pending until it is repeated, or deleted" pending_add
	check "$carrier: DELETE that was killed half-way is pending until it is repeated" pending_delete
done
check "servers in Python, and at a socket: hung, garbling, refusing, gone" other_kinds
check "no token and no password stands in audit or log" no_secret
done_testing
