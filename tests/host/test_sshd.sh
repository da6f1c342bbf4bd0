#!/bin/sh
# SPDX-License-Identifier: ISC
# A real sshd on loopback, with the PAM stack as shipped; passwords, then keyboard-interactive.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights
start_sshd

once_only()
{
	token "$work/t" portal alice --timeout 60 && shows '^alice$' ssh_login portal alice "$1" "$work/t" 'id -un' || return 1
	mark
	fails ssh_login portal alice "$1" "$work/t" true && logged 'pam_prftkn\(sshd:auth\).*AZ-SPENT'
}

another_user()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	fails ssh_login portal bob "$1" "$work/t" true && logged 'AZ-OTHER' &&
		shows '^alice$' ssh_login portal alice "$1" "$work/t" 'id -un'
}

too_late()
{
	token "$work/t" portal alice --timeout 1 || return 1
	sleep 1.2
	mark
	fails ssh_login portal alice "$1" "$work/t" true && logged 'AZ-EXPIRED'
}

to_root()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	fails ssh_login portal root "$1" "$work/t" true && logged 'AZ-SYSTEM'
}

unknown_user()
{
	mark
	fails ssh_login portal nobody-of-that-name "$1" -guess true && logged 'nvalid user' && ! since_mark | grep 'event=token.redeem'
}

own_password()
{
	shows '^alice$' ssh_login portal alice "$1" -alice-password 'id -un'
}

wrong_password()
{
	mark
	fails ssh_login portal alice "$1" -wrong true && ! since_mark | grep 'pam_prftkn'
}

bound()
{
	token "$work/t" portal alice --timeout 60 --bind service=sshd --bind rhost=127.0.0.1 &&
		shows '^alice$' ssh_login portal alice "$1" "$work/t" 'id -un' || return 1
	token "$work/t" portal alice --timeout 60 --bind rhost=192.0.2.1 || return 1
	mark
	fails ssh_login portal alice "$1" "$work/t" true && logged 'AZ-RHOST'
}

record()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	ssh_login portal alice "$1" "$work/t" true && logged 'event=token.redeem.* owner=alice .*maker=portal .*service=sshd rhost=127.0.0.1' &&
		logged 'session opened for user alice'
}

plan 18
for method in password keyboard-interactive; do
	check "sshd, $method: a token logs in once; the second time the log says why and sshd does not" once_only $method
	check "sshd, $method: a token is refused for another user, and is not spent by that" another_user $method
	check "sshd, $method: a token is refused after its time" too_late $method
	check "sshd, $method: a token does not open root" to_root $method
	check "sshd, $method: what is typed for a user who is not there is no attempt at a token" unknown_user $method
	check "sshd, $method: the owner's own password still works" own_password $method
	check "sshd, $method: a wrong password is refused, and pam_prftkn has nothing to say" wrong_password $method
	check "sshd, $method: a token bound to service and remote host is taken there and refused elsewhere" bound $method
	check "sshd, $method: the audit has owner, maker, service and remote host" record $method
done
done_testing
