#!/bin/sh
# SPDX-License-Identifier: ISC
# authz-run, set-user-ID root, in the hands of mallory, with everything about a process that its starter can choose.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/attack_lib.sh"
. "$AUTHZ_SOURCE/tests/host/run_lib.sh"
start_log
grant_rights
program=/usr/bin/authz-run

# with HOW... -- WORD...: mallory's authz-run with portal's token for alice on descriptor 3, and this state
with()
{
	hows=
	while [ "$1" != -- ]; do
		hows="$hows $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words
	as mallory "$tools/attack_start" $hows -- $program authz-run --token-fd 3 -- "$@" 3<"$work/t"
}
# fine HOW...: it works as if nothing was the matter
fine()
{
	fresh && status 0 with "$@" -- id -un && said alice
}
# sessions that were opened since the mark, and those that were closed
sessions_closed()
{
	sleep 0.2
	[ "$(since_mark | grep -c 'authz-run:session): session opened')" = "$(since_mark | grep -c 'authz-run:session): session closed')" ] || {
		since_mark
		return 1
	}
}

names()
{
	# newer kernels give it an empty one, which is no reason to read a token from a file of nothing
	status 122 as mallory "$tools/attack_start" -- $program </dev/null || status 121 as mallory "$tools/attack_start" -- $program </dev/null || return 1
	for name in '' - -- --help '%n%n%s' '../../../etc/shadow' "$(printf 'a\nb\033[2J')"; do
		fresh && status 0 as mallory "$tools/attack_start" -- $program "$name" --token-fd 3 -- id -un 3<"$work/t" && said alice || return 1
	done
	fresh && status 0 as mallory "$tools/attack_start" long -- $program x --token-fd 3 -- id -un 3<"$work/t" && said alice
}

closed()
{
	for digits in 0 1 2 01 12 02 012; do
		fresh || return 1
		mark
		status 0 with close=$digits -- sh -c 'id -un; echo error >&2; cat || :' && logged 'session closed for user alice' || return 1
		case $digits in *1*) ;; *) said alice || return 1 ;; esac
	done
	# nor does a message go into what has the number of standard error
	status 121 as mallory sh -c 'exec 2>&- 3</etc/passwd; exec authz-run --token-fd 3 -- id'
}

many_descriptors()
{
	fresh && status 0 with many=900 -- sh -c 'ls /proc/self/fd | tr "\n" " "' && said '0 1 2 3 ' || return 1
	# and none of authz-run's own: the third is the folder that ls reads
	fresh && status 0 as mallory "$tools/attack_start" many=900 -- $program x --token-fd 500 -- sh -c 'ls /proc/self/fd | tr "\n" " "' 3<"$work/t" && said '0 1 2 3 '
}

token_from()
{
	status 122 as mallory authz-run --token-fd 3 -- id 3</ && grep -q directory "$work/said" || return 1
	status 121 timeout 10 setpriv --reuid=mallory --regid=mallory --init-groups authz-run --token-fd 3 -- id 3</dev/zero || return 1
	truncate -s 100G "$mine/huge" && status 121 timeout 10 setpriv --reuid=mallory --regid=mallory --init-groups authz-run --token-fd 3 -- id 3<"$mine/huge" || return 1
	rm -f "$mine/huge"
	status 121 as mallory authz-run --token-fd 3 -- id 3</dev/null || return 1
	status 122 as mallory authz-run --token-fd 3 -- id 3>/dev/null || return 1
	status 122 as mallory authz-run --token-fd 3 -- id 3>&- || return 1
	status 122 as mallory authz-run --token-fd 999999999 -- id || return 1
	# a file that root has opened for her: of what is in it she is told nothing
	status 121 as mallory authz-run --token-fd 3 -- id 3</etc/shadow && ! grep -F "$(head -c 6 /etc/shadow)" "$work/said"
}

nobody_writes()
{
	mkfifo "$work/fifo"
	setpriv --reuid=mallory --regid=mallory --init-groups --reset-env authz-run --token-fd 3 -- id 3<>"$work/fifo" >"$work/bg" 2>&1 &
	running=$!
	sleep 0.5
	as mallory kill -TERM $running && ended 143
}

environment()
{
	cat >"$work/evil.c" <<-END
	#include <fcntl.h>
	#include <unistd.h>
	__attribute__((constructor)) static void evil(void) { if (geteuid() != getuid() || getuid() != $(id -u mallory)) close(open("$mine/was-here", O_CREAT | O_WRONLY, 0644)); }
	END
	cc -shared -fPIC -o "$mine/evil.so" "$work/evil.c" && chmod 755 "$mine/evil.so" && mkdir -p "$mine/lib" && cp "$mine/evil.so" "$mine/lib/libpam.so.0" &&
		cp "$mine/evil.so" "$mine/lib/libnss_files.so.2" && cp "$mine/evil.so" "$mine/UTF-8.so" && echo "module X// INTERNAL $mine/evil 1" >"$mine/gconv-modules" || return 1
	fresh && status 0 /usr/bin/setpriv --reuid=mallory --regid=mallory --init-groups /usr/bin/env LD_PRELOAD="$mine/evil.so" LD_LIBRARY_PATH="$mine/lib" LD_AUDIT="$mine/evil.so" LD_DEBUG=all LD_DEBUG_OUTPUT="$mine/debug" \
		GCONV_PATH="$mine" LOCPATH="$mine" NLSPATH="$mine/%N" LANG=xx_XX.X LC_ALL=xx_XX.X TZ=/etc/shadow MALLOC_TRACE="$mine/trace" \
		TMPDIR="$mine" HOSTALIASES="$mine/x" GLIBC_TUNABLES=glibc.malloc.check=3 RES_OPTIONS=debug BASH_ENV="$mine/rc" ENV="$mine/rc" \
		SHELLOPTS=xtrace PS4='$(id)' IFS=/ PATH="$mine" SHELL="$mine/evil" HOME="$mine" USER=root LOGNAME=root SUDO_USER=root \
		$program --token-fd 3 -- /bin/sh -c 'id -un' 3<"$work/t" || return 1
	grep -x alice "$work/said" && [ ! -e "$mine/was-here" ] && [ ! -e "$mine/trace" ] || return 1
	fine env=1500
}

signals()
{
	for how in ignore block nochild timers umask=0777 gone 'ignore block nochild timers'; do
		# shellcheck disable=SC2086 # words
		fine $how || {
			echo "$how"
			return 1
		}
	done
	fresh && status 0 with ignore block nochild -- grep -E '^Sig(Blk|Ign|Pnd):' /proc/self/status && [ "$(grep -c '	0*$' "$work/said")" = 3 ]
}

pending()
{
	for number in 15 1 2 10 14; do
		fresh || return 1
		mark
		status $((128 + number)) with pending=$number -- id && sessions_closed && not_spent || return 1
	done
}

# each limit at nothing and at little, hard: it works, or is refused by name, or the kernel does not start the program
limits()
{
	result=0
	for limit in 0:1 0:0 1:0 1:4096 2:1000000 2:10000000 3:0 3:65536 4:0 5:0 6:0 6:1 7:3 7:4 7:10 7:20 8:0 9:10000000 9:50000000 11:0 12:0 13:0 14:0 15:0 15:1; do
		fresh || return 1
		mark
		got=0
		with limit=$limit -- id -un >"$work/said" 2>&1 </dev/null || got=$?
		case $got in
		0) grep -qx alice "$work/said" || [ ${limit%:*} = 1 ] || result=1 ;;
		123 | 125 | 126) [ ${limit%:*} = 1 ] || grep -q '^authz-run: ' "$work/said" || result=1 ;;
		127 | 137 | 139 | 152 | 153 | 2) ;;
		*) result=1 ;;
		esac
		echo "limit $limit: status $got $(head -n 1 "$work/said")"
		sessions_closed || result=1
	done
	return $result
}

traced()
{
	fresh && status 123 with traced -- id && grep -q traced "$work/said" && not_spent || return 1
	fresh || return 1
	setpriv --reuid=mallory --regid=mallory --init-groups --reset-env authz-run --token-fd 3 -- sh -c 'echo ready; exec sleep 60' 3<"$work/t" >"$work/bg" 2>&1 &
	running=$!
	within 5 shown ready || return 1
	result=0
	# between its steps it is hers by the effective uid, with root as the saved one; and not hers to look into
	grep -q "^Uid:	$(id -u mallory)	$(id -u mallory)	0	" "/proc/$running/status" || result=1
	keeper=$(ps -o pid= --ppid $running | tr -d ' ')
	for pid in "$running" "$keeper"; do
		for file in environ mem maps fd/0 auxv stack; do
			! mallory cat "/proc/$pid/$file" >/dev/null 2>&1 || result=1
			[ "$pid" = "$running" ] || ! as alice cat "/proc/$pid/$file" >/dev/null 2>&1 || result=1
		done
		! mallory perl -e 'exit(syscall(101, 16, $ARGV[0], 0, 0) == 0 ? 0 : 1)' "$pid" || result=1
	done
	mallory kill -TERM "$running" && ended 143 || result=1
	return $result
}

folders()
{
	mkdir -p "$mine/shut/in" && ln -sfn shut/in "$mine/link" && chown -R mallory: "$mine" && fresh &&
		(cd "$mine/link" && status 0 portal_runs /bin/pwd) || return 1
	fresh && (cd "$mine/shut/in" && chmod 0 "$mine/shut/in" && status 0 with -- id -un) && said alice && chmod 755 "$mine/shut/in"
}

learns_nothing()
{
	: >"$work/all"
	token "$work/spent" portal alice --timeout 60 && cp "$work/spent" "$work/t" && not_spent || return 1
	for text in prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA prftkn_BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; do
		echo $text >"$work/t"
		status 121 with -- id || return 1
		cat "$work/said" >>"$work/all"
	done
	[ "$(sort -u "$work/all" | wc -l)" = 1 ] && ! grep -E 'alice|portal|uid' "$work/all"
}

# killed at any moment: no session stays without its end but by SIGKILL, nothing is damaged, and a token is used once at most
storm()
{
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		fresh || return 1
		signal=TERM
		[ $((round % 2)) = 0 ] || signal=KILL
		rm -f "$mine/ran"
		setpriv --reuid=mallory --regid=mallory --init-groups --reset-env authz-run --token-fd 3 -- sleep 20 3<"$work/t" >/dev/null 2>&1 &
		running=$!
		sleep "0.0$((round % 10))"
		kill -$signal $running 2>/dev/null || :
		got=0
		wait $running 2>/dev/null || got=$?
		case $got in 137 | 143) ;; *) echo "round $round: $got"; return 1 ;; esac
	done
	within 5 eval '! pgrep -u alice -x sleep >/dev/null' && authzctl store check --store tokens && alice_comes_in
}

one_wins()
{
	fresh || return 1
	pids=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		as mallory authz-run --token-fd 3 -- id -un 3<"$work/t" >"$work/won.$i" 2>&1 &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid" || :; done
	[ "$(grep -lx alice "$work"/won.* | wc -l)" = 1 ]
}

# Two terminals of mallory's, of which nobody reads the second one: typed there, shown here.
stuck()
{
	cat >"$work/stuck.pl" <<-'END'
	use strict; use Fcntl; require POSIX;
	sub terminal {
		sysopen(my $m, "/dev/ptmx", O_RDWR | O_NOCTTY) or die; my ($l, $b) = (pack("i", 0), pack("I", 0));
		ioctl($m, 0x40045431, $l) or die; ioctl($m, 0x80045430, $b) or die; chmod 0666, "/dev/pts/" . unpack("I", $b);
		return ($m, "/dev/pts/" . unpack("I", $b));
	}
	sub until_true { my $what = shift; for (1 .. 50) { return 1 if $what->(); select undef, undef, undef, 0.1 } print "not within five seconds: line " . (caller)[2] . "\n"; exit 1 }
	POSIX::dup2(fileno(T), 8) if open(T, "<", $ARGV[0]);
	my ($typed, $a) = terminal(); my ($shown, $b) = terminal();
	my $pid = fork // die;
	if ($pid == 0) {
		POSIX::setsid(); open(STDOUT, "+<", $b) or die; open(STDERR, ">&", *STDOUT); open(STDIN, "<", $ARGV[2] ? $a : "/dev/null") or die;
		exec "setpriv", "--reuid=mallory", "--regid=mallory", "--init-groups", "sh", "-c", 'exec authz-run --token-fd 3 -- sh -c "$0" 3<&8', $ARGV[1];
	}
	sub keeper { my ($k) = `ps -o pid=,user=,comm= --ppid $pid` =~ /(\d+) alice +authz-run/; $k }
	my $keeper; until_true(sub { $keeper = keeper() });
	if ($ARGV[2]) {
		# its number goes to a process of root's; then nobody types any more
		until_true(sub { !-e "/proc/$keeper" });
		open(my $last, ">", "/proc/sys/kernel/ns_last_pid") or die; syswrite($last, $keeper - 1); close $last;
		my $root = fork // die; if ($root == 0) { exec "sleep", "60" }
		$root == $keeper or die "$root is not $keeper";
		close $typed; sleep 1;
		print waitpid($root, 1) == 0 ? "it lives\n" : "it was killed by " . ($? & 127) . "\n"; kill 9, $root;
	} else {
		sleep 2;
	}
	until_true(sub { kill 15, $pid; select undef, undef, undef, 0.2; waitpid($pid, 1) == $pid }); print "ended\n";
	END
	fresh && status 0 perl "$work/stuck.pl" "$work/t" "$@" && said ended
}
stuck_terminal()
{
	for line in 'echo hello world' 'echo hell' 'printf "%01000d" 1' 'printf "a\\tb\\n"'; do
		mark
		stuck "while :; do $line; done" '' && sessions_closed || return 1
	done
}
number_is_anothers()
{
	mark
	stuck 'sleep 1; exec seq 4300' typed && said 'it lives' && sessions_closed
}

# in_program PID NAME
in_program()
{
	[ "$(cat "/proc/$1/comm")" = "$2" ]
}
# what is mallory's alone
callers_keys()
{
	fresh && status 1 with key -- grep attack_start /proc/keys || return 1
	mallory "$tools/attack_start" key -- /bin/grep grep attack_start /proc/keys || return 1
	# alice sees to it that there is no room for a keyring that is not mallory's
	setpriv --reuid=alice --regid=alice --init-groups "$tools/attack_start" fill -- /bin/sleep sleep 60 &
	filler=$!
	within 5 in_program $filler sleep || return 1
	fresh || return 1
	result=0
	status 125 with key -- cat /proc/keys && said "authz-run: the caller's keys could not be left.*" || result=1
	kill $filler
	wait $filler || :
	within 5 eval 'fresh && status 0 with key -- true' || return 1
	# and by a service without pam_keyinit she has them not
	cp /etc/pam.d/authz-run "$work/service" && sed -i '/pam_keyinit/d' /etc/pam.d/authz-run
	fresh && status 1 with key -- grep attack_start /proc/keys || result=1
	cp "$work/service" /etc/pam.d/authz-run
	return $result
}
callers_capabilities()
{
	fresh && status 0 setpriv --inh-caps=+net_raw,+net_admin --ambient-caps=+net_raw --reuid=mallory --regid=mallory --init-groups --reset-env \
		authz-run --token-fd 3 -- grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status 3<"$work/t" && [ "$(grep -c '	0*$' "$work/said")" = 4 ]
}
late_timers()
{
	fresh && status 0 with slack -- sh -c 'exec cat /proc/$$/timerslack_ns' && said 50000
}

terminal_goes()
{
	fresh && { status 124 "$tools/onpty" -t 3 -u mallory authz-run --token-fd 8 -- sh -c 'echo ready; exec sleep 61' 8<"$work/t"; said ready; } &&
		within 5 eval '! pgrep -f "^sleep 61" >/dev/null'
}

in_the_background()
{
	cat >"$work/bg.sh" <<-'END'
	set -m
	stty tostop
	stty -g
	authz-run --token-fd 3 -- sh -c 'echo from behind; exit 3' 3<&8 &
	wait $!
	echo "status $?"
	stty -g
	END
	chmod 644 "$work/bg.sh" && fresh && status 0 "$tools/onpty" -u mallory sh "$work/bg.sh" 8<"$work/t" && said 'from behind' && said 'status 3' &&
		[ "$(grep -E '^[0-9a-f]+:[0-9a-f:]+$' "$work/said" | sort -u | wc -l)" = 1 ]
}

plan 22
check "argument 0 may be anything, and where there is none it is refused (command_line MUST 1)" names
check "closed descriptors 0 to 2 are opened, and no message goes anywhere else (guard MUST 1)" closed
check "of 900 open descriptors the command has none (guard MUST 1, keeper MUST 1)" many_descriptors
check "a folder, an endless or huge file, nothing, or root's own file as the token: refused at once, and nothing of it is told" token_from
check "where nobody writes it waits, and the caller may end it" nobody_writes
check "no variable of 30 has an effect, nor have 1500 together (guard MUST 1)" environment
check "signals that are ignored or blocked, timers, umask, a folder that is gone have none (guard MUST 1, keeper MUST 2)" signals
check "a signal that waits ends it before anything is spent" pending
check "each limit at nothing: it works, or is refused by name, and a session that was opened is closed (run_limits MUST 1)" limits
check "traced it has no privilege; running, it is the caller's by its effective uid and nobody's to look into (privileged MUST 1, guard MUST 2)" traced
check "links to folders, and folders where nobody may look, have no effect" folders
check "whoever has no good token is told the same whatever it was (run MUST 2)" learns_nothing
check "killed at any moment it damages nothing, and leaves no command" storm
check "of 16 at once with one token exactly one runs" one_wins
check "a terminal that takes nothing holds back no signal, and the session is closed (relay MUST 2)" stuck_terminal
check "when the keeper's number is another process's nothing of root's is sent there (relay MUST 1)" number_is_anothers
check "the command has none of the caller's keys, with pam_keyinit, without it, and where there is no room (privileged MUST 5)" callers_keys
check "nor capabilities of the caller's to inherit (privileged MUST 5)" callers_capabilities
check "timers that the caller made late are on time again (guard MUST 1)" late_timers
check "when the caller's terminal goes the command goes" terminal_goes
check "in the background of a terminal it writes, and changes nothing there (terminal MUST 1)" in_the_background
check "no core of a program is left" no_core
done_testing
