#!/bin/sh
# SPDX-License-Identifier: ISC
# A view that is forged, with sums that are right, as somebody would write it who has taken over the helper's user: it puts
# users into cabinets, and into nothing else.  sudo has the last word on that.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"
needs sudo visudo

local_gid()
{
	grep "^$1:" /etc/group | cut -d : -f 3
}
sudo_gid=$(local_gid sudo) shadow_gid=$(local_gid shadow)

cat >/etc/sudoers.d/authz-test <<END
%sudo ALL=(ALL:ALL) NOPASSWD: ALL
%shadow ALL=(ALL:ALL) NOPASSWD: ALL
%root ALL=(ALL:ALL) NOPASSWD: ALL
%wheel ALL=(ALL:ALL) NOPASSWD: ALL
%#$sudo_gid ALL=(ALL:ALL) NOPASSWD: ALL
%#$shadow_gid ALL=(ALL:ALL) NOPASSWD: ALL
%#0 ALL=(ALL:ALL) NOPASSWD: ALL
%#$((high + 1)) ALL=(ALL:ALL) NOPASSWD: ALL
%#$((low - 1)) ALL=(ALL:ALL) NOPASSWD: ALL
%${prefix}over ALL=(ALL:ALL) NOPASSWD: ALL
%${prefix}zero ALL=(ALL:ALL) NOPASSWD: ALL
%$sales ALL=(root) NOPASSWD: /usr/bin/id
END
chmod 440 /etc/sudoers.d/authz-test
visudo -cq

# Alice is a member of sales, as she should be; stranger is whatever can be written into the file.
forged()
{
	publish -f <<-END
	group root 0 all stranger stranger
	group shadow $shadow_gid all stranger stranger
	group sudo $sudo_gid all stranger stranger
	group wheel $((low + 7)) all stranger stranger
	group sudo. $((low + 8)) all stranger stranger
	group ${prefix}zero 1 all stranger stranger
	group ${prefix}over $((high + 1)) all stranger stranger
	group ${prefix}under $((low - 1)) all stranger stranger
	group ${prefix}a:b $((low + 11)) all stranger stranger
	group ${prefix}a,b $((low + 12)) all stranger stranger
	group ${prefix} $((low + 13)) all stranger stranger
	group ${prefix}01234567890123456789012345678 $((low + 14)) all stranger stranger
	group $sales $sales_gid all alice,bob alice
	END
}

# the names of local groups, with gids of the range: sudo asks for the name of each gid that a user has
forged_names()
{
	publish -f <<-END
	group root $((low + 20)) all stranger -
	group shadow $((low + 21)) all stranger -
	group sudo $((low + 22)) all stranger -
	group ${prefix}../sudo $((low + 23)) all stranger -
	group $sales $sales_gid all alice,bob alice
	END
}

# names that do, of gids that do not
forged_gids()
{
	publish -f <<-END
	group ${prefix}zero 0 all stranger -
	group ${prefix}shadow $shadow_gid all stranger -
	group ${prefix}sudo $sudo_gid all stranger -
	group ${prefix}over $((high + 1)) all stranger -
	group ${prefix}under $((low - 1)) all stranger -
	group $sales $sales_gid all alice,bob alice
	user stranger 4294967295
	user root $sales_gid
	END
}

every_forgery='forged forged_names forged_gids'

by_name()
{
	for forgery in $every_forgery; do
		$forgery || return 1
		for group in root shadow sudo; do
			prints "$(grep "^$group:" /etc/group)" as alice getent group $group || return 1
		done
		for group in wheel sudo. "${prefix}zero" "${prefix}over" "${prefix}under" "${prefix}a:b" "${prefix}a,b" "$prefix" \
			"${prefix}01234567890123456789012345678" "${prefix}../sudo" "${prefix}shadow" "${prefix}sudo"; do
			gives 2 as alice getent group "$group" && gives 2 as alice getent gshadow "$group" || return 1
		done
		prints "$sales:x:$sales_gid:alice,bob" as alice getent group "$sales" || return 1
	done
}

by_gid()
{
	for forgery in $every_forgery; do
		$forgery || return 1
		for gid in 0 "$shadow_gid" "$sudo_gid"; do
			prints "$(grep "^[^:]*:[^:]*:$gid:" /etc/group)" as alice getent group "$gid" || return 1
		done
		for gid in $((high + 1)) $((low - 1)) 4294967294 $((low + 7)) $((low + 8)) $((low + 11)) $((low + 12)) $((low + 13)) \
			$((low + 14)) $((low + 20)) $((low + 21)) $((low + 22)) $((low + 23)); do
			gives 2 as alice getent group "$gid" || return 1
		done
	done
}

by_sweep()
{
	for forgery in $every_forgery; do
		$forgery || return 1
		as alice getent group >"$work/sweep"
		{ cat /etc/group && echo "$sales:x:$sales_gid:alice,bob"; } | diff - "$work/sweep" || return 1
		prints "$sales:!:alice:alice,bob" as alice getent -s cabinet gshadow || return 1
	done
}

# gids of a session of stranger's: his own, and such as cabinets have
by_user()
{
	for forgery in $every_forgery; do
		$forgery || return 1
		gids=$(as stranger id -G)
		for gid in $gids; do
			[ "$gid" = "$(id -g stranger)" ] || { [ "$gid" -ge "$low" ] && [ "$gid" -le "$high" ]; } || {
				echo "$forgery: $gids"
				return 1
			}
		done
		refused 1 denied as stranger cat /etc/shadow || return 1
	done
}

refused_by_sudo()
{
	for forgery in $every_forgery; do
		$forgery && refused 1 'password is required' as stranger sudo -n id -un &&
			shows 'not allowed to run sudo' sudo -n -l -U stranger || return 1
	done
}

# The rules above are in force, and the test would see it.
let_by_sudo()
{
	gpasswd -a stranger sudo >/dev/null || return 1
	status=0
	prints root as stranger sudo -n id -un || status=1
	gpasswd -d stranger sudo >/dev/null
	refused 1 'password is required' as stranger sudo -n id -un || status=1
	return $status
}

member_by_sudo()
{
	for forgery in with_alice $every_forgery; do
		$forgery && prints root as alice sudo -n /usr/bin/id -un &&
			refused 1 'password is required' as alice sudo -n /bin/ls &&
			refused 1 'password is required' as stranger sudo -n /usr/bin/id -un || return 1
	done
	without_alice && refused 1 'password is required' as alice sudo -n /usr/bin/id -un &&
		prints root as bob sudo -n /usr/bin/id -un
}

not_answered()
{
	gives 2 as alice getent group "$sales" && prints alice as alice id -Gn alice
}

# the file may not be anybody's: COMMAND spoils a copy, which is put in its place
spoilt_by()
{
	cp "$work/stolen" "$view/group.new" && chown authz:authz "$view/group.new" && "$@" "$view/group.new" &&
		mv "$view/group.new" "$view/group" && not_answered
}
of_another_owner()
{
	with_alice && cp "$view/group" "$work/stolen" && chmod 644 "$work/stolen" || return 1
	spoilt_by chown stranger && spoilt_by chmod g+w && spoilt_by chmod o+w && spoilt_by ln -sfn "$work/stolen" &&
		rm "$view/group" &&
		with_alice && among "$sales" id -Gn alice && chmod o+w "$view" || return 1
	status=0
	not_answered || status=1
	chmod o-w "$view"
	among "$sales" id -Gn alice || status=1
	return $status
}

plan 9
check "local groups and names without the prefix are not answered from a forged view, by name" by_name
check "nor are gids outside the range, or gids whose name is not a cabinet's" by_gid
check "nor by the sweep" by_sweep
check "no session gets a gid outside the range, and none reads /etc/shadow" by_user
check "sudo lets nobody in by a forged view, whatever name or gid its rule has" refused_by_sudo
check "it does for a member of the local group" let_by_sudo
check "a rule for a cabinet lets its members in, for that, until they are none" member_by_sudo
check "a view of another owner, that others may write, or that is a link, is not answered from" of_another_owner
check "after all that the local groups are as they were" prints "$(cat /etc/group)" getent -s files group
done_testing
