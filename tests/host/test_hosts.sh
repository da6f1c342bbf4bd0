#!/bin/sh
# SPDX-License-Identifier: ISC
# Every login program with the PAM stack as shipped: what a token opens there, what it does not, and what stands in the log.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
start_log
grant_rights
start_hosts

# refused_token HOST OWNER CODE: the token in $work/t, and the log says why
refused_token()
{
	mark
	kept_out "$1" "$2" "$work/t" && logged "pam_prftkn\\($(service_of "$1"):auth\\): token refused: user=$2 .*$3: "
}

once()
{
	token "$work/t" portal alice --timeout 60 && gets_in "$1" alice "$work/t" && refused_token "$1" alice AZ-SPENT &&
		logged "event=token.redeem.*AZ-SPENT"
}

others()
{
	token "$work/t" portal alice --timeout 60 && refused_token "$1" bob AZ-OTHER && gets_in "$1" alice "$work/t"
}

late()
{
	token "$work/t" portal alice --timeout 1 || return 1
	sleep 1.2
	refused_token "$1" alice AZ-EXPIRED
}

beside()
{
	token "$work/t" portal alice --timeout 60 && gets_in "$1" alice -alice-password && gets_in "$1" alice "$work/t" &&
		gets_in "$1" alice -alice-password
}

wrong()
{
	mark
	kept_out "$1" alice -wrong && ! since_mark | grep "pam_prftkn($(service_of "$1")"
}

# who asked, and what the host says of the session; askpam is not root's, so what it says is a claim
in_the_log()
{
	case $1 in
	sshd-* | vsftpd | imap) said="service=$(service_of "$1") rhost=127\\.0\\.0\\.1" ;;
	login) said="service=$(service_of login) rhost=192\\.0\\.2\\.9" ;;
	*) said="service=$(service_of "$1")" ;;
	esac
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	gets_in "$1" alice "$work/t" && logged "event=token.redeem.* result=OK.* owner=alice .*maker=portal .*$said"
}

# Nobody comes in as root, or as one of the system's own users, by whosever token.
system_user()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for system_user in root games; do
		refused_token "$1" $system_user AZ-SYSTEM || return 1
	done
	gets_in su alice "$work/t"
}

# a helper that was started, however short it was there, has left a line
no_child_started()
{
	cat "$helper.started"
	[ ! -s "$helper.started" ]
}

child_is_seen()
{
	mark
	for each in su ask; do
		kept_out $each alice "$work/token" && logged "pam_prftkn\\($(service_of $each):auth\\): token not checked: .*AZ-DIED" || return 1
	done
	[ "$(wc -l <"$helper.started")" = 2 ]
}

none_connected()
{
	within 2 nobody_asked
}
nobody_asked()
{
	! asked
}

plan 114
for carrier in $carriers; do
	carry "$carrier"
	[ "$carrier" = child ] || watch_child
	at_once "a token opens a session of its owner's once; the second time the log says why and the host does not" once $every_host
	at_once "a token of another user's is refused, and not spent by that" others $every_host
	at_once "a token that has expired is refused" late $every_host
	at_once "the owner's own password works before and after a token" beside $every_host
	at_once "a wrong password is refused, and pam_prftkn has nothing to say" wrong $every_host
	at_once "the audit names owner, maker, service and, where the host says it, the remote host" in_the_log $every_host
	# sudo asks root nothing
	at_once "no token opens root or a user of the system" system_user ${every_host#su sudo } su
done
check "of none of these logins a connection stays at the service" none_connected
check "while a service runs no login program starts a helper, root's or not" no_child_started
token "$work/token" portal alice --timeout 60
carry child
check "and once it has ended they do" child_is_seen
not_faulty
check "no token and no password stands in audit or log" no_secret
done_testing
