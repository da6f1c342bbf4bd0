#!/bin/sh
# SPDX-License-Identifier: ISC
# Real sudo, which asks who is there already for her password: a token opens a login, and is no answer to that.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights
printf 'Defaults timestamp_timeout=0, lecture=never, passwd_tries=1\nalice ALL=(ALL:ALL) ALL\n' >/etc/sudoers.d/authz-test
chmod 440 /etc/sudoers.d/authz-test
cp /etc/pam.d/sudo "$work/sudo.shipped"

# sudo_as_alice FILE|-PASSWORD: alice's sudo on a terminal; once asked
sudo_as_alice()
{
	answers assword "$1"
	"$tools/onpty" -t 30 -u alice -a "$work/answers" sudo -k -p 'Password: ' id -un
}

# sudo_by_pipe FILE: without a terminal, as any process of alice's could
sudo_by_pipe()
{
	as alice sudo -S -k -p '' id -un <"$1"
}

own_token()
{
	token "$work/t" alice alice --timeout 60 --password nopwdsts "$@"
}

not_root()
{
	mark
	fails "$@" && ! grep -qx root "$work/said" && logged 'pam_prftkn\(sudo:auth\): token refused: user=alice .*AZ-REAUTH: '
}

# the module decides alone: the helper audits no redemption
helper_not_asked()
{
	! since_mark | grep 'event=token.redeem'
}

own_token_refused()
{
	own_token && not_root sudo_as_alice "$work/t" && helper_not_asked
}

own_token_by_pipe_refused()
{
	own_token && not_root sudo_by_pipe "$work/t" && helper_not_asked
}

portals_token_refused()
{
	token "$work/t" portal alice --timeout 60 && not_root sudo_as_alice "$work/t" && helper_not_asked &&
		not_root sudo_by_pipe "$work/t" && helper_not_asked
}

portals_token_not_spent()
{
	token "$work/t" portal alice --timeout 60 && not_root sudo_by_pipe "$work/t" &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

inside_a_login_by_token()
{
	# portal is alice by one token, and asks for root with another
	token "$work/t" portal alice --timeout 60 && token "$work/t2" portal alice --timeout 60 || return 1
	cp "$work/t2" "$work/in" && chown alice "$work/in" && chmod 600 "$work/in" || return 1
	mark
	fails su_login portal alice "$work/t" "sudo -S -k -p '' id -un <$work/in" && ! grep -qx 'root.*' "$work/said" &&
		logged 'pam_prftkn\(sudo:auth\): token refused: user=alice .*AZ-REAUTH: '
}

without_a_parent()
{
	# whoever started it is gone when it asks
	own_token && cp "$work/t" "$work/in" && chown alice "$work/in" && : >"$work/got" && chown alice "$work/got" || return 1
	mark
	as alice sh -c "(sleep 0.3; setsid sudo -S -k -p '' id -un <$work/in >$work/got 2>&1) &"
	logged 'pam_prftkn\(sudo:auth\): token refused: user=alice .*AZ-REAUTH: ' && ! grep -q root "$work/got"
}

su_to_oneself()
{
	own_token || return 1
	mark
	fails su_login alice alice "$work/t" true && logged 'pam_prftkn\(su:auth\): token refused: user=alice .*AZ-REAUTH: ' &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

# a set-user-ID program that has given up every trace of who started it before it asks
all_root()
{
	cp "$tools/askpam" "$work/askpam" && chmod 4755 "$work/askpam" && own_token || return 1
	mark
	fails as alice "$work/askpam" sudo alice <"$work/t" && helper_not_asked &&
		logged 'pam_prftkn\(sudo:auth\): token refused: user=alice .*AZ-REAUTH: ' &&
		shows '^passed$' as portal "$work/askpam" sudo alice <"$work/t"
}

password()
{
	shows '^root.?$' sudo_as_alice -alice-password
}

wrong_password()
{
	mark
	fails sudo_as_alice -wrong && logged 'pam_unix\(sudo:auth\): authentication failure' && ! since_mark | grep 'pam_prftkn'
}

with_reauth()
{
	line='auth [success=done auth_err=die authinfo_unavail=die default=ignore] pam_prftkn.so services=sudo reauth'
	{ echo "$line" && cat "$work/sudo.shipped"; } >/etc/pam.d/sudo
	status=0
	"$@" || status=$?
	cp "$work/sudo.shipped" /etc/pam.d/sudo
	return $status
}

portals_token_once()
{
	token "$work/t" portal alice --timeout 60 && shows '^root.?$' sudo_as_alice "$work/t" || return 1
	mark
	fails sudo_as_alice "$work/t" && logged 'pam_prftkn\(sudo:auth\).*AZ-SPENT'
}

own_token_refused_by_helper()
{
	own_token "$@" && not_root sudo_by_pipe "$work/t" && logged 'event=token.redeem.*AZ-REAUTH.*maker=alice' &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

others_still_log_in()
{
	own_token && shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

plan 15
check "a token that alice made herself does not pass her sudo; the log says why, sudo does not" own_token_refused
check "nor without a terminal, by sudo -S" own_token_by_pipe_refused
check "a token that portal made for alice does not pass her sudo" portals_token_refused
check "a token that sudo refused is not spent, and opens a login" portals_token_not_spent
check "portal, logged in as alice by a token, does not become root by another" inside_a_login_by_token
check "sudo whose parent is gone takes no token either" without_a_parent
check "su to oneself takes no token" su_to_oneself
check "a set-user-ID program that is all root's by now takes no token of who started it, but of another" all_root
check "alice's own password passes sudo" password
check "a wrong password is refused by pam_unix, and pam_prftkn has nothing to say" wrong_password
check "with reauth in sudo's file portal's token passes, once" with_reauth portals_token_once
check "with reauth a single-use token of alice's own does not pass, and is not spent" with_reauth own_token_refused_by_helper
check "with reauth a multiple-use token of alice's own does not pass" with_reauth own_token_refused_by_helper --type multiple
check "with reauth alice's own password passes sudo" with_reauth password
check "alice's own token opens a login elsewhere" others_still_log_in
done_testing
