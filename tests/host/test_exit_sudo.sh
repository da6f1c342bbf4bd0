#!/bin/sh
# SPDX-License-Identifier: ISC
# Real sudo with authz_approval.so: what sudoers has accepted runs if an authority and the site's exits allow it, too.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
start_log
start_exits
commands=AZ_COMMAND/CMND0100
cp -p /etc/sudo.conf "$work/sudo.conf"

end_sudo()
{
	cp -p "$work/sudo.conf" /etc/sudo.conf
	rm -f /etc/sudoers.d/authz-approval /etc/sudoers.d/authz-approval-named
	no_authority
	end_exits
}
trap end_sudo EXIT

no_authority()
{
	for each in /usr/bin/id '/usr/bin/*' '/usr/bin/*.**' '**' sudoedit; do
		authzctl authority delete -t command -n "$each" >/dev/null 2>&1 || :
	done
}

printf '%s\n' 'Defaults lecture=never, passwd_tries=1' 'alice ALL=(ALL:ALL) ALL' 'bob ALL=(ALL:ALL) NOPASSWD: ALL' \
	>/etc/sudoers.d/authz-approval
chmod 440 /etc/sudoers.d/authz-approval
echo 'Plugin authz_approval authz_approval.so' >>/etc/sudo.conf

says yes '*YES'
says no '*NO'
hangs hangs

# registered NAME [WORD]...: this one alone is asked
registered()
{
	forget $commands
	add $commands 10 "$@" >/dev/null
	mark
}

# bobs COMMAND...: by sudo, without a password
bobs()
{
	timeout 30 setpriv --reuid=bob --regid=bob --init-groups --reset-env sudo -n "$@" </dev/null
}
# alices COMMAND...: on a terminal, once asked for her password
alices()
{
	answers assword -alice-password
	"$tools/onpty" -t 30 -u alice -a "$work/answers" sudo -k -p 'Password: ' "$@"
}

runs()
{
	printed=$("$@" id -un) && [ "$printed" = root ] || {
		echo "it printed: $printed"
		return 1
	}
}
runs_on_terminal()
{
	shows '^root$' alices id -un
}
# ends PATTERN COMMAND...: the command does not run, sudo says that, and in time
ends()
{
	pattern=$1
	shift
	got=0
	"$@" >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" != 0 ] && [ "$got" != 124 ] && ! grep -qx root "$work/said" && grep -Eq -- "$pattern" "$work/said"
}

as_before()
{
	forget $commands
	no_authority
	stop_launch
	result=0
	runs bobs && runs_on_terminal && [ "$(bobs -u stranger id -un)" = stranger ] || result=1
	# what the command ends with is sudo's status
	got=0
	bobs sh -c 'exit 7' || got=$?
	[ $got = 7 ] || result=1
	! bobs /no/such/command || result=1
	start_launch
	return $result
}

by_authority()
{
	forget $commands
	authzctl authority set -t command -n /usr/bin/id -p bob +use && runs bobs && ends 2035 alices id -un || return 1
	# it is of this command alone, and sudoers' own refusal stays one
	shows alice alices sh -c 'echo $SUDO_USER' && ! as stranger sudo -n id -un || return 1
	authzctl authority revoke -t command -n /usr/bin/id -p bob +use && ends 2035 bobs id -un &&
		authzctl authority set -t command -n '/usr/bin/*' -p bob +use && ends 2035 bobs id -un &&
		authzctl authority delete -t command -n /usr/bin/id && runs bobs && ends 2035 alices id -un
}

long_path()
{
	long=/usr/local/sbin/$(printf '%040d' 0)
	printf '#!/bin/sh\nid -un\n' >"$long" && chmod 755 "$long"
	result=0
	authzctl authority set -t command -n /usr/bin/id -p bob +use && ends CPF3C3C bobs "$long" || result=1
	no_authority
	[ "$(bobs "$long")" = root ] || result=1
	rm -f "$long"
	return $result
}

# ran PATH: bob's sudo runs it as root
ran()
{
	[ "$(bobs "$1" -un)" = root ]
}

bad_option()
{
	forget $commands
	cp -p /etc/sudo.conf "$work/sudo.conf.good"
	sed -i 's/authz_approval\.so$/& bogus/' /etc/sudo.conf
	result=0
	ends 'option not valid: bogus' bobs id -un && ends 'option not valid: bogus' sudo -n id -un || result=1
	cp -p "$work/sudo.conf.good" /etc/sudo.conf
	runs bobs || result=1
	return $result
}

# bob may run everything, alice what sudoers names; neither has authority
spellings()
{
	echo 'alice ALL=(root) NOPASSWD: /usr/bin/id' >/etc/sudoers.d/authz-approval-named
	chmod 440 /etc/sudoers.d/authz-approval-named
	ln -sf /usr/bin/id "$site/id"
	cp /usr/bin/id "$site/copy"
	forget $commands
	authzctl authority set -t command -n /usr/bin/id -g nobody +none
	result=0
	for path in ./id ../bin/id //usr/bin/id /usr/bin/./id /usr/bin/../bin/id; do
		ends CPF3C3C eval "cd /usr/bin && bobs $path -un" && ends 2035 eval "cd /usr/bin && named $path -un" || result=1
	done
	ends 2035 named /bin/id -un || result=1
	# the rest is another path of bob's
	ran /bin/id && ran "$site/id" && ran "$site/copy" || result=1
	authzctl authority set -t command -n '**' -g nobody +none &&
		authzctl authority set -t command -n '/usr/bin/*.**' -p bob +use
	for path in /bin/id "$site/id" "$site/copy" /proc/self/root/usr/bin/id; do
		ends 2035 bobs "$path" -un || result=1
	done
	ends CPF3C3C bobs "/usr/bin/../..$site/copy" -un && [ "$(bobs whoami)" = root ] || result=1
	no_authority
	rm -f /etc/sudoers.d/authz-approval-named
	return $result
}
named()
{
	timeout 30 setpriv --reuid=alice --regid=alice --init-groups --reset-env sudo -n "$@" </dev/null
}

both()
{
	authzctl authority set -t command -n /usr/bin/id -p bob +use && registered no && ends AZ-DENIED bobs id -un &&
		registered yes && runs bobs &&
		authzctl authority set -t command -n /usr/bin/id -p bob +none && ends 2035 bobs id -un
	status=$?
	no_authority
	return $status
}

by_exit()
{
	registered yes && runs bobs && runs_on_terminal && registered no && ends AZ-DENIED bobs id -un &&
		ends AZ-DENIED alices id -un &&
		logged 'event=exit.command .*AZ-DENIED' && logged 'AZ-DENIED.*AZ_COMMAND'
}

hanging()
{
	registered hangs && ends AZ-EXIT bobs id -un && logged "AZ-EXIT.*$site/hangs.*late" && none_runs
}

# all programs of one command have two and a half seconds together
together()
{
	program slow <<-'END'
	#!/bin/sh
	sleep 1.6
	exec sed -n 's/^destination .*/*YES/p'
	END
	registered slow && runs bobs && add $commands 20 slow && ends AZ-EXIT bobs id -un &&
		logged "AZ-EXIT.*20 $site/slow.*late"
}

helper_is_killed()
{
	registered hangs
	(within 5 test -e "$seen/hangs" && pkill -KILL -x authz-helper) &
	ends AZ-DIED bobs id -un && none_runs
}

# bob's limits, descriptors and signals are sudo's too: *NO stays no, and with none of them *YES is undone without a word
limits_of_who_calls()
{
	registered no
	rm -f /run/authz-test-ran
	for spoilt in 'ulimit -n 3' 'ulimit -n 4' 'ulimit -n 6' 'ulimit -n 10' 'ulimit -f 0' 'ulimit -v 60000' 'ulimit -v 20000' 'ulimit -s 64' \
		'ulimit -t 1' 'exec <&-' 'exec >&-' 'exec 2>&-' 'exec <&- >&- 2>&-' "trap '' CHLD" "trap '' PIPE TERM HUP ALRM" \
		'cd /proc/self' 'umask 777'; do
		timeout 30 setpriv --reuid=bob --regid=bob --init-groups --reset-env sh -c "$spoilt; sudo -n touch /run/authz-test-ran" || :
		[ ! -e /run/authz-test-ran ] || {
			echo "it ran after $spoilt"
			return 1
		}
	done
	registered yes
	for spoilt in 'ulimit -n 10' 'exec <&-' 'exec <&- >&- 2>&-' "trap '' CHLD" "trap '' PIPE TERM HUP ALRM" 'umask 777'; do
		rm -f /run/authz-test-ran
		timeout 30 setpriv --reuid=bob --regid=bob --init-groups --reset-env sh -c "$spoilt; sudo -n touch /run/authz-test-ran" || :
		[ -e /run/authz-test-ran ] || {
			echo "it did not run after $spoilt"
			return 1
		}
	done
	rm -f /run/authz-test-ran
}

missing_program()
{
	registered not-there && ends AZ-EXIT bobs id -un && logged "AZ-EXIT.*$site/not-there.*No such file"
}

without_launch()
{
	registered yes
	stop_launch
	result=0
	ends AZ-EXIT bobs id -un && logged 'AZ-EXIT.*out of reach' || result=1
	start_launch
	runs bobs || result=1
	return $result
}

# also where nothing is registered: that cannot be known then
without_helper()
{
	forget $commands
	mv "$helper" "$helper.away"
	result=0
	ends 'AZ-(HELPER|INSTALL)' bobs id -un || result=1
	ends 'AZ-(HELPER|INSTALL)' alices id -un || result=1
	[ "$(sudo -n id -un)" = root ] || result=1
	mv "$helper.away" "$helper"
	runs bobs || result=1
	return $result
}

# the service is there and says nothing
helper_hangs()
{
	forget $commands
	kill -STOP "$service"
	result=0
	ends 'AZ-LATE' bobs id -un && [ "$(sudo -n id -un)" = root ] || result=1
	kill -CONT "$service"
	runs bobs || result=1
	return $result
}

# a program that says *YES the first time, and *NO from then on
cached()
{
	program once <<-END
	#!/bin/sh
	if [ -e $seen/once ]; then answer='*NO'; else answer='*YES'; fi
	: >$seen/once
	exec sed -n "s/^destination .*/\$answer/p"
	END
	registered once
	answers assword -alice-password
	"$tools/onpty" -t 30 -u alice -a "$work/answers" sh -c \
		"sudo -k; sudo -p 'Password: ' id -un; echo first \$?; sudo -n id -un; echo second \$?" >"$work/said" 2>&1 || :
	cat "$work/said"
	grep -qx 'first 0' "$work/said" && grep -qx 'second 1' "$work/said" && [ "$(grep -cx root "$work/said")" = 1 ]
}

lists()
{
	registered hangs && shows 'NOPASSWD: ALL' bobs -l && shows '/usr/bin/id' bobs -l id && bobs -v &&
		[ -z "$(ls "$seen")" ]
}

root_is_let_run()
{
	for name in no hangs; do
		registered $name && [ "$(sudo -n id -un)" = root ] && [ "$(sudo -n -u alice id -un)" = alice ] || return 1
	done
	[ -z "$(ls "$seen")" ] && authzctl authority set -t command -n /usr/bin/id -p bob +use &&
		[ "$(sudo -n id -un)" = root ]
	status=$?
	no_authority
	return $status
}

edits()
{
	echo before >/etc/authz-test-edited
	printf '#!/bin/sh\necho after >"$1"\n' >"$site/editor" && chmod 755 "$site/editor"
	result=0
	registered no
	! edit || result=1
	[ "$(cat /etc/authz-test-edited)" = before ] && grep -qx 'command sudoedit' "$seen/no" &&
		grep -qx 'arg /etc/authz-test-edited' "$seen/no" || result=1
	registered yes
	edit && [ "$(cat /etc/authz-test-edited)" = after ] || result=1
	rm -f /etc/authz-test-edited
	return $result
}
edit()
{
	timeout 30 setpriv --reuid=bob --regid=bob --init-groups --reset-env env EDITOR="$site/editor" \
		sudoedit -n /etc/authz-test-edited </dev/null
}

shells()
{
	registered no && ends AZ-DENIED bobs -s id -un && grep -qx 'command /bin/sh' "$seen/no" &&
		ends AZ-DENIED bobs -i id -un &&
		ends AZ-DENIED bobs -u '#0' id -un && ends AZ-DENIED bobs sh -c 'id -un'
}

unambiguous()
{
	registered yes --data 'which site'
	bobs -u alice printf '' 'a b' 'a' 'b' '' 'two
arg lines' 'a\040b' 'é' ' ' "$(printf 'tab\tbell\a')" >/dev/null || return 1
	{
		printf '%s\n' 'authz-exit 1' 'point AZ_COMMAND' 'format CMND0100' 'number 10' 'data which site' 'user bob' 'as alice' \
			'command /usr/bin/printf' 'arg ' 'arg a b' 'arg a' 'arg b' 'arg ' 'arg two\012arg lines' 'arg a\134040b' \
			'arg \303\251' 'arg  ' 'arg tab\011bell\007' 'destinations 1'
		echo "destination $(hostname)"
	} >"$work/wanted"
	diff "$work/wanted" "$seen/yes"
}

too_long()
{
	long=$(printf '%03100d' 0)
	registered yes
	ends CPF3C3C bobs echo "$long" && [ -z "$(ls "$seen")" ] && forget $commands && bobs echo "$long" >/dev/null
}

# in a session of bob's nothing of the plugin's stays: descriptors, variables
leaves_nothing()
{
	registered yes
	bobs sh -c 'ls -l /proc/$$/fd' >"$work/fds" && cat "$work/fds" &&
		! grep -e /run/authz -e /libexec/ -e socket: "$work/fds" && ! bobs env | grep AUTHZ
}

plan 42
check "a bad option: sudo runs nothing for anybody, root included" bad_option
for each in $carriers; do
	carry "$each"
	check "$each: without a profile and an exit all is as before, and authz-launch need not run" as_before
	check "$each: a command of which there is a profile needs the authority" by_authority
	check "$each: a path that is too long for an object is refused where there is a profile at all" long_path
	check "$each: of a named command no spelling leads past its profile; of ALL other paths do, but past '**'" spellings
	check "$each: exits say *YES and *NO; the reason is in the log" by_exit
	check "$each: authority and exits must both allow it" both
	check "$each: an exit that hangs: refused in time, and gone" hanging
	check "$each: several have no more time together than one" together
	check "$each: an exit that is missing: refused" missing_program
	check "$each: without authz-launch: refused, with the reason" without_launch
	if [ "$each" = child ]; then
		check "without the helper: refused, with the reason, but root" without_helper
		check "the helper is killed meanwhile: refused, and the program is gone" helper_is_killed
	else
		check "the service hangs: refused, with the reason, but root" helper_hangs
	fi
	check "$each: what sudo takes by its cache of passwords is asked about, too" cached
	check "$each: sudo -l and sudo -v run nothing, and are not asked about" lists
	check "$each: root is not asked about" root_is_let_run
	check "$each: sudoedit is the command sudoedit" edits
	check "$each: so are shells asked about, and other ways to name root" shells
	check "$each: arguments reach the program unambiguously: blanks, newlines, empty ones, backslashes" unambiguous
	check "$each: a command that is too long is refused where an exit is registered, and never cut" too_long
	check "$each: no limit, descriptor or signal of who calls makes a *NO void" limits_of_who_calls
	check "$each: nothing of ours is left in the command" leaves_nothing
done
done_testing
