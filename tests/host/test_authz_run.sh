#!/bin/sh
# SPDX-License-Identifier: ISC
# authz-run, installed, with real PAM: who runs, in what, with what status, and what is left afterwards.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
. "$AUTHZ_SOURCE/tests/host/run_lib.sh"
start_log
grant_rights
in_teams
home=/home/authz-test/alice

# the order of her groups is the process's in one, and that of /etc/group in the other
sorted_ids()
{
	sed 's/groups=//' | tr ' ,' '\n\n' | sort
}
is_all_of_alice()
{
	[ "$(sorted_ids <"$work/said")" = "$(id alice | sorted_ids)" ]
}

by_descriptor()
{
	fresh && status 0 portal_runs -- id && is_all_of_alice || return 1
	fresh && status 0 portal_runs sh -c 'cat /proc/self/status' && said 'CapEff:	0*' && said 'CapPrm:	0*' &&
		said "Uid:	$(id -u alice)	$(id -u alice)	$(id -u alice)	$(id -u alice)" &&
		said "Gid:	$(id -g alice)	$(id -g alice)	$(id -g alice)	$(id -g alice)"
}

by_standard_input()
{
	fresh && { cat "$work/t" && echo the rest; } >"$work/in" && status 0 as portal authz-run -- sh -c 'id -un; cat' <"$work/in" &&
		[ "$(cat "$work/said")" = "$(printf 'alice\nthe rest')" ]
}

by_prompt()
{
	fresh && answers Token: "$work/t" && status 0 "$tools/onpty" -u portal -a "$work/answers" authz-run -- id -un && said alice &&
		! grep -q "$(cut -c 8- "$work/t")" "$work/said"
}

spent()
{
	fresh && status 0 portal_runs true || return 1
	mark
	status 121 portal_runs id && ! grep -q uid= "$work/said" && [ "$(wc -l <"$work/said")" = 1 ]
}

refusals()
{
	printf 'prftkn_%043d\n' 0 >"$work/t"
	status 121 portal_runs id && said 'authz-run: CPF2274: Profile token is not valid.' || return 1
	echo alice-password >"$work/t"
	status 121 portal_runs id && said 'authz-run: what was read from descriptor 3 is no token' || return 1
	: >"$work/t"
	status 121 portal_runs id || return 1
	token "$work/t" portal alice --timeout 1 && sleep 1.2 && status 121 portal_runs id
}

bindings()
{
	fresh --bind service=su && status 121 portal_runs id && fresh --bind service=authz-run && not_spent &&
		fresh --bind uid=bob && status 121 portal_runs id && fresh --bind uid=portal && not_spent
}

by_root()
{
	fresh && status 0 authz-run --token-fd 3 -- id 3<"$work/t" && is_all_of_alice || return 1
	fresh && status 0 env -i PATH=/usr/bin:/bin setsid -w authz-run --token-fd 3 -- sh -c 'cat /proc/self/status' 3<"$work/t" && said 'CapPrm:	0*'
}

own_token()
{
	token "$work/t" portal alice --timeout 60 || return 1
	mark
	status 121 as alice authz-run --token-fd 3 -- id 3<"$work/t" && logged 'pam_prftkn\(authz-run:auth\).*AZ-REAUTH' && not_spent
}

environment()
{
	fresh && status 0 env -i TERM=vt100 FOO=bar LANG=xx IFS=x PATH=/nowhere HOME=/root LD_LIBRARY_PATH=/x AUTHZ_TOKEN=x BASH_ENV=/x \
		"LC_ALL=../../x" /usr/bin/setpriv --reuid=portal --regid=portal --init-groups /usr/bin/authz-run --token-fd 3 -- env 3<"$work/t" || return 1
	sort "$work/said" | grep -v -e '^LANG=[A-Za-z_]*\.' -e '^PWD=' -e '^SHLVL=' -e '^_=' >"$work/got"
	printf '%s\n' "HOME=$home" LOGNAME=alice PATH="$(path_of_pam)" SHELL=/bin/sh TERM=vt100 USER=alice | diff - "$work/got"
}
# pam_env has a word in it: /etc/environment
path_of_pam()
{
	path=$(sed -n 's/^PATH="*\([^"]*\)"*$/\1/p' /etc/environment 2>/dev/null)
	echo "${path:-/usr/local/bin:/usr/bin:/bin}"
}

preserved()
{
	fresh && status 0 env FOO=bar 'BAZ=a b' QUX=x TERM='../x' setpriv --reuid=portal --regid=portal --init-groups authz-run \
		--preserve-env=FOO,BAZ,NOTSET --token-fd=3 -- env 3<"$work/t" && said FOO=bar && said 'BAZ=a b' &&
		! grep -E '^(QUX|NOTSET|TERM)=' "$work/said"
}

not_preserved()
{
	fresh || return 1
	for name in LD_PRELOAD LD_LIBRARY_PATH PATH HOME USER IFS BASH_ENV ENV GLIBC_TUNABLES PYTHONPATH PERL5LIB AUTHZ_X FOO,LD_X ''; do
		status 122 portal_runs --preserve-env="$name" -- id && grep -q 'cannot be preserved' "$work/said" || return 1
	done
	not_spent
}

login()
{
	fresh && status 0 portal_runs --login -- sh -c 'pwd; cat /proc/$PPID/cmdline | tr "\0" "\n" | head -n 1' &&
		said "$home" || return 1
	fresh && echo 'echo $0; pwd; exit 3' >"$work/script" && status 3 sh -c \
		'setpriv --reuid=portal --regid=portal --init-groups --reset-env authz-run --login --token-fd 3 3<"$0" <"$1"' "$work/t" "$work/script" &&
		said '-sh' && said "$home" || return 1
	fresh && status 0 portal_runs --login -- printf '<%s>\n' 'a b' '$HOME' "it's" '' && said '<a b>' && said '<\$HOME>' &&
		said "<it's>" && said '<>'
}

stays_in_folder()
{
	mkdir -p "$work/shut" && chmod 755 "$work" && chown portal "$work/shut" && chmod 755 "$work/shut" && fresh &&
		(cd "$work/shut" && status 0 portal_runs pwd) && said "$work/shut" || return 1
	chmod 700 "$work/shut" && touch "$work/shut/file" && fresh && (cd "$work/shut" && status 2 portal_runs ls file) &&
		grep -q 'Permission denied' "$work/said"
}

statuses()
{
	for number in 0 1 7 121 125 255; do
		fresh && status $number portal_runs sh -c "exit $number" && [ ! -s "$work/said" ] || return 1
	done
	fresh && status 127 portal_runs no-such-command && fresh && status 126 portal_runs /etc/passwd && fresh && status 126 portal_runs /
}

usage()
{
	for words in --bad --log --token-fd --token-fd=x --token-fd=-1 --token-fd=99999999999 --preserve-env -x; do
		status 122 as portal authz-run $words </dev/null || return 1
	done
	status 122 as portal authz-run --token-fd 9 -- id </dev/null && status 122 as portal authz-run -- '' </dev/null &&
		status 0 as portal authz-run --help && said 'Usage: authz-run .*' && status 0 as portal authz-run --version
}

dies_of()
{
	for name in TERM:15 KILL:9 SEGV:11 USR1:10; do
		fresh && status $((128 + ${name#*:})) portal_runs sh -c "kill -${name%:*} \$\$" || return 1
	done
	! find / -xdev -name 'core*' -newer "$work/t" -user root -type f 2>/dev/null | grep -E '/core(\.[0-9]+)?$'
}

handed_on()
{
	for name in HUP INT QUIT TERM USR1 USR2 CONT; do
		fresh && behind sh -c 'trap "echo got; exit 9" '$name'; echo ready; while :; do sleep 0.1; done' &&
			within 5 shown ready && kill -$name $running && ended 9 && shown got || return 1
	done
}

caller_may_end_it()
{
	fresh && behind sh -c 'echo ready; exec sleep 60' && within 5 shown ready && as portal kill -TERM $running && ended 143
}

stops()
{
	fresh && behind sh -c 'echo ready; kill -STOP $$; echo again; exit 4' && within 5 shown ready &&
		within 5 in_state $running T && kill -CONT $running && ended 4 && shown again
}

stops_on_terminal()
{
	cat >"$work/stop.sh" <<-'END'
	set -m
	stty -g
	authz-run --token-fd 3 -- sh -c 'echo ready; kill -TSTP $$; echo again' 3<&8
	echo stopped
	stty -g
	fg >/dev/null
	stty -g
	END
	fresh && chmod 644 "$work/stop.sh" && status 0 "$tools/onpty" -u portal sh "$work/stop.sh" 8<"$work/t" || return 1
	grep -v ':' "$work/said" | tr '\n' ' ' | grep -q 'ready .*stopped again' || { cat "$work/said"; return 1; }
	[ "$(grep -E '^[0-9a-f]+:[0-9a-f:]+$' "$work/said" | sort -u | wc -l)" = 1 ]
}

session()
{
	fresh || return 1
	mark
	status 5 portal_runs sh -c 'exit 5' && logged "pam_unix\(authz-run:session\): session opened for user alice.* by .*uid=$(id -u portal)" &&
		logged 'pam_unix\(authz-run:session\): session closed for user alice' || return 1
	fresh || return 1
	mark
	behind sh -c 'echo ready; exec sleep 60' && within 5 shown ready && kill -TERM $running && ended 143 &&
		logged 'session closed for user alice' || return 1
	fresh || return 1
	mark
	status 127 portal_runs no-such-command && logged 'session opened for user alice' && logged 'session closed for user alice'
}

items_of_pam()
{
	fresh && with_service "auth requisite pam_prftkn.so\naccount required pam_permit.so\nsession required pam_exec.so log=$work/exec /usr/bin/env\n" \
		status 0 "$tools/onpty" -u portal authz-run --token-fd 8 -- tty 8<"$work/t" && grep -x PAM_RUSER=portal "$work/exec" &&
		grep -x PAM_USER=alice "$work/exec" && grep -x 'PAM_TTY=/dev/pts/[0-9]*' "$work/exec" && ! grep -x "$(sed -n 's/^PAM_TTY=//p' "$work/exec" | head -n 1)" "$work/said" &&
		grep -x PAM_TYPE=close_session "$work/exec"
}

no_session_without()
{
	printf 'prftkn_%043d\n' 0 >"$work/t"
	mark
	status 121 portal_runs id && sleep 0.3 && ! since_mark | grep 'session opened'
}

# ---- terminals

own_terminal()
{
	cat >"$work/tty.sh" <<-'END'
	mine=$(tty)
	stty -g
	authz-run --token-fd 3 -- sh -c 'tty; stty size; ls -l /proc/self/fd; cat /dev/null >/dev/tty && echo has its own; stat -c %U $(tty)' 3<&8
	echo "mine $mine"
	stty -g
	END
	chmod 644 "$work/tty.sh" && fresh && status 0 "$tools/onpty" -u portal sh "$work/tty.sh" 8<"$work/t" || return 1
	mine=$(sed -n 's/^mine //p' "$work/said")
	said '24 200' && said 'has its own' && said alice && [ -n "$mine" ] && ! grep -v '^mine' "$work/said" | grep -w "$mine" &&
		[ "$(grep -E '^[0-9a-f]+:[0-9a-f:]+$' "$work/said" | sort -u | wc -l)" = 1 ]
}

# What the command pushes into its own terminal's input, and leaves unread in it, no shell of the caller's ever reads.
no_typing_back()
{
	cat >"$work/sti.sh" <<-'END'
	authz-run --token-fd 3 -- perl -e 'for $f (0, 1, 2) { open(F, "+<&=", $f); for (split //, "echo owned\n") { ioctl(F, 0x5412, $_); } }
		open(T, "+<", "/dev/tty"); ioctl(T, 0x5412, $_) for (split //, "echo owned\n"); print "tried\n"' 3<&8
	stty -icanon min 0 time 5
	head -c 100 | od -c
	echo end
	END
	chmod 644 "$work/sti.sh" && fresh && status 0 "$tools/onpty" -u portal sh "$work/sti.sh" 8<"$work/t" &&
		said tried && said end && ! grep -E '^00000.*o +w +n' "$work/said"
}

shell_on_terminal()
{
	fresh && { echo Token: && cat "$work/t" && echo '$' && echo 'id -un; tty' && echo '/dev/pts' && echo 'exit 7'; } >"$work/answers" &&
		status 7 "$tools/onpty" -u portal -a "$work/answers" authz-run && said 'alice'
}

interrupt_key()
{
	fresh && printf 'ready\n\003\n' >"$work/answers" && status 130 "$tools/onpty" -t 20 -u portal -a "$work/answers" \
		authz-run --token-fd 8 -- sh -c 'echo ready; exec sleep 30' 8<"$work/t"
}

# not all shells send SIGCONT to a job that runs
brought_forward()
{
	cat >"$work/forward.sh" <<-'END'
	set -m
	authz-run --token-fd 3 -- sh -c 'read -r line; echo "got $line"; stty -g >/dev/null' 3<&8 &
	sleep 1
	echo ready
	fg >/dev/null
	END
	chmod 644 "$work/forward.sh" && fresh && printf 'ready\nhello\n' >"$work/answers" &&
		status 0 "$tools/onpty" -t 10 -u portal -a "$work/answers" bash "$work/forward.sh" 8<"$work/t" && said 'got hello'
}

pipes_beside_a_terminal()
{
	cat >"$work/pipe.sh" <<-'END'
	echo through | authz-run --token-fd 3 -- cat 3<&8 | tr a-z A-Z
	END
	chmod 644 "$work/pipe.sh" && fresh && status 0 "$tools/onpty" -u portal sh "$work/pipe.sh" 8<"$work/t" && said THROUGH
}

much_output()
{
	fresh && status 0 "$tools/onpty" -t 60 -u portal authz-run --token-fd 8 -- seq 100000 8<"$work/t" && [ "$(wc -l <"$work/said")" = 100000 ] &&
		said 100000
}

# a terminal that takes no output for a second, when the command has ended already
slow_terminal()
{
	cat >"$work/slow.pl" <<-'END'
	use strict; use Fcntl; use IO::Handle;
	sysopen(my $m, "/dev/ptmx", O_RDWR) or die; my $n = 0; my $l = pack("i", 0);
	ioctl($m, 0x40045431, $l) or die; my $b = pack("I", 0); ioctl($m, 0x80045430, $b) or die; $n = unpack("I", $b);
	chmod 0666, "/dev/pts/$n";
	my $pid = fork // die;
	if ($pid == 0) {
		require POSIX; POSIX::setsid(); open(my $s, "+<", "/dev/pts/$n") or die;
		open(STDIN, "<&", $s); open(STDOUT, ">&", $s); open(STDERR, ">&", $s);
		# the shell is there until all was read: the end of a session takes away what its terminal has not given yet
		exec "setpriv", "--reuid=portal", "--regid=portal", "--init-groups", "sh", "-c",
			'authz-run --token-fd 3 -- seq 5000 3<&8; read x' or die;
	}
	sleep 2; my ($all, $got) = ("", ""); local $SIG{ALRM} = sub { kill "KILL", $pid }; alarm 30;
	$all .= $got while $all !~ /\n5000\r?\n/ && sysread($m, $got, 4096);
	syswrite($m, "\n"); waitpid($pid, 0); my @lines = split /\r?\n/, $all; print "last $lines[-1] of ", scalar @lines, "\n";
	END
	fresh && status 0 perl -e '$^F = 100; open(my $t, "<", $ARGV[0]) or die; POSIX::dup2(fileno $t, 8) if require POSIX; do $ARGV[1] or die $@' "$work/t" "$work/slow.pl" &&
		said 'last 5000 of 5000'
}

# ---- the token

not_to_be_seen()
{
	fresh && behind sh -c 'echo ready; exec sleep 60' && within 5 shown ready || return 1
	secret=$(cut -c 8- "$work/t")
	result=0
	for pid in $running $(ps -o pid= --ppid $running) $(ps -eo pid=,comm= | sed -n 's/ sleep$//p'); do
		cat "/proc/$pid/cmdline" "/proc/$pid/environ" >>"$work/seen" 2>/dev/null || :
	done
	grep -q -a "$secret" "$work/seen" && result=1
	# nor in what the program and its child have in memory
	for pid in $running $(ps -o pid= --ppid $running); do
		perl -e '($pid, $text) = @ARGV; ($raw = $text) =~ tr#-_#+/#; $raw = unpack("u", join "", map { chr(32 + length($_) * 3 / 4) . tr#A-Za-z0-9+/# -_#r . "\n" } ($raw . "=") =~ /(.{1,60})/g) if 0;
			open(M, "<", "/proc/$pid/maps"); open(D, "<:raw", "/proc/$pid/mem") or die; $looked = 0;
			while (<M>) { next unless /^(\w+)-(\w+) rw/; seek(D, hex($1), 0); read(D, $b, hex($2) - hex($1)) or next; $looked += length $b;
				exit 1 if index($b, $text) >= 0 } exit($looked > 100000 ? 0 : 2)' "$pid" "$secret" || result=1
	done
	kill -TERM $running && ended 143 || result=1
	rm -f "$work/seen"
	return $result
}

# ---- out of reach

helper_missing()
{
	fresh && mv "$helper" "$helper.away" || return 1
	result=0
	status 123 portal_runs id && grep -q AZ-HELPER "$work/said" || result=1
	mv "$helper.away" "$helper"
	[ $result = 0 ] && not_spent
}

helper_hangs()
{
	fresh && mv "$helper" "$helper.away" && printf '#!/bin/sh\nexec sleep 30\n' >"$helper" && chown authz:shadow "$helper" && chmod 755 "$helper" || return 1
	result=0 began=$(date +%s)
	status 123 portal_runs id || result=1
	[ $(($(date +%s) - began)) -le 12 ] || result=1
	mv "$helper.away" "$helper"
	[ $result = 0 ] && not_spent
}

# ---- PAM

override()
{
	authzctl authority grant -t profile -n expired -p portal +use >/dev/null && authzctl profile special portal +allobj +secadm || return 1
	result=0
	token "$work/t" portal expired --timeout 60 --password nopwdchk && status 0 portal_runs id -un && said expired || result=1
	token "$work/t" portal expired --timeout 60 --password nopwdchk || result=1
	mark
	status 1 su_login portal expired "$work/t" true && logged 'pam_unix\(su:account\): account expired has expired' || result=1
	authzctl profile special portal -allobj -secadm || return 1
	return $result
}

account_without_override()
{
	cp /etc/pam.d/common-account "$work/common-account" && fresh || return 1
	echo 'account requisite pam_deny.so' >/etc/pam.d/common-account
	result=0
	mark
	status 121 portal_runs id && sleep 0.3 && ! since_mark | grep 'session opened' || result=1
	cp "$work/common-account" /etc/pam.d/common-account
	return $result
}

nologin()
{
	fresh && echo 'Closed today.' >/etc/nologin || return 1
	result=0
	status 121 portal_runs id && grep -q 'Closed today' "$work/said" || result=1
	rm -f /etc/nologin
	[ $result = 0 ] && not_spent
}

# with_service LINES COMMAND...: another /etc/pam.d/authz-run meanwhile
with_service()
{
	cp /etc/pam.d/authz-run "$work/service" && printf "$1" >/etc/pam.d/authz-run
	shift
	result=0
	"$@" || result=1
	cp "$work/service" /etc/pam.d/authz-run
	return $result
}

other_user_set()
{
	cat >"$work/other.c" <<-'END'
	#include <security/pam_modules.h>
	int pam_sm_acct_mgmt(pam_handle_t *h, int f, int c, const char **v) { (void)f, (void)c, (void)v; return pam_set_item(h, PAM_USER, "bob"); }
	int pam_sm_authenticate(pam_handle_t *h, int f, int c, const char **v) { return pam_sm_acct_mgmt(h, f, c, v); }
	int pam_sm_setcred(pam_handle_t *h, int f, int c, const char **v) { (void)h, (void)f, (void)c, (void)v; return PAM_SUCCESS; }
	END
	cc -shared -fPIC -o "$work/other.so" "$work/other.c" -lpam || return 1
	for type in auth account; do
		fresh || return 1
		with_service "auth requisite pam_prftkn.so\n$type required $work/other.so\naccount required pam_permit.so\nsession required pam_permit.so\n" \
			status 121 portal_runs id && said 'authz-run: a module of PAM has changed the user' && ! grep uid= "$work/said" || return 1
	done
}

second_prompt()
{
	fresh && with_service "auth requisite pam_prftkn.so\nauth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n" \
		status 121 portal_runs id && ! grep uid= "$work/said"
}

never_asked()
{
	fresh && with_service "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n" \
		status 121 portal_runs id && said 'authz-run: PAM has not asked for the token' && ! grep uid= "$work/said" && not_spent
}

no_module()
{
	fresh && with_service "auth required pam_nothing.so\naccount required pam_permit.so\nsession required pam_permit.so\n" \
		status 125 portal_runs id && ! grep uid= "$work/said" && not_spent
}

limits_of_pam()
{
	cp /etc/security/limits.conf "$work/limits.conf" && echo 'alice - nofile 77' >>/etc/security/limits.conf && fresh || return 1
	result=0
	status 0 portal_runs sh -c 'ulimit -n; ulimit -Hn' && [ "$(sort -u "$work/said")" = 77 ] || result=1
	cp "$work/limits.conf" /etc/security/limits.conf
	return $result
}

# the site's own session files do not know the module
masters_session()
{
	cp /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive "$work/" &&
		sed -i '/pam_prftkn/d' /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive || return 1
	result=0
	authzctl master define bob && authzctl master grant bob alice && token "$work/t" bob alice --timeout 60 &&
		status 0 portal_runs sh -c 'echo "master $AUTHZ_MASTER, entry $AUTHZ_ENTRY."' && said 'master bob, entry \.' || result=1
	authzctl master remove bob
	cp "$work/common-session" "$work/common-session-noninteractive" /etc/pam.d/
	return $result
}

# ---- killed

killed()
{
	fresh && behind sh -c 'echo "pid $$"; exec sleep 60' && within 5 shown pid && pid=$(sed -n 's/^pid //p' "$work/bg") &&
		kill -KILL $running && ended 137 && within 5 gone "$pid" || return 1
	fresh && behind sh -c 'trap "" HUP TERM; echo "pid $$"; while :; do sleep 1; done' && within 5 shown pid &&
		pid=$(sed -n 's/^pid //p' "$work/bg") && kill -KILL $running && ended 137 && within 5 gone "$pid"
}

# ---- without privilege

no_privilege()
{
	fresh || return 1
	status 123 setpriv --reuid=portal --regid=portal --init-groups --no-new-privs authz-run --token-fd 3 -- id 3<"$work/t" &&
		grep -q no_new_privs "$work/said" || return 1
	status 123 as portal unshare --user authz-run --token-fd 3 -- id 3<"$work/t" && grep -q 'user namespace' "$work/said" || return 1
	# who is root there has nothing of root's here
	status 123 as portal unshare --user --map-root-user authz-run --token-fd 3 -- id 3<"$work/t" || return 1
	cp /usr/bin/authz-run "$work/authz-run" && chmod 755 "$work/authz-run" &&
		status 123 as portal "$work/authz-run" --token-fd 3 -- id 3<"$work/t" && grep -q 'set-user-ID bit' "$work/said" || return 1
	mount --bind /usr/bin /usr/bin && mount -o remount,bind,nosuid /usr/bin || return 1
	result=0
	status 123 portal_runs id && grep -q nosuid "$work/said" || result=1
	umount -l /usr/bin
	[ $result = 0 ] && not_spent
}

plan 45
check "a command runs as the token's user, with all groups of hers and no capability (privileged MUST 4)" by_descriptor
check "a master's token makes a master's session, whatever the site's files have" masters_session
check "the token is one line of standard input, and the rest of that is the command's" by_standard_input
check "on a terminal the token is asked for, and not shown" by_prompt
check "a token that was used is refused with status 121" spent
check "no token, an unknown or an expired one are refused, and nothing else is said (run MUST 2)" refusals
check "a token bound to another service or caller is refused, one bound to these is taken" bindings
check "root's own authz-run does as everybody's" by_root
check "who has a token for herself is refused, and it is not spent" own_token
check "the environment is built from nothing but TERM, who the user is, and PAM's (environment MUST 1, environment MUST 3)" environment
check "--preserve-env keeps what it names, with its value as it is (environment MUST 1)" preserved
check "--preserve-env refuses loaders', shells' and interpreters' variables before anything is spent (environment MUST 2)" not_preserved
check "--login is a login shell in the user's home, and the words of a command stay words" login
check "without it the command stays in the caller's folder, with the rights of its user" stays_in_folder
check "the status is the command's; 127 not found, 126 not executable" statuses
check "what is wrong in the line is status 122 (command_line MUST 1)" usage
check "where a signal ended the command it ends authz-run, and root leaves no core (guard MUST 2)" dies_of
check "HUP, INT, QUIT, TERM, USR1, USR2 and CONT are handed on to the command" handed_on
check "the caller's signals reach it though it is root's program" caller_may_end_it
check "a command that stops stops authz-run, and is continued with it" stops
check "on a terminal, too, and that is as it was meanwhile and afterwards (terminal MUST 1)" stops_on_terminal
check "the session is opened and closed whatever becomes of the command (privileged MUST 3)" session
check "PAM is told the caller's name and terminal" items_of_pam
check "without a good token no session is opened" no_session_without
check "the command has a terminal of its own and none of the caller's (terminal MUST 2, keeper MUST 1)" own_terminal
check "what it types back by TIOCSTI comes to nobody (keeper MUST 1)" no_typing_back
check "without a command it is the user's shell, on a terminal" shell_on_terminal
check "the interrupt key is the command's" interrupt_key
check "a job that is brought to the foreground hears what is typed from then on" brought_forward
check "pipes beside a terminal stay pipes" pipes_beside_a_terminal
check "100000 lines of output arrive on a terminal, to the last" much_output
check "a terminal that is slow gets all of it, too" slow_terminal
check "the token is in no command line, environment or memory of the programs that run then (run MUST 1)" not_to_be_seen
check "a helper that is missing is status 123 and nothing is spent" helper_missing
check "a helper that hangs is status 123 after its deadline" helper_hangs
check "an override of the account's state holds here, and not in su" override
check "without an override the site's account modules decide (privileged MUST 2)" account_without_override
check "/etc/nologin holds before the token is spent" nologin
check "a module that changes PAM_USER, in auth or account, is refused (privileged MUST 2)" other_user_set
check "a module that asks for anything after the token is refused (conversation MUST 2)" second_prompt
check "modules that let anybody in without asking for the token let nobody in here (privileged MUST 2)" never_asked
check "a module that is not there is status 125 and nothing is spent" no_module
check "a limit that pam_limits sets holds for the command (run_limits MUST 2)" limits_of_pam
check "where authz-run is killed the command is hung up, and killed if it does not mind (keeper MUST 3)" killed
check "without its privilege it names the reason with status 123 and nothing is spent" no_privilege
done_testing
