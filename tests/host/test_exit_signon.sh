#!/bin/sh
# SPDX-License-Identifier: ISC
# Exits at sign-on, in real su, login and sshd: who is let in, who is not, who is not asked about, and what is in the log.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
start_log
grant_rights
start_masters
start_exits
start_sshd
signs_on=AZ_SIGNON/SIGN0100
logins='su login sshd-password sshd-keyboard'

end_signon()
{
	[ ! -e "$work/shadow.root" ] || usermod --password "$(cat "$work/shadow.root")" root
	rm -rf /home/authz-test/alice/.ssh
	end_exits
}
trap end_signon EXIT

# with_option: the last of the account's lines, as the manual has it
with_option()
{
	cp -p /etc/pam.d/common-account "$work/common-account"
	echo 'account required pam_prftkn.so exits' >>/etc/pam.d/common-account
}

# keeps_all NAME ANSWER: a program that says so, and keeps each of its inputs
keeps_all()
{
	program "$1" <<-END
	#!/bin/sh
	tee $seen/\$\$ | sed -n 's/^destination .*/$2/p'
	END
}
keeps_all in '*YES'
keeps_all out '*NO'
hangs hangs
# one server for all that there is: it says *YES to sign-ons
program both <<END
#!/bin/sh
grep -qx 'point AZ_SIGNON' && exec echo '*YES'
: >$seen/hangs
exec sleep 1000
END

# who is not let in: it ends by itself, and does not show where the program is
shut_out()
{
	got=0
	enter "$@" >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" != 124 ] && ! grep -e '^in: ' -e "$site" "$work/said"
}
by_password()
{
	gets_in "$1" alice -alice-password
}
by_token()
{
	token "$work/t" portal alice --timeout 60 && gets_in "$1" alice "$work/t"
}
no_password()
{
	shut_out "$1" alice -alice-password
}
no_token()
{
	token "$work/t" portal alice --timeout 60 && shut_out "$1" alice "$work/t"
}

# registered NAME [WORD]...: this one alone is asked
registered()
{
	forget $signs_on
	add $signs_on 10 "$@" >/dev/null
	mark
}

# seen_of HOST LINE: an input that has the host's service, and that line
seen_of()
{
	cat "$seen"/*
	grep -lx "service $(service_of "$1")" "$seen"/* | xargs grep -qx -- "$2"
}
says_who()
{
	seen_of "$1" 'user alice' && seen_of "$1" 'destinations 1' && seen_of "$1" "destination $(hostname)" || return 1
	case $1 in
	login) seen_of "$1" 'from 192.0.2.9' ;;
	sshd-*) seen_of "$1" 'from 127.0.0.1' ;;
	esac
}

log_says()
{
	logged "pam_prftkn\\($(service_of "$1"):account\\): .*$2"
}

# all_hosts CASE: at once
all_hosts()
{
	# shellcheck disable=SC2086 # a list of words
	begin_all "$1" $logins
	gather
	status=0
	for host in $logins; do
		went_well "$1" "$host" || status=1
	done
	return $status
}

nobody_asked()
{
	forget $signs_on
	stop_launch
	result=0
	all_hosts by_password && all_hosts by_token || result=1
	[ -z "$(ls "$seen")" ] || result=1
	start_launch
	return $result
}

option_decides()
{
	cp -p /etc/pam.d/common-account "$work/with"
	cp -p "$work/common-account" /etc/pam.d/common-account
	registered out
	result=0
	all_hosts by_password || result=1
	[ -z "$(ls "$seen")" ] || result=1
	cp -p "$work/with" /etc/pam.d/common-account
	return $result
}

without_launch()
{
	registered in
	stop_launch
	result=0
	all_hosts no_password || result=1
	for host in $logins; do
		log_says "$host" 'AZ-EXIT.*out of reach' || result=1
	done
	start_launch
	return $result
}

without_helper()
{
	registered in
	mv "$helper" "$helper.away"
	result=0
	all_hosts no_password || result=1
	for host in $logins; do
		log_says "$host" 'AZ-(HELPER|INSTALL)' || result=1
	done
	mv "$helper.away" "$helper"
	return $result
}

by_key()
{
	mkdir "$work/key" && ssh-keygen -q -t ed25519 -N '' -f "$work/key/id" && chown -R portal "$work/key" || return 1
	install -d -o alice -m 700 ~alice/.ssh && install -o alice -m 600 "$work/key/id.pub" ~alice/.ssh/authorized_keys ||
		return 1
	registered in
	key_login >"$work/said" 2>&1 && grep -qx alice "$work/said" || return 1
	registered out
	! key_login && log_says sshd-password AZ-DENIED
}
key_login()
{
	as portal ssh -F none -p "$port" -i "$work/key/id" -o BatchMode=yes -o LogLevel=ERROR alice@127.0.0.1 'id -un'
}

# root's own su asks for no password, and exits all the same
by_root()
{
	registered out
	! su alice -c true && log_says su AZ-DENIED && registered in && [ "$(su alice -c 'id -un')" = alice ]
}

# beside_deployments NAME NAME: as many as anybody likes wait for the second; who signs on is let in meanwhile by the first
beside_deployments()
{
	registered "$1"
	deploys 10 "$2" --time 8000 >/dev/null
	rm -f "$seen/hangs"
	askers=
	for who_asks in root alice bob stranger portal root alice bob stranger portal; do
		ask $who_asks $who_asks a >/dev/null 2>&1 &
		askers="$askers $!"
	done
	within 5 test -e "$seen/hangs"
	result=0
	by_password su && by_password sshd-password || result=1
	forget
	pkill -KILL -x authzctl
	# shellcheck disable=SC2086 # a list of words
	wait $askers || :
	within 15 eval "! pgrep -u $exit_user -x sleep >/dev/null" || result=1
	return $result
}

root_is_let_in()
{
	getent shadow root | cut -d : -f 2 >"$work/shadow.root"
	echo root:root-password | chpasswd
	result=0
	for name in out hangs; do
		registered $name
		gets_in su root -root-password && gets_in sshd-password root -root-password &&
			logged 'event=exit.signon .*owner=root service=su .*asked=no' || result=1
	done
	[ -z "$(ls "$seen")" ] || result=1
	usermod --password "$(cat "$work/shadow.root")" root
	rm -f "$work/shadow.root"
	return $result
}

master_is_named()
{
	registered in
	gets_in su alice '-*helpdesk*helpdesk-password' && gets_in login alice '-*helpdesk*helpdesk-password' &&
		seen_of su 'master helpdesk' &&
		seen_of login 'master helpdesk' && registered out && shut_out su alice '-*helpdesk*helpdesk-password' &&
		gone_entries
}
gone_entries()
{
	within 5 eval '[ -z "$(ls -A /run/authz/entries 2>/dev/null)" ]'
}

# what all programs were given
nothing_secret()
{
	no_secret && ! grep -e prftkn_ -e '-password' "$work/inputs"
}

refusals_logged()
{
	result=0
	for host in $logins; do
		log_says "$host" "$1" || result=1
	done
	return $result
}

inputs_as_documented()
{
	cat "$seen"/* >>"$work/inputs"
	result=0
	for host in $logins; do
		says_who "$host" || result=1
	done
	return $result
}

# of both carriers
sign_ons()
{
	check "$carrier: where nothing is registered nobody is asked, and authz-launch need not run" nobody_asked
	registered in
	at_once "a program that says *YES lets her in by her password" by_password $logins
	at_once "and by a token" by_token $logins
	check "$carrier: it has service, user, and where she comes from" inputs_as_documented
	registered out
	at_once "one that says *NO keeps her out though her password is right" no_password $logins
	check "$carrier: the log has AZ-DENIED and who said so" refusals_logged "AZ-DENIED.*AZ_SIGNON"
	registered hangs
	at_once "one that hangs keeps her out, in time" no_password $logins
	check "$carrier: the log has AZ-EXIT and which program is late" refusals_logged "AZ-EXIT.*$site/hangs.*late"
	check "$carrier: while deployments hang, as many as may be, sign-ons are asked about" beside_deployments in hangs
	check "$carrier: also where one program is asked about both" beside_deployments both both
	check "$carrier: without authz-launch nobody is let in, and the log says why" without_launch
	check "$carrier: root is never asked about: neither *NO nor one that hangs keeps root out" root_is_let_in
}

with_option
: >"$work/inputs"
plan 57
for each in $carriers; do
	carry "$each"
	# shellcheck disable=SC2086 # a list of words
	sign_ons
done
registered out
at_once "one that says *NO keeps out who has a token" no_token su login sshd-password
carry child
check "without the helper nobody is let in, and the log says why" without_helper
check "who has a key of ssh's is asked about as all others" by_key
check "so is whom root becomes" by_root
check "a master's entry has the master's name; *NO ends it, and leaves nothing" master_is_named
check "without the option nobody is asked" option_decides
check "no token and no password is given to a program, or stands in audit or log" nothing_secret
done_testing
