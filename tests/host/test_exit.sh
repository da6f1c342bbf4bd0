#!/bin/sh
# SPDX-License-Identifier: ISC
# Authorization exits, programs of the site's in sh, as doc/EXITS and semantics E1 to E3 have them: by child and by socket.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
start_log
grant_rights
start_exits
says yes '*YES'
says no '*NO'

# ---- E1: an answer for each destination

# a program that refuses one destination, and counts how often it is asked
one_of_many()
{
	program one <<-END
	#!/bin/sh
	echo asked >>$seen/calls
	exec awk '\$1 == "destination" { print \$2 == "host500.example.org" ? "*NO" : "*YES" }'
	END
	forget
	deploys 10 one || return 1
	seq -f 'host%g.example.org' 1000 >"$work/destinations"
	sed -e 's/$/ *YES/' -e '/^host500\./s/\*YES/*NO 10/' "$work/destinations" >"$work/wanted"
	got=0
	ask root alice - <"$work/destinations" >"$work/answered" || got=$?
	[ $got = 1 ] && cmp "$work/wanted" "$work/answered" && [ "$(wc -l <"$seen/calls")" = 1 ]
}

# and one that hangs behind it
one_hangs()
{
	hangs hangs
	deploys 20 hangs --time 1000 || return 1
	nothing "QIBM_QNS_SDDSTAUTH.*AUTH0100.*20.*$site/hangs.*late" ask root alice - <"$work/destinations" && none_runs
}

anything_else()
{
	forget
	program odd <<-'END'
	#!/bin/sh
	printf '*YES\n*yes\n *YES\n*YES \n*YES\r\nYES\n\n*NO\n*YES\n'
	END
	deploys 10 odd &&
		answered 1 '*YES,*NO 10,*NO 10,*NO 10,*NO 10,*NO 10,*NO 10,*NO 10,*YES' ask root alice a b c d e f g h i ||
		return 1
	program odd <<-'END'
	#!/bin/sh
	printf '*YES*NO *yes YES*NO\0\0\0\0\0*YES'
	END
	deploys 10 odd --input record --replace &&
		answered 1 '*YES,*NO 10,*NO 10,*NO 10,*NO 10,*NO 10,*YES' ask root alice a b c d e f g
}

# one_fault INPUT COMMAND CAUSE: whatever those before it have said, nothing is allowed of any destination
one_fault()
{
	printf '#!/bin/sh\n%s\n' "$2" | program bad
	forget
	deploys 10 bad --input "$1" && nothing "QIBM_QNS_SDDSTAUTH.*AUTH0100.*10.*$site/bad.*$3" ask root alice a b c ||
		return 1
	for before in yes no; do
		deploys 5 $before --replace && nothing "10.*$site/bad.*$3" ask root alice a b c || return 1
	done
}
all_faults()
{
	result=0
	while IFS='|' read -r input command cause; do
		one_fault "$input" "$command" "$cause" || {
			echo "... with $command"
			result=1
		}
	done <<-'END'
	lines|printf '*YES\n*YES\n'|2 answers of 3
	lines|printf '*YES\n*YES\n*YES\n*YES\n'|of 3
	lines|printf '*YES\n*YES\n*YES'|
	lines|:|0 answers of 3
	lines|printf '*YES\n*YES\n*YES\n'; exit 3|status 3
	lines|printf '*YES\n*YES\n*YES\n'; kill -9 $$|signal 9
	lines|exec yes '*YES'|too much output
	record|printf '*YES*YES*YE'|
	record|printf '*YES*YES*YES*YES'|
	record|printf '*YES*YES*YES\n'|
	END
	return $result
}

# ---- E2: several calls, each with others

several_calls()
{
	program one <<-END
	#!/bin/sh
	tee $seen/call.\$\$ | awk '\$1 == "destination" { print \$2 == "host20001.example.org" ? "*NO" : "*YES" }'
	END
	forget
	deploys 10 one || return 1
	seq -f 'host%.0f.example.org' 25000 >"$work/destinations"
	sed -e 's/$/ *YES/' -e '/^host20001\./s/\*YES/*NO 10/' "$work/destinations" >"$work/wanted"
	got=0
	ask root alice - <"$work/destinations" >"$work/answered" || got=$?
	[ $got = 1 ] && cmp "$work/wanted" "$work/answered" &&
		grep -h '^destinations ' "$seen"/call.* | sort >"$work/counts" &&
		printf 'destinations %s\n' 10000 10000 5000 | cmp - "$work/counts" &&
		sed -n 's/^destination //p' "$seen"/call.* | sort >"$work/given" &&
		sort "$work/destinations" | cmp - "$work/given"
}

twice_in_two_calls()
{
	rm -f "$seen"/*
	echo HOST1.Example.ORG. >>"$work/destinations"
	got=0
	ask root alice - <"$work/destinations" >"$work/answered" 2>"$work/said" || got=$?
	cat "$work/said"
	[ $got != 0 ] && [ ! -s "$work/answered" ] && grep -q CPF3C3C "$work/said" && [ -z "$(ls "$seen")" ]
}

last_call_fails()
{
	program one <<-'END'
	#!/bin/sh
	awk '$1 == "destination" { print "*YES" } /^destination host24000/ { bad = 1 } END { exit bad }'
	END
	seq -f 'host%.0f.example.org' 25000 >"$work/destinations"
	nothing "$site/one.*status 1" ask root alice - <"$work/destinations"
}

# ---- E3: registration

by_number()
{
	forget
	program order <<-END
	#!/bin/sh
	tee $seen/input.\$\$ | sed -n -e 's/^number //w $seen/number.'\$\$ -e 's/^destination .*/*YES/p'
	cat $seen/number.\$\$ >>$seen/order
	END
	for at in 500 2147483647 20 1; do
		deploys $at order || return 1
	done
	answered 0 '*YES,*YES' ask root alice a b && [ "$(tr '\n' ' ' <"$seen/order")" = '1 20 500 2147483647 ' ] &&
		[ "$(cat "$seen"/input.* | grep -c '^destination [ab]$')" = 8 ]
}

first_no_counts()
{
	forget
	program odd <<-'END'
	#!/bin/sh
	exec awk '$1 == "destination" { print $2 == "b" ? "*NO" : "*YES" }'
	END
	deploys 10 odd && deploys 20 no && deploys 30 yes && answered 1 '*NO 20,*NO 10,*NO 20' ask root alice a b c &&
		[ "$(grep -c '^destination ' "$seen/no")$(grep -c '^destination ' "$seen/yes")" = 33 ]
}

prints()
{
	wanted=$1
	shift
	printed=$("$@") && [ "$printed" = "$wanted" ] || {
		echo "$* printed: $printed"
		return 1
	}
}

low_high()
{
	forget
	prints 1 deploys '*LOW' yes && prints 2147483647 deploys '*HIGH' yes && prints 2 deploys '*LOW' yes &&
		prints 2147483646 deploys '*HIGH' yes && prints 4 deploys 4 yes && prints 3 deploys '*LOW' yes &&
		prints 5 deploys '*LOW' yes &&
		authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 2 && prints 2 deploys '*LOW' yes
}

replaces()
{
	forget
	deploys 10 no --data old-data --text old-text --time 1234 || return 1
	authzctl exit list >"$work/list.before"
	refused 1 AZ-NUMBER deploys 10 yes && authzctl exit list | cmp - "$work/list.before" || return 1
	prints 10 deploys 10 yes --replace && authzctl exit list >"$work/list.after" && cat "$work/list.after" &&
		grep -q "$site/yes" "$work/list.after" &&
		! grep -e old- -e 1234 -e "$site/no" "$work/list.after" && answered 0 '*YES' ask root alice a &&
		! grep old-data "$seen/yes"
}

maximum()
{
	forget
	authzctl exit point QIBM_QNS_SDDSTAUTH AUTH0100 --maximum 2 && deploys 1 yes && deploys 2 no &&
		refused 1 CPF3CD4 deploys 3 yes &&
		deploys 2 yes --replace && refused 1 AZ-LIVE authzctl exit point QIBM_QNS_SDDSTAUTH AUTH0100 --maximum 1 &&
		answered 0 '*YES' ask root alice a || return 1
	# and without a word sixteen
	forget
	for at in $(seq 16); do
		deploys "$at" yes || return 1
	done
	refused 1 CPF3CD4 deploys '*LOW' yes
}

not_there_yet()
{
	forget
	rm -f "$site/later"
	deploys 10 later && nothing "10.*$site/later.*No such file" ask root alice a b || return 1
	says later '*YES'
	answered 0 '*YES,*YES' ask root alice a b
}

# nothing is registered: all is allowed, and nobody is asked
nobody_asked()
{
	forget
	stop_launch
	result=0
	answered 0 '*YES,*YES' ask root alice a b || result=1
	start_launch
	return $result
}

# a server of the site's that listens at a socket, and answers in a moment, or never
by_a_server()
{
	forget
	mkdir -p -m 755 "$site/run"
	perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($ARGV[0])); listen($s, 5);
		while (accept($c, $s)) { @in = <$c>; sleep 1000 if grep { /^destination hang$/ } @in;
			syswrite $c, join "", map { /^destination b$/ ? "*NO\n" : "*YES\n" } grep { /^destination / } @in; close $c }' "$site/run/s" &
	server=$!
	within 5 test -S "$site/run/s"
	result=0
	chmod 666 "$site/run/s"
	deploys 10 run/s --time 1000 && answered 1 '*YES,*NO 10,*YES' ask root alice a b c || result=1
	nothing "10.*$site/run/s.*late" ask root alice a hang || result=1
	kill "$server"
	nothing "10.*$site/run/s" ask root alice a || result=1
	rm -rf "$site/run"
	return $result
}

gone_again()
{
	forget
	deploys 10 no && deploys 20 no && authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 10 &&
		answered 1 '*NO 20' ask root alice a &&
		authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 '*ALL' && answered 0 '*YES' ask root alice a &&
		refused 1 AZ-NOEXIT authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 10
}

# ---- who may

who_registers()
{
	forget
	deploys 10 no || return 1
	refused 1 CPF222E as alice authzctl exit add QIBM_QNS_SDDSTAUTH AUTH0100 20 "$site/yes" || return 1
	refused 1 CPF222E as alice authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 10 || return 1
	refused 1 CPF222E as alice authzctl exit point QIBM_QNS_SDDSTAUTH AUTH0100 --remove || return 1
	refused 1 CPF222E as alice authzctl exit list || return 1
	mark
	authzctl profile special portal +secadm || return 1
	result=0
	as portal authzctl exit add QIBM_QNS_SDDSTAUTH AUTH0100 5 "$site/yes" --data "not for the log" || result=1
	logged 'event=exit.add .*result=OK' || result=1
	! since_mark | grep 'for.*the.*log' || result=1
	answered 1 '*NO 10' ask root alice a || result=1
	# what he brought himself is registered, and never run
	as portal sh -c "printf '#!/bin/sh\necho \"*YES\"\n' >~/mine && chmod 755 ~/mine"
	as portal authzctl exit add QIBM_QNS_SDDSTAUTH AUTH0100 10 /home/authz-test/portal/mine --replace || result=1
	nothing "10.*/home/authz-test/portal/mine.*not root" ask root alice a || result=1
	as portal authzctl exit point QIBM_QNS_SDDSTAUTH AUTH0100 --remove || result=1
	authzctl profile special portal -secadm || result=1
	return $result
}

who_asks()
{
	forget
	deploys 10 yes && answered 0 '*YES' ask bob bob a && grep -qx 'user bob' "$seen/yes" &&
		answered 0 '*YES' ask portal alice a &&
		grep -qx 'user alice' "$seen/yes" || return 1
	rm -f "$seen/yes"
	refused 3 CPF22E9 ask bob alice a && refused 3 CPF2204 ask root nobody-of-here a && [ ! -e "$seen/yes" ]
}

# ---- what they are given

given()
{
	forget
	deploys 10 yes --data 'for you' || return 1
	(SECRET=of-the-caller && export SECRET &&
		ask root alice Db1.Example.Org. db2.example.org global-name=SITE.PAYROLL.2) || return 1
	cat >"$work/wanted" <<-'END'
	authz-exit 1
	point QIBM_QNS_SDDSTAUTH
	format AUTH0100
	number 10
	data for you
	change-request CR0815
	sequence 1
	activity ACT01
	type *OBJ
	transport *HOST
	verb *SNDINS
	global-name SITE.PAYROLL.2
	user alice
	destinations 2
	destination db1.example.org
	destination db2.example.org
	END
	diff "$work/wanted" "$seen/yes"
}

on_record()
{
	forget
	deploys 10 no || return 1
	mark
	ask bob bob a b >/dev/null
	logged 'event=exit.check .*result=OK' && since_mark | grep 'event=exit.check' | grep -q CR0815 || {
		since_mark
		return 1
	}
}

total=20
plan $((2 * total))
for each in $carriers; do
	carry "$each"
	check "$each: an exit in sh refuses one destination of 1000: the 999 others *YES, in order, in one call (E1)" one_of_many
	check "$each: one that hangs: nothing is performed, at its deadline, and it is named (E1)" one_hangs
	check "$each: anything but *YES is no, in lines and in the record (E1)" anything_else
	check "$each: wrong count, status, signal, too much: nothing is performed, whatever others said (E1)" all_faults
	check "$each: of 25000 destinations each is asked once, in several calls (E2)" several_calls
	check "$each: one that is there twice among them is refused, and nobody is asked (E2)" twice_in_two_calls
	check "$each: when the last of several calls fails nothing is performed (E2)" last_call_fails
	check "$each: they are asked by number, with gaps, each with all destinations (E3)" by_number
	check "$each: the number in the answer is of the first that said *NO" first_no_counts
	check "$each: *LOW and *HIGH are the lowest and highest that are free (E3)" low_high
	check "$each: a number that is taken is replaced only on demand, and then nothing of the old stays (E3)" replaces
	check "$each: one more than the maximum is CPF3CD4, and no maximum leaves one unasked (E3)" maximum
	check "$each: a program may be missing when it is registered; when it is asked nothing is performed (E3)" not_there_yet
	check "$each: where nothing is registered nobody is asked, and authz-launch need not run" nobody_asked
	check "$each: what is removed is asked no more" gone_again
	check "$each: a server at a socket is asked as a program is" by_a_server
	check "$each: root and *SECADM register, and no ordinary user; a *SECADM's own program is not run" who_registers
	check "$each: everybody asks for himself, and for others with *USE alone" who_asks
	check "$each: a program has the parameters, canonical and whole" given
	check "$each: an asking is on record" on_record
done
done_testing
