#!/bin/sh
# SPDX-License-Identifier: ISC
# A cabinet from its making to its end, by the installed product: what was done is what the next look-up answers and the
# next session has, whether the helper is a child or a service.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"
start_log
start_sshd

# is CABINET MEMBERS ADMINISTRATORS: for everybody, by name, gid and sweep
is()
{
	of=$(gid "$1")
	prints "$prefix$1:x:$of:$2" sorted as stranger getent group "$prefix$1" &&
		prints "$prefix$1:x:$of:$2" sorted as bob getent group "$of" &&
		prints "$prefix$1:x:$of:$2" sorted sh -c "getent group | grep '^$prefix$1:'" &&
		prints "$prefix$1:!:$3:$2" sorted as stranger getent gshadow "$prefix$1"
}

# in_it USER CABINET, not_in_it USER CABINET: by what is asked and in sessions that begin now
in_it()
{
	among "$prefix$2" as stranger id -Gn "$1" && among "$(gid "$2")" getent initgroups "$1" &&
		among "$prefix$2" su_login portal "$1" "-$1-password" 'id -Gn' &&
		among "$prefix$2" ssh_login portal "$1" password "-$1-password" 'id -Gn'
}
not_in_it()
{
	not_among "$prefix$2" as stranger id -Gn "$1" && not_among "$prefix$2" getent initgroups "$1" &&
		not_among "$prefix$2" su_login portal "$1" "-$1-password" 'id -Gn' &&
		not_among "$prefix$2" ssh_login portal "$1" password "-$1-password" 'id -Gn'
}

makes()
{
	cabinet root create sales && is sales '' '' && cabinet root admin sales +alice && is sales '' alice &&
		not_in_it alice sales
}

adds()
{
	cabinet alice add-member sales bob && is sales bob alice && in_it bob sales && not_in_it alice sales &&
		among bob cabinet alice members sales
}

takes_out()
{
	cabinet alice remove-member sales bob && is sales '' alice && not_in_it bob sales &&
		says AZ-MEMBER cabinet alice remove-member sales bob
}

# the first look-up after the reply, again and again; the one who asks is another user in another process
at_once()
{
	for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		cabinet alice add-member sales bob && getent initgroups bob >"$work/initgroups" &&
			as stranger id -Gn bob >"$work/in" &&
			cabinet alice remove-member sales bob && as stranger id -Gn bob >"$work/out_of" || return 1
		grep -qw "$prefix"sales "$work/in" && grep -qw "$(gid sales)" "$work/initgroups" &&
			! grep -qw "$prefix"sales "$work/out_of" || {
			echo "in turn $turn"
			return 1
		}
	done
}

# north with stranger and bob is in sales
nested()
{
	cabinet root create north && cabinet root admin north +bob && cabinet bob add-member north stranger &&
		cabinet bob add-member north bob && cabinet alice add-member sales north &&
		cabinet alice add-member sales bob &&
		cabinet alice members sales --users && is sales bob,stranger alice && in_it stranger sales &&
		in_it stranger north && is north bob,stranger bob
}

nested_refused()
{
	cabinet root create south && says 97 cabinet root add-member south south &&
		says 91 cabinet root add-member north south &&
		says 90 cabinet root add-member south sales && says 91 cabinet bob add-member north alice &&
		says 95 cabinet alice add-member sales north
}

nested_changes()
{
	cabinet bob remove-member north stranger && not_in_it stranger sales && cabinet bob remove-member north bob &&
		is sales bob alice &&
		cabinet alice remove-member sales bob && is sales '' alice && not_in_it bob sales
}

# bob by both ways, alice by north alone
prepare_end()
{
	cabinet alice remove-member sales north && cabinet bob add-member north alice &&
		cabinet alice add-member sales north &&
		cabinet alice add-member sales bob && is sales alice,bob alice
}

deleted()
{
	prepare_end && gid sales >"$work/gid" && says CPF222E cabinet alice delete sales && cabinet root delete sales &&
		gives 2 as alice getent group "${prefix}sales" && gives 2 as alice getent group "$(cat "$work/gid")" &&
		gives 2 getent gshadow "${prefix}sales" && not_in_it bob sales && not_in_it alice sales &&
		in_it alice north &&
		says AZ-LOCKED cabinet alice add-member sales stranger
}

undeleted()
{
	says AZ-MARK cabinet root undelete north && cabinet root undelete sales && is sales alice,bob alice &&
		in_it bob sales && in_it alice sales &&
		prints "$(cat "$work/gid")" gid sales
}

purged()
{
	cabinet root delete north --from 2999-12-31 && cabinet root delete sales && shows ' 1$' cabinet root purge &&
		says 02 cabinet root undelete sales &&
		gives 2 getent group "${prefix}sales" && cabinet root undelete north && in_it alice north &&
		not_in_it bob sales &&
		cabinet root create sales && is sales '' '' && [ "$(gid sales)" != "$(cat "$work/gid")" ]
}

whole()
{
	shows '' authzctl store check && shows '' authzctl view check
}

clean()
{
	for each in sales north south; do cabinet root delete "$each" || return 1; done
	shows ' 3$' cabinet root purge && [ -z "$(getent -s cabinet group)" ] && whole
}

plan 22
for way in child socket; do
	"by_$way"
	check "root makes a shared cabinet, which is a group, and a user its administrator, who is no member by that ($way)" \
		makes
	check "she adds a user: getent, id, su and sshd have him ($way)" adds
	check "she takes him out: the next look-up and the next session have him not ($way)" takes_out
	check "the first look-up after each of 40 replies has what was done ($way)" at_once
	check "the users of a cabinet in a cabinet are in the outer group, each once ($way)" nested
	check "a cabinet is not put into itself, nor deeper than one level ($way)" nested_refused
	check "who is taken out of the inner one is out of the outer, unless he is in it by himself ($way)" nested_changes
	check "a cabinet that is deleted is no group at once, and its administrator cannot delete or change it ($way)" \
		deleted
	check "undeleted it is as before, with its gid ($way)" undeleted
	check "purged it is gone for good, as is its gid; one that is due later is not purged ($way)" purged
	check "after all are gone no group is left, and store and view are whole ($way)" clean
done
by_child
done_testing
