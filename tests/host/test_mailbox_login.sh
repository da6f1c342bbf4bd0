#!/bin/sh
# SPDX-License-Identifier: ISC
# Mailboxes with passwords of their own, in real Dovecot by pam_prftkn's option mailbox: BIND at the login, REGISTER by a program
# for passwords, and what becomes of both when the password server refuses, hangs, or is gone.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/mailbox_lib.sh"
start_log
make_helpdesk
keep_hosts
make_servers
start_launch
configure 'password_tries = 1000' 'launch_wait = 2'
sed -i '1i auth [success=done auth_err=die authinfo_unavail=die default=ignore] pam_prftkn.so mailbox' /etc/pam.d/dovecot
sed -i '1i password [success=done ignore=ignore default=die] pam_prftkn.so mailbox' /etc/pam.d/passwd
group sh sh
group built-in built-in
add portal alice sh alice-box
add portal stranger built-in stranger-box
start_dovecot

opens()
{
	gets_in imap "$1" "-$2"
}

# stays_shut OWNER PASSWORD CODE: the log has the code, who typed has not
stays_shut()
{
	mark
	kept_out imap "$1" "-$2" && logged "pam_prftkn\\(dovecot:auth\\): mailbox not .*user=$1 .*$3: " &&
		recorded bind "$3 .*owner=$1"
}

own_one()
{
	opens alice alice-box && stays_shut alice alice-password EVENT-19 && stays_shut alice wrong EVENT-19
}

by_master()
{
	mark
	opens alice master-password && recorded bind 'OK .*owner=alice .*master=helpdesk .*service=dovecot' &&
		logged 'pam_prftkn\(dovecot:auth\): mailbox .*user=alice master=helpdesk' && opens stranger master-password
}

# P2, with everybody else going on meanwhile
out_of_reach()
{
	mode sh "$1"
	stays_shut alice alice-box EVENT-12 && recorded bind 'EVENT-12 .*sh/server' && stays_shut alice wrong EVENT-12 &&
		stays_shut alice master-password EVENT-12 && opens stranger stranger-box && opens bob bob-password
	status=$?
	mode sh right
	opens alice alice-box || status=1
	return $status
}

gone()
{
	mv "$site/sh/server" "$site/sh/away"
	stays_shut alice alice-box EVENT-12 && opens stranger stranger-box && opens bob bob-password
	status=$?
	mv "$site/sh/away" "$site/sh/server"
	opens alice alice-box || status=1
	return $status
}

refuses()
{
	mode sh refuses
	stays_shut alice alice-box EVENT-19
	status=$?
	mode sh right
	return $status
}

# passwd OLD NEW, as alice
passwd_of_alice()
{
	answers urrent "-$1" ew "-$2" ew "-$2"
	"$tools/onpty" -t 30 -u alice -a "$work/answers" passwd
}

registers()
{
	before=$(getent shadow alice)
	passwd_of_alice alice-box newer-Word-77 && opens alice newer-Word-77 && stays_shut alice alice-box EVENT-19 &&
		[ "$(getent shadow alice)" = "$before" ] && alter portal alice alice-box && opens alice alice-box
}

registers_not()
{
	mark
	! passwd_of_alice "$1" newer-Word-77 && opens alice alice-box && stays_shut alice newer-Word-77 EVENT-19
}

registers_nowhere()
{
	mode sh hangs
	status=0
	mark
	! passwd_of_alice alice-box newer-Word-77 && logged 'pam_prftkn\(passwd:chauthtok\): .*EVENT-12' || status=1
	mode sh right
	opens alice alice-box || status=1
	return $status
}

plan 13
check "the owner's mailbox is opened by its own password, and not by the host's" own_one
check "and by the master's of its group: log and audit name both (P1)" by_master
check "who has no mailbox has the host's password" opens bob bob-password
for fault in hangs garbles dies; do
	check "a server that $fault: the login is refused, EVENT-12; others log in meanwhile (P2)" out_of_reach $fault
done
check "a server that is gone: the login is refused, EVENT-12; others log in meanwhile (P2)" gone
check "a server that refuses: EVENT-19 (P2)" refuses
check "passwd changes the mailbox's password by the owner's own, and not the host's" registers
check "by a wrong one it does not" registers_not wrong
check "by the master's it does not (P1)" registers_not master-password
check "by none where the server is out of reach" registers_nowhere
check "no token and no password stands in audit or log" no_secret
done_testing
