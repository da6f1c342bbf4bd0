#!/bin/sh
# SPDX-License-Identifier: ISC
# Authorities on objects: who may ask and change, of real users and groups; a login that takes one; the service; many at once.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights
groupadd --force team-a && usermod --append --groups team-a alice
cp -p /etc/pam.d/su "$work/su.kept"
trap 'cp -p "$work/su.kept" /etc/pam.d/su; groupdel team-a; end' EXIT

ctl()
{
	authzctl authority "$@"
}

own_groups()
{
	ctl set -t queue -n 'PAY.*' -g team-a +get && ctl set -t queue -n 'PAY.*' -g alice +put &&
		ctl set -t queue -n 'PAY.*' -p alice +inq && ctl set -t queue -n 'PAY.*' -g nobody +browse &&
		shows '^	put$' as alice authzctl authority show -t queue -n PAY.IN -p alice &&
		[ "$(as alice authzctl authority show -t queue -n PAY.IN -p alice | tail -n +2 | tr -d '\t' | tr '\n' ' ')" = 'browse get put inq ' ] &&
		[ "$(as alice authzctl authority explicit -t queue -n PAY.IN -p alice | tail -n +2 | tr -d '\t')" = put ] &&
		shows 'given by group team-a' as alice authzctl authority explain -t queue -n PAY.IN -p alice +get
}

of_others()
{
	for verb in show explicit explain; do
		refused 1 CPF222E as bob authzctl authority $verb -t queue -n PAY.IN -p alice || return 1
	done
	refused 1 CPF222E as bob authzctl authority check -t queue -n PAY.IN -p alice +get &&
		refused 1 CPF222E as bob authzctl authority check -t queue -n PAY.IN -g team-a +get &&
		refused 1 CPF222E as alice authzctl authority check -t queue -n PAY.IN -g team-a +get &&
		refused 1 CPF222E as bob authzctl authority list -p alice &&
		refused 1 CPF222E as bob authzctl authority list -g nobody && [ "$(as bob authzctl authority list | wc -l)" = 1 ] &&
		[ "$(as alice authzctl authority list | wc -l)" = 2 ]
}

changes_of_others()
{
	mark
	for verb in set grant; do
		refused 1 CPF222E as alice authzctl authority $verb -t queue -n PAY.IN -p alice +all || return 1
	done
	refused 1 CPF222E as alice authzctl authority revoke -t queue -n 'PAY.*' -g team-a -get &&
		refused 1 CPF222E as alice authzctl authority copy -t queue -n 'PAY.*' MINE &&
		refused 1 CPF222E as alice authzctl authority delete -t queue -n 'PAY.*' && logged 'event=authority.set.*CPF222E.*actor=alice' &&
		logged 'event=authority.delete.*CPF222E' && authzctl profile special bob +secadm &&
		refused 1 CPF222E as bob authzctl authority delete -t queue -n 'PAY.*' &&
		as bob authzctl authority check -t queue -n PAY.IN -p alice +get && authzctl profile special bob -secadm
}

anew()
{
	useradd --no-create-home passing && ctl grant -t queue -n 'PAY.*' -p passing +set &&
		ctl check -t queue -n PAY.X -p passing +set && userdel passing && refused 1 2035 ctl check -t queue -n PAY.X -p passing +set &&
		shows '^queue .*passing .* gone ' ctl list -t queue && useradd --no-create-home --uid 45678 passing &&
		refused 1 2035 ctl check -t queue -n PAY.X -p passing +set && userdel passing && ctl revoke -t queue -n 'PAY.*' -p passing -set &&
		[ "$(ctl list -t queue | grep -c passing)" = 0 ]
}

login()
{
	sed "s/^/account required pam_prftkn.so require=service:su:use\n/;1!s/^account required pam_prftkn.so require=service:su:use\n//" \
		"$work/su.kept" >/etc/pam.d/su
	mark
	ctl set -t service -n su -p alice +use && token "$work/t" portal alice --timeout 60 &&
		shows '^alice$' su_login portal alice "$work/t" 'id -un' && token "$work/t" portal bob --timeout 60 &&
		fails su_login portal bob "$work/t" true && logged 'pam_prftkn.*account refused: require=service:su:use 2035' &&
		ctl set -t service -n su -p alice +none && fails su_login portal alice -alice-password true &&
		ctl set -t service -n su -g nobody +use && shows '^alice$' su_login portal alice -alice-password 'id -un'
}

login_out_of_reach()
{
	mark
	chmod 755 "$helper" && mv /var/lib/authz/store /var/lib/authz/elsewhere
	status=0
	{ fails su_login portal alice -alice-password true && logged 'account not checked: require=service:su:use'; } || status=$?
	rm -rf /var/lib/authz/store
	mv /var/lib/authz/elsewhere /var/lib/authz/store
	chmod 6511 "$helper"
	cp -p "$work/su.kept" /etc/pam.d/su
	return $status
}

sixty_four()
{
	running=''
	for n in $(seq 64); do
		ctl grant -t topic -n "T.$((n % 8))" -p alice +pub >"$work/one.$n" 2>&1 &
		running="$running $!"
	done
	for pid in $running; do wait "$pid" || {
		cat "$work"/one.*
		return 1
	}; done
	[ "$(ctl list -t topic | grep -c '^topic *T\.. *p *alice *pub ')" = 8 ] && authzctl store check
}

by_service()
{
	start_service
	ctl grant -t queue -n SERVED -p alice +get && as alice authzctl authority check -t queue -n SERVED -p alice +get &&
		refused 1 CPF222E as bob authzctl authority check -t queue -n SERVED -p alice +get &&
		shows '^queue *SERVED ' as alice authzctl authority list && sixty_four
	status=$?
	stop_service TERM
	return $status
}

killed()
{
	for n in $(seq 40); do
		ctl grant -t process -n "K.$n" -p alice -p bob +inq >/dev/null 2>&1 &
		pid=$!
		sleep "0.0$((n % 9))"
		kill -KILL $pid 2>/dev/null
		wait $pid 2>/dev/null
	done
	sleep 0.5
	ctl list -t process >/dev/null && authzctl store check && ctl grant -t process -n AFTER -p alice +inq &&
		ctl delete -t process -n AFTER
}

dumped()
{
	authzctl store dump >"$work/dump" && ctl list >"$work/before" && ctl delete -t queue -n 'PAY.*' && authzctl store load "$work/dump" &&
		ctl list | diff "$work/before" - && ctl check -t queue -n PAY.IN -p alice +get
}

plan 10
check "a user asks what it has by itself, its groups and everybody, and by which" own_groups
check "nobody is told what others have, but the host, *ALLOBJ and *SECADM (authority MUST 2)" of_others
check "nobody but *ALLOBJ changes anything, and refusals are in the log (authority_change MUST 1)" changes_of_others
check "who is made anew under a name has nothing, and the records of the gone are listed and removed by name" anew
check "a login by su takes the authority that require= says, whatever it comes by" login
check "and is refused where that cannot be found out" login_out_of_reach
check "64 changes at once are all carried out" sixty_four
check "the same by the service" by_service
check "changes whose client is killed at any moment leave whole lists" killed
check "a dump that is loaded brings all of it back" dumped
done_testing
