#!/bin/sh
# SPDX-License-Identifier: ISC
# The helper where its set-user-ID bit does not hold, and where it is called in a way that it must not be.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights

no_new_privs()
{
	refused 3 AZ-NNP setpriv --reuid=portal --regid=portal --init-groups --no-new-privs --reset-env authzctl token generate alice
}

nosuid()
{
	mount --bind "${helper%/*}" "${helper%/*}" && mount -o remount,bind,nosuid "${helper%/*}" || return 1
	status=0
	refused 3 AZ-NOSUID as portal authzctl token generate alice || status=1
	umount "${helper%/*}"
	return $status
}

user_namespace()
{
	refused 3 AZ-USERNS as portal unshare --user --map-root-user authzctl token generate alice
}

root_in_user_namespace()
{
	# who is root there is nobody special here
	refused 3 AZ-USERNS as stranger unshare --user --map-root-user authzctl profile special stranger +allobj +secadm &&
		refused 1 CPF222E as stranger authzctl profile special stranger +allobj
}

not_setuid()
{
	chmod 0711 "$helper"
	status=0
	refused 3 AZ-NOTSUID as portal authzctl token generate alice || status=1
	chmod 6511 "$helper"
	return $status
}

root_owned()
{
	chown root:shadow "$helper" && chmod 6511 "$helper"
	status=0
	refused 3 AZ-INSTALL authzctl token generate alice || status=1
	refused 3 '.' as portal authzctl token generate alice || status=1
	chown authz:shadow "$helper" && chmod 6511 "$helper"
	return $status
}

missing()
{
	mv "$helper" "$helper.away"
	status=0
	refused 3 AZ-HELPER as portal authzctl token generate alice || status=1
	mark
	shows '^alice$' su_login portal alice -alice-password 'id -un' || status=1
	fails su_login portal alice -prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA true || status=1
	logged 'pam_prftkn.*AZ-HELPER' || status=1
	mv "$helper.away" "$helper"
	return $status
}

state_is_refused()
{
	mkdir -p "$work/state"
	chown portal "$work/state"
	fails_quietly as portal "$helper" --state "$work/state" </dev/null
}
fails_quietly()
{
	! "$@" >"$work/said" 2>&1 || {
		cat "$work/said"
		return 1
	}
	[ -z "$(ls -A "$work/state")" ]
}

no_store()
{
	mv /run/authz/tokens /run/authz/away
	status=0
	refused 3 AZ-NOSTORE as portal authzctl token generate alice || status=1
	mv /run/authz/away /run/authz/tokens
	return $status
}

bad_config()
{
	cp -p /etc/authz/authz.conf "$work/conf"
	status=0
	chmod 666 /etc/authz/authz.conf
	refused 3 AZ-CONFIG as portal authzctl token generate alice || status=1
	chmod 644 /etc/authz/authz.conf
	echo 'no such line' >>/etc/authz/authz.conf
	refused 3 AZ-CONFIG as portal authzctl token generate alice || status=1
	cp -p "$work/conf" /etc/authz/authz.conf
	chown portal /etc/authz/authz.conf
	refused 3 AZ-CONFIG as portal authzctl token generate alice || status=1
	chown root /etc/authz/authz.conf
	shows '^prftkn_' as portal authzctl token generate alice || status=1
	return $status
}

hostile_environment()
{
	shows '^prftkn_' as portal env LD_PRELOAD=/nowhere.so GCONV_PATH=/tmp TZ=/etc/shadow HOSTALIASES=/etc/shadow \
		MALLOC_CHECK_=3 GLIBC_TUNABLES=glibc.malloc.check=3 IFS=x PATH=/nowhere /usr/bin/authzctl token generate alice
}

effective_uid_counts()
{
	# real uid stranger, effective portal: portal asks
	cp "$(command -v authzctl)" "$work/authzctl" && chown portal "$work/authzctl" && chmod 4755 "$work/authzctl" &&
		shows '^prftkn_' as stranger "$work/authzctl" token generate alice
}

no_audit_no_token()
{
	kill "$log_pid"
	rm -f /dev/log
	mv /var/lib/authz/audit /var/lib/authz/away
	status=0
	refused 3 AZ-AUDIT as portal authzctl token generate alice || status=1
	shows '^alice$' su_login portal alice -alice-password 'id -un' || status=1
	mv /var/lib/authz/away /var/lib/authz/audit
	log_pid=$("$tools/logsink" /dev/log "$log")
	return $status
}

plan 13
check "no_new_privs is named in the error" no_new_privs
check "a file system mounted nosuid is named in the error" nosuid
check "a user namespace is named in the error" user_namespace
check "root of a user namespace is not the host" root_in_user_namespace
check "a helper without its set-user-ID bit is named in the error" not_setuid
check "a helper that belongs to root is not run, by root or others" root_owned
check "without a helper passwords still work and tokens do not, and the log says why" missing
check "the installed helper takes no other state folder from a caller" state_is_refused
check "a store of tokens that is not there is named in the error" no_store
check "a configuration that others may write, or that is not understood, is refused" bad_config
check "a hostile environment changes nothing" hostile_environment
check "the effective user id is who asks" effective_uid_counts
check "with neither syslog nor audit file no token is made, and passwords still work" no_audit_no_token
done_testing
