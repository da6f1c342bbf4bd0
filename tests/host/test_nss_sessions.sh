#!/bin/sh
# SPDX-License-Identifier: ISC
# Sessions by every login program: a member has his cabinets in them, and from the next session on he has not.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"
start_log
start_sshd
printf 'stranger ALL=(alice) NOPASSWD: ALL\n' >/etc/sudoers.d/authz-test
chmod 440 /etc/sudoers.d/authz-test

# what groups a session has: "groups: " and the names of those that its process has, not of those that the user would have
shell='echo groups: $(id -Gn)'

by_su()
{
	su_login portal alice -alice-password "$shell"
}
by_su_login()
{
	su_login portal alice -alice-password "$shell" -l
}
by_ssh_password()
{
	ssh_login portal alice password -alice-password "$shell"
}
by_ssh_keyboard()
{
	ssh_login portal alice keyboard-interactive -alice-password "$shell"
}
by_sudo()
{
	as stranger sudo -n -u alice sh -c "$shell"
}
by_login()
{
	answers assword: -alice-password
	printf '%s\n' '$ ' "$shell; exit" >>"$work/answers"
	"$tools/onpty" -t 40 -a "$work/answers" login -p alice
}
by_cron()
{
	home=$(getent passwd alice | cut -d : -f 6)
	rm -f "$home/ran" /run/crond.reboot
	printf '@reboot { %s; } >%s/new 2>&1; mv %s/new %s/ran\n' "$shell" "$home" "$home" "$home" | crontab -u alice - ||
		return 1
	cron -f </dev/null >"$work/cron.out" 2>&1 &
	cron_pid=$!
	tries=100
	until [ -e "$home/ran" ] || [ $tries = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	kill "$cron_pid"
	crontab -u alice -r
	cat "$home/ran"
}
by_runuser()
{
	runuser -u alice -- sh -c "$shell"
}

# in_session HOW: the groups of the session
in_session()
{
	"$@" | sed -n 's/.*groups: //p' | tail -n 1
}

has_cabinets()
{
	with_alice || return 1
	for group in alice $sales $short $quiet; do
		among "$group" in_session "$1" || return 1
	done
	without_alice || return 1
	prints alice in_session "$1" && with_alice
}

# what a session began with it keeps, as everywhere
kept_by_a_session()
{
	with_alice && mkfifo "$work/go" && : >"$work/began" && : >"$work/kept" &&
		chown alice "$work/go" "$work/began" "$work/kept" || return 1
	as alice timeout 20 sh -c "id -Gn >$work/began; read line <$work/go; id -Gn >$work/kept" &
	session=$!
	tries=50
	until [ -s "$work/began" ] || [ $tries = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	without_alice && timeout 10 sh -c "echo >$work/go" && wait $session || return 1
	for group in $sales $short $quiet; do
		among "$group" cat "$work/kept" || return 1
	done
	prints alice as alice id -Gn && with_alice
}

others_have_none()
{
	for user in root stranger; do
		not_among "$sales" runuser -u $user -- id -Gn && among $user runuser -u $user -- id -Gn || return 1
	done
}

plan 10
check "su: a member's session has all his cabinets, and after he was taken out the next has none" has_cabinets by_su
check "su -l: likewise" has_cabinets by_su_login
check "sshd, password: likewise" has_cabinets by_ssh_password
check "sshd, keyboard-interactive: likewise" has_cabinets by_ssh_keyboard
check "sudo -u: likewise" has_cabinets by_sudo
check "login: likewise" has_cabinets by_login
check "cron: likewise" has_cabinets by_cron
check "runuser: likewise" has_cabinets by_runuser
check "a session that is there keeps what it began with" kept_by_a_session
check "sessions of others have no cabinets" others_have_none
done_testing
