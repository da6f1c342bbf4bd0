#!/bin/sh
# SPDX-License-Identifier: ISC
# What is one login program's own: its signals, workers and caches, and what it does before it asks PAM.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
start_log
grant_rights
start_hosts

# redemptions since the last mark
redeemed()
{
	since_mark | grep -c 'event=token.redeem' || :
}

# out_of_reach MODE COMMAND...: with a helper that hangs, crashes or answers garbage, at the carrier's end
out_of_reach()
{
	status=0
	if [ "$carrier" = child ]; then
		faulty "$1"
	else
		start_faulty_service "$1"
	fi
	shift
	"$@" || status=1
	# whoever asked has given up; a helper that is asked by a socket is nobody's child
	if [ "$carrier" = child ]; then
		not_faulty
	else
		stop_faulty_service
	fi
	return $status
}

# ---- vsftpd

# the listener alone is left, and no zombie is among its children
vsftpd_is_idle()
{
	[ "$(pgrep -c -x vsftpd)" = 1 ]
}

vsftpd_after_success()
{
	token "$work/t" portal alice --timeout 60 --type multiple || return 1
	for _ in 1 2 3 4 5; do
		gets_in vsftpd alice "$work/t" || return 1
	done
	within 3 vsftpd_is_idle
}

vsftpd_after_failure()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for mode in crash garbage hang; do
		out_of_reach $mode kept_out vsftpd alice "$work/t" || return 1
	done
	within 3 vsftpd_is_idle && gets_in vsftpd alice "$work/t"
}

# ---- Dovecot

# what a worker for authentication holds: descriptors and children
worker_state()
{
	worker=$(pgrep -f '^dovecot/auth -w') || worker=$(pgrep -f 'auth.* -w')
	echo "$worker $(find "/proc/$worker/fd" -mindepth 1 | wc -l) $(pgrep -c -P "$worker" || :)"
}

dovecot_worker()
{
	token "$work/t" portal alice --timeout 60 --type multiple && gets_in imap alice "$work/t" || return 1
	before=$(worker_state)
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		gets_in imap alice "$work/t" >/dev/null || return 1
	done
	echo "worker, descriptors, children: before $before, after $(worker_state)"
	[ "$(worker_state)" = "$before" ]
}

# restart_dovecot [WORD]...: not inside a check, which would keep its number
restart_dovecot()
{
	stop_dovecot
	start_dovecot "$@"
}

dovecot_session_yes()
{
	token "$work/t" portal alice --timeout 60 || return 1
	gets_in imap alice "$work/t" && kept_out imap alice "$work/t"
}

cached_by_key()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	gets_in imap alice "$work/t" && gets_in imap alice "$work/t" && [ "$(redeemed)" = 1 ] &&
		kept_out vsftpd alice "$work/t"
}

# before the block with a cache one that has none, and asks this module alone
two_blocks()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	gets_in imap alice "$work/t" && kept_out imap alice "$work/t" && logged 'AZ-SPENT' &&
		gets_in imap alice -alice-password && gets_in imap alice -alice-password
}

not_cached_without_key()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	gets_in imap alice "$work/t" && kept_out imap alice "$work/t" && logged 'pam_prftkn\(dovecot:auth\).*AZ-SPENT'
}

# ---- login

# The terminal is hung up while the helper is asked: nobody is in, and neither login nor helper stays.
login_hung_up()
{
	token "$work/t" portal alice --timeout 60 || return 1
	dialogue "$work/t"
	out_of_reach hang hung_up && within 3 no_login && gets_in login alice "$work/t"
}
hung_up()
{
	"$tools/onpty" -t 40 -a "$work/answers" login -p -h 192.0.2.9 alice >"$work/said" 2>&1 &
	terminal=$!
	within 5 asked || return 1
	kill "$terminal"
	within 3 no_login || return 1
	# a helper whose client is gone has nobody to kill it; the real one ends itself
	for pid in $(helpers); do kill -KILL "$pid"; done
}
no_login()
{
	! pgrep -x login
}

login_hangup_real()
{
	token "$work/t" portal alice --timeout 60 || return 1
	dialogue "$work/t"
	flock /run/authz/tokens/lock sh -c 'echo >"$1"; exec sleep 20' sh "$work/held" &
	holder=$!
	within 5 test -e "$work/held"
	status=0
	"$tools/onpty" -t 40 -a "$work/answers" login -p -h 192.0.2.9 alice >"$work/said" 2>&1 &
	terminal=$!
	within 5 asked || status=1
	kill "$terminal"
	{ within 3 no_login && within 6 nobody_asked; } || status=1
	for pid in $(pgrep -P "$holder") "$holder"; do kill "$pid" 2>/dev/null || :; done
	[ $status = 0 ] && gets_in login alice "$work/t"
}
nobody_asked()
{
	! asked
}

bound_to_terminal()
{
	token "$work/t" portal alice --timeout 60 --bind tty=no-such-terminal || return 1
	mark
	kept_out login alice "$work/t" && logged "pam_prftkn\\($login_service:auth\\): token refused: .*AZ-TTY: "
}

# bound_to_service HOST NAME OTHER-NAME: a token bound to either name of a service
bound_to_service()
{
	for name in "$2" "$3"; do
		token "$work/t.$name" portal alice --timeout 60 --bind service="$name" || return 1
	done
	mark
	kept_out "$1" alice "$work/t.$3" && logged "pam_prftkn\\($2:auth\\): token refused: user=alice .*AZ-SERVICE: " &&
		gets_in "$1" alice "$work/t.$2" && logged "pam_prftkn\\($2:auth\\): token accepted: user=alice"
}

login_is_its_service()
{
	other=remote
	[ "$login_service" = login ] || other=login
	bound_to_service login_here login remote && bound_to_service login $login_service $other
}

# ---- cron: @reboot lines run when it is started

# cron_runs MODE: a line of alice's crontab, with the module in cron's account stack
cron_runs()
{
	sed -i '1i account required pam_prftkn.so timeout=2' /etc/pam.d/cron
	home=$(home_of alice)
	rm -f "$home/ran" /run/crond.reboot
	printf '@reboot id -un >%s/ran\n' "$home" | crontab -u alice - || return 1
	mark
	cron -f </dev/null >"$work/cron.out" 2>&1 &
	cron_pid=$!
	status=0
	within 10 grep -qx alice "$home/ran" || status=1
	kill "$cron_pid"
	crontab -u alice -r
	sed -i '1d' /etc/pam.d/cron
	logged 'pam_unix\(cron:session\): session opened for user alice' || status=1
	! since_mark | grep 'pam_prftkn\|event=token.redeem' || status=1
	return $status
}

cron_without_helper()
{
	mv "$helper" "$helper.away"
	status=0
	cron_runs || status=1
	mv "$helper.away" "$helper"
	return $status
}

cron_with_hung_helper()
{
	out_of_reach hang cron_runs
}

# ---- programs without privilege

# screen_lock FILE|-PASSWORD: a program of alice's own asks for alice
screen_lock()
{
	case $1 in
	-*) as alice "$tools/askpam" authz-ask alice <<-END ;;
	${1#-}
	END
	*) as alice "$tools/askpam" authz-ask alice <"$1" ;;
	esac
}

locker_refuses_tokens()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	refused 1 '^refused$' screen_lock "$work/t" && logged 'pam_prftkn\(authz-ask:auth\): token refused: user=alice .*AZ-REAUTH: ' &&
		[ "$(redeemed)" = 0 ] && gets_in su alice "$work/t"
}

locker_takes_password()
{
	shows '^account: Success$' screen_lock -alice-password
}

locker_without_helper()
{
	mv "$helper" "$helper.away"
	status=0
	locker_takes_password || status=1
	mv "$helper.away" "$helper"
	return $status
}

# one who is not the host can claim any service; a binding takes no claim
claims_fit_no_binding()
{
	token "$work/t" portal alice --timeout 60 --bind service=authz-ask || return 1
	mark
	kept_out ask alice "$work/t" && logged 'event=token.redeem.*AZ-SERVICE'
}

strangers_program()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	shows '^passed$' as stranger "$tools/askpam" authz-ask alice <"$work/t" &&
		logged 'event=token.redeem.* result=OK.*actor=stranger.* owner=alice .*claimed=yes'
}

# ---- sshd

restart_sshd()
{
	kill "$sshd_pid"
	wait "$sshd_pid" 2>/dev/null || :
	start_sshd "$@"
}

# decoy USER: sshd hides from PAM what is typed for whom it has refused; the module sees filling of the token's length
decoy()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for methods in password keyboard-interactive; do
		mark
		fails ssh_enter $methods "$1" "$work/t" && logged 'pam_prftkn\(sshd:auth\): the host has refused this user' || return 1
		! since_mark | grep 'event=token.redeem\|pam_prftkn.*: token ' || return 1
	done
	gets_in su alice "$work/t"
}

with_debug()
{
	sed -i 's/pam_prftkn\.so/pam_prftkn.so debug/' /etc/pam.d/common-auth
	status=0
	"$@" || status=1
	sed -i 's/pam_prftkn\.so debug/pam_prftkn.so/' /etc/pam.d/common-auth
	return $status
}

plan 35
for carrier in $carriers; do
	carry "$carrier"
	check "$carrier: vsftpd, whose SIGCHLD handler waits for any child, goes on after five tokens, and no process of it stays" vsftpd_after_success
	check "$carrier: and after a helper that crashed, answered garbage or hung" vsftpd_after_failure
	restart_dovecot one-worker
	check "$carrier: a worker of Dovecot's has the same descriptors and children after 20 tokens" dovecot_worker
	check "$carrier: login whose terminal is hung up while the helper hangs ends, lets nobody in, and the token is not spent" login_hung_up
	check "$carrier: and the real helper, waiting for the lock of its store, lets go of it" login_hangup_real
	check "$carrier: a token bound to another terminal is refused by login" bound_to_terminal
	check "$carrier: a token bound to login's PAM service opens it, here and, by the name that it has then, from another host" login_is_its_service
	check "$carrier: cron runs alice's crontab with the module in its account stack" cron_runs
	check "$carrier: and while the helper hangs" cron_with_hung_helper
	check "$carrier: a screen locker of alice's takes no token for alice; it is not spent" locker_refuses_tokens
	check "$carrier: a screen locker takes her password" locker_takes_password
	check "$carrier: a program that is not root's cannot claim the service that a token is bound to" claims_fit_no_binding
	check "$carrier: anybody's program takes the token that it holds, and the audit says who asked and that the rest is claimed" strangers_program
done
carry child
check "cron runs it while the helper is missing" cron_without_helper
check "a screen locker takes her password while the helper is missing" locker_without_helper
restart_dovecot session
check "Dovecot with session=yes takes a token once" dovecot_session_yes
restart_dovecot cache-key
check "known gap: Dovecot whose cache has PAM's answers takes a spent token until its cache forgets it, and does not ask" cached_by_key
printf 'auth required pam_prftkn.so\naccount required pam_unix.so\n' >/etc/pam.d/authz-token
restart_dovecot cache-key tokens-first
check "with a block before it that asks this module alone, past the cache, it takes a token once" two_blocks
restart_dovecot cache
check "Dovecot with a cache that PAM's answers do not go into takes a token once" not_cached_without_key
restart_sshd 'DenyUsers alice'
check "sshd with DenyUsers sends filling for a token: no attempt, the helper is not asked, the token is not spent" with_debug decoy alice
restart_sshd 'PermitRootLogin no'
check "sshd with PermitRootLogin no does the same for root" with_debug decoy root
check "no token and no password stands in audit or log" no_secret
done_testing
