#!/bin/sh
# SPDX-License-Identifier: ISC
# Who may do what to real cabinets: strangers, who acts as a cabinet by its password, and supervisors.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"

cabinets()
{
	cabinet root create sales && cabinet root admin sales +alice && cabinet alice add-member sales bob &&
		cabinet root create chiefs && cabinet root admin sales +chiefs &&
		echo secret-of-chiefs | cabinet root passwd chiefs && echo secret-of-bob | cabinet bob passwd bob
}

# as_cabinet USER CABINET PASSWORD WORD...: acting as that cabinet
as_cabinet()
{
	from=$1 acting=$2
	printf '%s\n' "$3" >"$work/password"
	shift 3
	cabinet "$from" "$@" --as "$acting" <"$work/password"
}

# same CODE WORD...: to a stranger the same is said of sales, which is there, and of selas, which is not
same()
{
	code=$1 verb=$2
	shift 2
	says "$code" cabinet stranger "$verb" sales "$@" && sed 's/sales/NAME/g' "$work/said" >"$work/there" &&
		says "$code" cabinet stranger "$verb" selas "$@" && sed 's/selas/NAME/g' "$work/said" | diff "$work/there" -
}

stranger_refused()
{
	same 15 add-member stranger && same 15 add-member nobody-at-all && same 15 remove-member bob &&
		same 15 set-member bob &&
		same 15 set --text mine && same 15 passwd --remove && same 15 members && same 15 members --users &&
		same CPF222E admin +stranger && same CPF222E delete && same CPF222E undelete && same CPF222E create &&
		prints "$prefix"sales:x:"$(gid sales)":bob getent group "$prefix"sales
}

learns_nothing()
{
	same 15 show && gives 0 cabinet stranger list --json && gives 0 cabinet stranger tree --json &&
		same 15 profile bob &&
		says CPF222E cabinet stranger memberships bob && not_among sales cabinet stranger memberships
}

right_password()
{
	as_cabinet stranger chiefs secret-of-chiefs add-member sales stranger && among "$prefix"sales id -Gn stranger &&
		as_cabinet stranger chiefs secret-of-chiefs remove-member sales stranger &&
		not_among "$prefix"sales id -Gn stranger &&
		says CPF222E as_cabinet stranger chiefs secret-of-chiefs delete sales
}

# alice administers sales, bob does not, and who acts as bob is bob
nothing_of_ones_own()
{
	says 15 as_cabinet alice bob secret-of-bob add-member sales alice
}

# as often as password_tries says, then not at all, the right one neither; another user is not concerned
counted()
{
	turn=0
	while [ $turn -lt 5 ]; do
		says 03 as_cabinet stranger chiefs wrong add-member sales stranger || return 1
		turn=$((turn + 1))
	done
	says AZ-TRIES as_cabinet stranger chiefs wrong add-member sales stranger &&
		says AZ-TRIES as_cabinet stranger chiefs secret-of-chiefs add-member sales stranger &&
		not_among "$prefix"sales id -Gn stranger &&
		as_cabinet bob chiefs secret-of-chiefs add-member sales stranger &&
		as_cabinet bob chiefs secret-of-chiefs remove-member sales stranger
}

counted_for_none()
{
	turn=0
	while [ $turn -lt 5 ]; do
		says 03 as_cabinet stranger ghosts wrong add-member sales stranger || return 1
		turn=$((turn + 1))
	done
	says AZ-TRIES as_cabinet stranger ghosts wrong add-member sales stranger
}

after_the_pause()
{
	sleep 3
	as_cabinet stranger chiefs secret-of-chiefs add-member sales stranger &&
		as_cabinet stranger chiefs secret-of-chiefs remove-member sales stranger
}

supervisor()
{
	says CPF222E cabinet stranger create east && authzctl profile special stranger +supervisor &&
		cabinet stranger create east &&
		cabinet stranger admin east +bob && cabinet stranger add-member sales stranger &&
		among "$prefix"sales id -Gn stranger &&
		cabinet stranger remove-member sales stranger && as stranger authzctl view check &&
		says 02 cabinet stranger show selas
}

supervisor_no_more()
{
	authzctl profile special stranger -supervisor && stranger_refused && learns_nothing &&
		cabinet bob add-member east alice &&
		cabinet root delete east
}

disabled()
{
	authzctl profile disable alice && says 15 cabinet alice add-member sales stranger &&
		authzctl profile enable alice &&
		cabinet alice add-member sales stranger && cabinet alice remove-member sales stranger
}

# into alice's own: bob is let in, sees that and what he may, and gets nothing else by it
authorized()
{
	cabinet alice authorize bob --security 7100 --marks reply && among alice cabinet bob memberships &&
		among 7100 cabinet bob memberships && among 7100 cabinet bob profile alice bob &&
		among bob cabinet alice members alice && before=$(as bob id -Gn) &&
		says 15 cabinet bob set alice --text mine && says 15 cabinet bob show alice && says 15 cabinet bob members alice &&
		says 15 cabinet bob authorize stranger --of alice && says 15 cabinet stranger withdraw bob --of alice &&
		says 15 cabinet stranger members alice && says 15 cabinet stranger profile alice bob &&
		says CPF222E cabinet stranger memberships bob && says 32 cabinet alice authorize chiefs &&
		says 97 cabinet alice authorize alice && as_cabinet stranger bob secret-of-bob authorize stranger &&
		among bob cabinet stranger memberships && cabinet bob withdraw stranger && not_among P cabinet stranger memberships &&
		[ "$before" = "$(as bob id -Gn)" ]
}

withdrawn()
{
	cabinet root authorize bob --of alice --security 9999 && among 9999 cabinet bob memberships &&
		cabinet alice withdraw bob && not_among alice cabinet bob memberships && says 15 cabinet bob profile alice bob &&
		says AZ-MEMBER cabinet alice withdraw bob && not_among bob cabinet alice members alice
}

no_secret()
{
	! grep -r --binary-files=text 'secret-of-' "$state" /run/authz "$work/service" &&
		! authzctl audit | grep 'secret-of-'
}

clean()
{
	for each in sales chiefs; do cabinet root delete "$each" || return 1; done
	cabinet root purge && cabinet root forget-user bob && authzctl store check && authzctl view check
}

printf '[authz]\npassword_tries = 5\npassword_pause = 2\n' >/etc/authz/authz.conf
plan 30
for way in child socket; do
	"by_$way"
	check "root makes two cabinets, of which one administers the other and has a password ($way)" cabinets
	check "a stranger can change nothing, whether it is there or not, and is told the same ($way)" stranger_refused
	check "a stranger learns of no cabinet ($way)" learns_nothing
	check "who knows the password of a cabinet that administers administers as it, and no more than that ($way)" \
		right_password
	check "who acts as another has nothing of her own ($way)" nothing_of_ones_own
	check "wrong passwords are 03, and from the limit on none is looked at, for that user alone ($way)" counted
	check "the same with a cabinet that is not there ($way)" counted_for_none
	check "after the pause the right one is taken ($way)" after_the_pause
	check "a supervisor makes cabinets, names administrators, adds, and checks the view ($way)" supervisor
	check "who is none any more is a stranger at once, and what was done stays ($way)" supervisor_no_more
	check "an administrator who is disabled has nothing, until enabled ($way)" disabled
	check "a user lets another into her own, who sees that and has nothing else by it; nobody else does or sees it ($way)" authorized
	check "root alters that, she withdraws it, and nothing is left ($way)" withdrawn
	check "no password stands in store, audit or log ($way)" no_secret
	check "store and view are whole after all this ($way)" clean
done
by_child
done_testing
