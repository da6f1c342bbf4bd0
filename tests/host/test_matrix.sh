#!/bin/sh
# SPDX-License-Identifier: ISC
# The special values of the password parameter, with real accounts in shadow.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights

# cell MAKER OWNER VALUE CODE|made
cell()
{
	if [ "$4" = made ]; then
		shows '^prftkn_' as "$1" authzctl token generate "$2" --timeout 30 --password "$3"
	else
		refused 1 "^authzctl: $4: " as "$1" authzctl token generate "$2" --timeout 30 --password "$3"
	fi
}

# the table of the twelve cells; "special" is CPF4AB8 without both special authorities, made with them
table()
{
	while read -r value who owner outcome; do
		maker=portal
		[ "$who" != self ] || maker=alice
		for right in $1; do
			expected=$outcome
			case $outcome in special) if [ "$right" = with ]; then expected=made; else expected=CPF4AB8; fi ;; esac
			check "*$(echo "$value" | tr a-z A-Z) for $who ($owner), $right *ALLOBJ and *SECADM: $expected" \
				cell $maker "$owner" "$value" "$expected"
		done
	done <<-END
	nopwd    self          alice   CPF227F
	nopwd    disabled      locked  CPF22E3
	nopwd    expired       stale   CPF22E4
	nopwd    no-password   nopass  made
	nopwdsts self          alice   made
	nopwdsts disabled      locked  CPF22E3
	nopwdsts expired       stale   special
	nopwdsts no-password   nopass  made
	nopwdchk self          alice   made
	nopwdchk disabled      locked  special
	nopwdchk expired       stale   special
	nopwdchk no-password   nopass  made
	END
}

# one of the two authorities is not enough
one_only()
{
	authzctl profile special portal "+$1" || return 1
	status=0
	cell portal locked nopwdchk CPF4AB8 && cell portal stale nopwdsts CPF4AB8 || status=1
	authzctl profile special portal "-$1" || return 1
	return $status
}

disabled_here()
{
	authzctl profile disable bob || return 1
	status=0
	cell portal bob nopwd CPF22E3 && cell portal bob nopwdsts CPF22E3 && cell portal bob nopwdchk CPF4AB8 || status=1
	authzctl profile enable bob || return 1
	return $status
}

stranger_learns_nothing()
{
	for owner in alice locked expired stale fresh nopass; do
		for value in nopwd nopwdsts nopwdchk; do
			cell stranger $owner $value CPF22E9 || return 1
		done
	done
}

no_such_right()
{
	authzctl authority revoke -t profile -n alice -p portal -use || return 1
	status=0
	cell portal alice nopwd CPF22E9 || status=1
	authzctl authority grant -t profile -n alice -p portal +use || return 1
	return $status
}

by_group()
{
	status=0
	groupadd --force makers && usermod --append --groups makers stranger && cell stranger bob nopwd CPF22E9 &&
		authzctl authority grant -t profile -n bob -g makers +use && cell stranger bob nopwd made || status=1
	authzctl authority revoke -t profile -n bob -g makers +use && cell stranger bob nopwd CPF22E9 || status=1
	groupdel makers # the next script finds the host as this one found it
	return $status
}

same_name_again()
{
	userdel --force --remove bob >/dev/null 2>&1
	useradd --uid 59999 --user-group --create-home --base-dir /home/authz-test --shell /bin/sh bob && echo bob:bob-password | chpasswd || return 1
	cell portal bob nopwd CPF22E9
}

unknown_user()
{
	cell portal nobody-of-that-name nopwd CPF2204
}

system_profiles()
{
	for owner in root daemon nobody; do
		refused 1 AZ-SYSTEM authzctl token generate $owner && refused 1 AZ-SYSTEM as portal authzctl token generate $owner || return 1
	done
	# the seeds' own names need no account
	refused 1 AZ-SYSTEM authzctl token generate QSYS
}

shape_first()
{
	for t in 0 -2 3601; do
		refused 1 CPF4AAB as stranger authzctl token generate root "--timeout=$t" || return 1
	done
}

only_administrators()
{
	refused 1 CPF222E as portal authzctl profile special portal +allobj &&
		refused 1 CPF222E as portal authzctl authority grant -t profile -n bob -p portal +use &&
		refused 1 CPF222E as portal authzctl profile disable alice && refused 1 CPF222E as portal authzctl audit
}

plan 36
table without
authzctl profile special portal +allobj +secadm
authzctl profile special alice +allobj +secadm
table with
authzctl profile special portal -allobj -secadm
authzctl profile special alice -allobj -secadm
check "*ALLOBJ alone opens no cell" one_only allobj
check "*SECADM alone opens no cell" one_only secadm
check "an account whose expiry date has passed is disabled" cell portal expired nopwd CPF22E3
check "a password that must be changed at the next login is expired" cell portal fresh nopwd CPF22E4
check "a profile that authz disables is disabled like one that shadow disables" disabled_here
check "a stranger without *USE gets CPF22E9 whatever the account is like" stranger_learns_nothing
check "a right that was revoked is gone" no_such_right
check "a right of a group is one of its members, until it is revoked" by_group
check "a user made anew under an old name inherits no right of others on it" same_name_again
check "a user who is not there is CPF2204" unknown_user
check "for root, daemon, nobody and the named system profiles there are no tokens" system_profiles
check "a time-out that is not valid is CPF4AAB before anything else, and whoever has no special authority changes nothing" \
	eval 'shape_first && only_administrators'
done_testing
