#!/bin/sh
# SPDX-License-Identifier: ISC
# Logins without a token, beside the control as shipped: they get all that the modules behind this one give them.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights
start_sshd

# pam_group, behind everything that pam-auth-update wrote, gives alice the group "games" when credentials are set
printf '*;*;alice;Al0000-2400;games\n' >>/etc/security/group.conf
printf 'auth optional pam_group.so\n' >>/etc/pam.d/common-auth

ssh_key_login()
{
	home=$(getent passwd alice | cut -d : -f 6)
	mkdir -p "$home/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$work/key" && cp "$work/key.pub" "$home/.ssh/authorized_keys" || return 1
	chown -R alice: "$home/.ssh" && chmod -R go= "$home/.ssh" && chown portal "$work/key" || return 1
	shows 'games' as portal ssh -F none -i "$work/key" -p "$port" -o BatchMode=yes -o LogLevel=ERROR alice@127.0.0.1 'id -Gn'
}

ssh_password_login()
{
	shows 'games' ssh_login portal alice "$1" -alice-password 'id -Gn'
}

ssh_token_login()
{
	token "$work/t" portal alice --timeout 60 && shows 'games' ssh_login portal alice "$1" "$work/t" 'id -Gn'
}

second_factor()
{
	# what the site put behind the passwords is asked of a token, too: here it says no
	printf 'auth required pam_deny.so\n' >>/etc/pam.d/common-auth
	status=0
	{ token "$work/t" portal alice --timeout 60 && fails su_login portal alice "$work/t" true; } || status=1
	sed -i '$d' /etc/pam.d/common-auth
	return $status
}

# as for a program of another architecture: without the module there are no tokens, and everything else is as it was
no_module()
{
	module=$(find /lib /usr/lib -name pam_prftkn.so | head -n 1)
	mv "$module" "$work/pam_prftkn.so" || return 1
	su alice -c true && su_login portal alice -alice-password true
	status=$?
	mv "$work/pam_prftkn.so" "$module"
	return $status
}

plan 7
check "a login by ssh key gets the groups that modules behind this one give" ssh_key_login
check "a login by password gets them (sshd, password)" ssh_password_login password
check "a login by password gets them (sshd, keyboard-interactive)" ssh_password_login keyboard-interactive
check "a login by token gets them (sshd, password)" ssh_token_login password
check "a login by token gets them (sshd, keyboard-interactive)" ssh_token_login keyboard-interactive
check "a second factor behind the passwords is asked of a token too" second_factor
check "where the module cannot be loaded, passwords still open sessions" no_module
done_testing
