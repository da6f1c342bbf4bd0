#!/bin/sh
# SPDX-License-Identifier: ISC
# Programs that ask for groups, as an ordinary user starts them: what they know of cabinets, and when a change is seen.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"
needs setfacl getfacl busybox python3 perl sg unshare cc

line_of()
{
	case $1 in
	"$sales") echo "$sales:x:$sales_gid:alice,bob" ;;
	"$short") echo "$short:x:$short_gid:bob" ;;
	*) echo "$quiet:x:$quiet_gid:" ;;
	esac
}

one_group()
{
	for group in "$sales $sales_gid" "$short $short_gid" "$quiet $quiet_gid"; do
		prints "$(line_of "${group% *}")" as alice getent group "${group% *}" &&
			prints "$(line_of "${group% *}")" as stranger getent group "${group#* }" || return 1
	done
}

no_such_group()
{
	gives 2 as alice getent group "${prefix}none" && gives 2 as alice getent group $((low + 77)) &&
		gives 2 as alice getent group sales
}

sweep()
{
	as alice getent group >"$work/sweep"
	{
		cut -d : -f 1,3- /etc/group
		for group in $sales $short $quiet; do
			line_of "$group" | cut -d : -f 1,3-
		done
	} >"$work/want"
	cut -d : -f 1,3- "$work/sweep" | diff "$work/want" -
}

gshadow()
{
	prints "$sales:!:alice:alice,bob" as stranger getent gshadow "$sales" &&
		prints "$short:!:bob:bob" as stranger getent gshadow "$short" &&
		prints "$quiet:!::" as alice getent gshadow "$quiet" &&
		prints 3 sh -c "getent gshadow | grep -c '^$prefix'"
}

# the gids of a user, whoever is listed
initgroups()
{
	for gid in $sales_gid $short_gid $quiet_gid; do
		among "$gid" as stranger getent initgroups alice && not_among "$gid" as alice getent initgroups stranger ||
			return 1
	done
}

id_of_a_user()
{
	for group in $sales $short $quiet; do
		among "$group" as stranger id -Gn alice && among "$group" as alice id -Gn &&
			not_among "$group" id -Gn stranger || return 1
	done
}

# alice gives her file to the cabinet; its members read it, others do not
owned_by_the_cabinet()
{
	rm -rf "$work/shared" && install -d -m 777 "$work/shared" || return 1
	as alice sh -c "umask 077 && echo secret >$work/shared/file && chgrp $sales $work/shared/file && chmod 640 $work/shared/file" &&
		prints "$sales" as stranger stat -c %G "$work/shared/file" &&
		shows " alice $sales " as stranger ls -l "$work/shared" &&
		prints secret as bob cat "$work/shared/file" && refused 1 'denied' as stranger cat "$work/shared/file" ||
		return 1
	as stranger sh -c "echo >$work/shared/other" &&
		refused 1 'not permitted' as stranger chgrp "$sales" "$work/shared/other"
}

in_a_list()
{
	rm -rf "$work/shared" && install -d -m 777 "$work/shared" || return 1
	as stranger sh -c "umask 077 && echo secret >$work/shared/file" &&
		refused 1 denied as bob cat "$work/shared/file" &&
		as stranger setfacl -m "g:$short:r" "$work/shared/file" &&
		shows "^group:$short:r--" as alice getfacl -p "$work/shared/file" &&
		prints secret as bob cat "$work/shared/file" && prints secret as alice cat "$work/shared/file" &&
		refused 1 denied as portal cat "$work/shared/file"
}

python()
{
	as "${2:-alice}" /usr/bin/python3 -c "import grp, os; $1"
}
in_python()
{
	prints "['alice', 'bob'] $sales" python "print(grp.getgrnam('$sales').gr_mem, grp.getgrgid($sales_gid).gr_name)" &&
		prints True python "print({$sales_gid, $short_gid, $quiet_gid} <= set(os.getgrouplist('alice', 0)) & set(os.getgroups()))" &&
		prints 3 python "print(len([g for g in grp.getgrall() if g.gr_name.startswith('$prefix')]))"
}

in_perl()
{
	# shellcheck disable=SC2016 # perl's
	prints "$sales_gid alice bob $quiet" as alice perl -e '@g = getgrnam(shift); print "$g[2] $g[3] ", scalar getgrgid(shift)' "$sales" $quiet_gid &&
		among "$quiet_gid" as alice perl -e 'print $)'
}

# who has not got the group in this session gets it, for he is a member
by_sg()
{
	prints "$sales" setpriv --reuid=alice --regid=alice --clear-groups --reset-env sg "$sales" -c 'id -gn'
}

# stated in the manual: there is no entry in /etc/group that they could change
by_tools_of_shadow()
{
	cp /etc/group "$work/group" && usermod -aG "$sales" stranger &&
		refused 3 'does not exist in /etc/group' gpasswd -a stranger "$sales" &&
		refused 10 'cannot remove entry' groupdel "$sales" && refused 9 'already exists' groupadd "$sales" &&
		refused 4 'already exists' groupadd -g "$sales_gid" other && cmp /etc/group "$work/group" &&
		not_among "$sales" id -Gn stranger
}

in_a_user_namespace()
{
	prints "$(line_of "$sales")" as alice unshare --user --map-root-user getent group "$sales" &&
		prints "$(line_of "$sales")" as alice unshare --user getent group "$sales_gid" &&
		among "$sales_gid" as alice unshare --user --map-root-user getent initgroups alice
}

static_program()
{
	cat >"$work/static.c" <<-'END'
	#include <grp.h>
	#include <stdio.h>
	#include <stdlib.h>
	int main(int argc, char **argv)
	{
		struct group *g = getgrnam(argv[1]);
		gid_t gids[64];
		int i, count = 64, there = 0;

		if (argc != 3 || g == NULL || getgrouplist(argv[2], g->gr_gid + 100, gids, &count) < 0)
			return 1;
		for (i = 0; i < count; i++)
			there |= gids[i] == g->gr_gid;
		printf("%s %u %s %d\n", g->gr_name, g->gr_gid, g->gr_mem[0], there);
		return 0;
	}
	END
	cc -static -w -o "$work/static" "$work/static.c" && chmod 755 "$work/static" &&
		! readelf -lW "$work/static" | grep INTERP &&
		prints "$sales $sales_gid alice 1" as alice "$work/static" "$sales" alice &&
		prints "$sales $sales_gid alice 0" as alice "$work/static" "$sales" stranger
}

# the gap that the manual names: there is no C library in it that loads modules
static_busybox()
{
	busybox --list | grep -qx id && ! readelf -lW "$(command -v busybox)" | grep INTERP &&
		prints alice as alice busybox id -gn alice && not_among "$sales" as alice busybox id -Gn alice &&
		not_among "$sales_gid" as alice busybox id -G alice
}

gone()
{
	not_among "$sales" as alice id -Gn alice && not_among "$sales_gid" as alice getent initgroups alice &&
		prints "$sales:x:$sales_gid:bob" as alice getent group "$sales" &&
		prints "$sales:!:alice:bob" as bob getent gshadow "$sales" &&
		prints "['bob']" python "print(grp.getgrnam('$sales').gr_mem)" &&
		prints False python "print($sales_gid in os.getgrouplist('alice', 0))" && among "$sales" id -Gn bob &&
		not_among "$sales" as alice id -Gn
}

next_look_up()
{
	without_alice && gone && with_alice && id_of_a_user
}

# One process asks before and after, by every way there is, as alice.  Between it publishes, as root.
same_process()
{
	export tools view sales sales_gid
	cat >"$work/ask.py" <<-'END'
	import grp, os, pwd, subprocess, sys
	e = os.environ
	sales, gid = e['sales'], int(e['sales_gid'])
	alice = pwd.getpwnam('alice').pw_uid

	def publish(members):
	    os.seteuid(0)
	    subprocess.run(['setpriv', '--reuid=authz', '--regid=authz', '--clear-groups', e['tools'] + '/publish_view', e['view']],
	                   check=True, text=True, input=f'group {sales} {gid} all {members} alice\n')
	    os.seteuid(alice)

	def says():
	    swept = [g for g in grp.getgrall() if g.gr_name == sales]
	    lists = [g.gr_mem for g in [grp.getgrnam(sales), grp.getgrgid(gid)] + swept]
	    return lists, gid in os.getgrouplist('alice', 0)

	for i in range(200):
	    publish('alice,bob')
	    assert says() == ([['alice', 'bob']] * 3, True), (i, says())
	    publish('bob')
	    assert says() == ([['bob']] * 3, False), (i, says())
	END
	timeout 60 /usr/bin/python3 "$work/ask.py" && with_alice
}

group_gone()
{
	publish </dev/null && gives 2 as alice getent group "$sales" && gives 2 as alice getent group "$quiet_gid" &&
		prints alice as alice id -Gn alice && with_alice && one_group
}

plan 18
check "getent answers a cabinet by name and by gid, to members and others" one_group
check "getent knows no group of another name or gid" no_such_group
check "the sweep has the local groups as they were and each cabinet once" sweep
check "getent gshadow has administrators and members, for everybody" gshadow
check "getent initgroups has the gids of members, whether they are listed or not" initgroups
check "id names a member's cabinets, and no other user's" id_of_a_user
check "a member gives a file to the cabinet, ls names it, members read it; no other user can do either" \
	owned_by_the_cabinet
check "setfacl and getfacl take a cabinet, and its members have what they gave" in_a_list
check "Python's grp and os.getgrouplist know cabinets" in_python
check "Perl's getgrnam, getgrgid and process groups know cabinets" in_perl
check "sg gives a member the group" by_sg
check "gpasswd, groupdel, groupadd and usermod change nothing, as the manual says" by_tools_of_shadow
check "in a user namespace all is answered as outside" in_a_user_namespace
check "a static program of the C library knows cabinets" static_program
check "a static busybox does not, as the manual says" static_busybox
check "a member who was taken out is none at the next look-up of every program" next_look_up
check "also at the next look-up of a process that asked before, by name, gid, sweep and user" same_process
check "a cabinet that is gone is no group at the next look-up" group_gone
done_testing
