#!/bin/sh
# SPDX-License-Identifier: ISC
# Real su on a terminal, with the PAM stack as shipped.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights

logs_in()
{
	token "$work/t" portal alice --timeout 60 &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

login_shell()
{
	token "$work/t" portal alice --timeout 60 &&
		shows '^alice /home/authz-test/alice$' su_login portal alice "$work/t" 'echo $(id -un) $HOME' -l
}

second_time()
{
	token "$work/t" portal alice --timeout 60 && su_login portal alice "$work/t" true >/dev/null || return 1
	mark
	fails su_login portal alice "$work/t" true && logged 'pam_prftkn.*AZ-SPENT' && logged 'event=token.redeem.*AZ-SPENT'
}

another_user()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	fails su_login portal bob "$work/t" true && logged 'pam_prftkn.*AZ-OTHER' &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

too_late()
{
	token "$work/t" portal alice --timeout 1 || return 1
	sleep 1.2
	mark
	fails su_login portal alice "$work/t" true && logged 'AZ-EXPIRED'
}

another_boot()
{
	token "$work/t" portal alice --timeout 60 || return 1
	echo 00000000-1111-4222-8333-444444444444 >"$work/boot_id"
	mount --bind "$work/boot_id" /proc/sys/kernel/random/boot_id || return 1
	mark
	status=0
	{ fails su_login portal alice "$work/t" true && logged 'AZ-BOOT|CPF2274'; } || status=$?
	umount /proc/sys/kernel/random/boot_id
	return $status
}

never_made()
{
	mark
	fails su_login portal alice -prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA true && logged 'CPF2274'
}

malformed()
{
	mark
	fails su_login portal alice -prftkn_alice-password true && logged 'pam_prftkn.*refused'
}

to_root()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	fails su_login portal root "$work/t" true && logged 'AZ-SYSTEM'
}

refused_token_is_no_password()
{
	# the password of bob is a text like a token: it never reaches pam_unix
	usermod --password "$(perl -e 'print crypt($ARGV[0], q($6$salt$))' prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)" bob
	status=0
	mark
	fails su_login portal bob -prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA true || status=$?
	logged 'CPF2274' || status=1
	since_mark | grep 'pam_unix(su:auth)' && status=1
	echo bob:bob-password | chpasswd
	return $status
}

multiple_use()
{
	token "$work/t" portal alice --timeout 60 --type multiple || return 1
	for _ in 1 2 3; do
		shows '^alice$' su_login portal alice "$work/t" 'id -un' || return 1
	done
}

bound_elsewhere()
{
	token "$work/t" portal alice --timeout 60 --bind service=sshd || return 1
	mark
	fails su_login portal alice "$work/t" true && logged 'AZ-SERVICE'
}

bound_here()
{
	token "$work/t" portal alice --timeout 60 --bind service=su &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

# what happened to the account between making and using a token: STATEMENT, WORD OF THE LOG, how to undo it
changed_meanwhile()
{
	token "$work/t" portal alice --timeout 60 || return 1
	sh -c "$1" || return 1
	mark
	status=0
	{ fails su_login portal alice "$work/t" true && logged "$2"; } || status=1
	sh -c "$3"
	return $status
}

removed()
{
	token "$work/t" portal alice --timeout 60 && as portal authzctl token remove <"$work/t" || return 1
	mark
	fails su_login portal alice "$work/t" true && logged 'CPF2274'
}

own_password()
{
	shows '^alice$' su_login portal alice -alice-password 'id -un'
}

own_password_beside_a_token()
{
	token "$work/t" portal alice --timeout 60 && own_password && shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

wrong_password()
{
	mark
	fails su_login portal alice -wrong true && logged 'pam_unix\(su:auth\): authentication failure' && ! since_mark | grep 'pam_prftkn'
}

thirty_two_at_once()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32; do
		printf 'assword:\n%s\n' "$(cat "$work/t")" >"$work/answers.$i"
		chmod 600 "$work/answers.$i"
		"$tools/onpty" -t 60 -u portal -a "$work/answers.$i" su alice -c 'id -un' >"$work/won.$i" 2>&1 &
		running="${running-} $!"
	done
	for pid in $running; do wait "$pid" || :; done
	won=$(grep -lx alice "$work"/won.* | wc -l)
	rm -f "$work"/won.* "$work"/answers.*
	[ "$won" = 1 ] || {
		echo "$won logged in"
		return 1
	}
}

no_secret()
{
	authzctl audit >"$work/audit" && ! grep 'prftkn_[A-Za-z0-9_-]' "$work/audit" "$log" && ! grep -- '-password' "$work/audit" "$log" &&
		! grep -r --binary-files=text 'prftkn_' /var/lib/authz /run/authz
}

plan 21
check "a token opens a real su session" logs_in
check "a token opens a real login shell by su -l" login_shell
check "a single-use token is refused the second time, the log says why and su does not" second_time
check "a token is refused for another user, and is not spent by that" another_user
check "a token is refused after its time" too_late
check "a token is refused after the host was started anew" another_boot
check "a token that nobody made is refused" never_made
check "a text that only begins like a token is refused and goes to no other module" malformed
check "a token does not open root, whoever holds it" to_root
check "a refused token is not tried as a password" refused_token_is_no_password
check "a multiple-use token logs in three times" multiple_use
check "a token bound to another service is refused" bound_elsewhere
check "a token bound to this service is taken" bound_here
check "a token dies when its owner is locked" changed_meanwhile 'usermod --lock alice' CPF22E3 'usermod --unlock alice'
check "a token dies when its owner's password is changed" changed_meanwhile 'echo alice:other | chpasswd' AZ-STALE \
	'echo alice:alice-password | chpasswd'
check "a token dies when its owner's profile is disabled, and stays dead when it is enabled" changed_meanwhile \
	'authzctl profile disable alice && authzctl profile enable alice' AZ-STALE :
check "a token that was removed is refused" removed
check "the owner's own password still works, before and after a token" own_password_beside_a_token
check "a wrong password is refused by pam_unix, and pam_prftkn has nothing to say" wrong_password
check "of 32 su at once with one single-use token exactly one logs in" thirty_two_at_once
check "no token and no password stands in audit, log or store" no_secret
done_testing
