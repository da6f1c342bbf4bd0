# SPDX-License-Identifier: ISC
# What the scripts about masters share: helpdesk, a user with a password of its own, who is a master of alice, and of nobody
# else.  pam_prftkn takes masters in every service, by the name in those that follow it.
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
entries=/run/authz/entries
cp -p /etc/authz/authz.conf "$work/authz.conf"

end_masters()
{
	authzctl master remove helpdesk >/dev/null 2>&1 || :
	userdel --force --remove helpdesk >/dev/null 2>&1 || :
	cp -p "$work/authz.conf" /etc/authz/authz.conf
	stop_hosts
}
trap end_masters EXIT

make_helpdesk()
{
	useradd --user-group --create-home --base-dir /home/authz-test --shell /bin/sh helpdesk 2>/dev/null
	echo helpdesk:helpdesk-password | chpasswd
}

# what stop_hosts gives back
keep_hosts()
{
	mkdir "$work/before.new"
	cp -a /etc/pam.d /etc/login.defs "$work/before.new/"
	mv "$work/before.new" "$work/before"
}

# pam_prftkn takes masters in what every service includes
take_masters()
{
	sed -i "/^auth/s/pam_prftkn\\.so/& master split=login,remote,vsftpd,dovecot/" /etc/pam.d/common-auth
	grep -q 'pam_prftkn\.so master' /etc/pam.d/common-auth
}

start_masters()
{
	make_helpdesk
	keep_hosts
	take_masters
	authzctl master define helpdesk >/dev/null
	authzctl master grant helpdesk alice >/dev/null
	# one try for a connection, so that a refused login ends
	sed -i 's/^LOGIN_RETRIES.*/LOGIN_RETRIES 1/' /etc/login.defs
}

# configure LINE...: authz.conf has these, and without one is as it was
configure()
{
	cp -p "$work/authz.conf" /etc/authz/authz.conf
	[ $# -eq 0 ] || echo '[authz]' >/etc/authz/authz.conf
	for line; do
		echo "$line" >>/etc/authz/authz.conf
	done
	[ -z "$service" ] || carry socket
}

uid_of()
{
	id -u "$1"
}
