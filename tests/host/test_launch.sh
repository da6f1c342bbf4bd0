#!/bin/sh
# SPDX-License-Identifier: ISC
# Foreign programs by the installed authz-launch: what it is, and what a program of the site's can do that means harm.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
launch=$(sed -n 's/^AUTHZ_LAUNCH = //p' "$AUTHZ_NAMESPACE/Makefile")
socket=/run/authz/launch.sock
programs=/usr/local/lib/authz-test
rm -rf "$programs"
mkdir -p -m 755 "$programs" /run/authz
start_log

# program NAME: from stdin
program()
{
	cat >"$programs/$1" && chmod 755 "$programs/$1"
}
# ask NAME|PATH [WAIT-MS]: as the helper's user; its input is stdin's
ask()
{
	case $1 in /*) path=$1 ;; *) path=$programs/$1 ;; esac
	setpriv --reuid=authz --regid=authz --clear-groups "$tools/launch_ask" "$path" "${2:-20000}"
}
# end_ask PID: of an "ask" in the background
end_ask()
{
	kill $(pgrep -P "$1") "$1"
}
launch_serves()
{
	"$launch" --serve </dev/null >/dev/null 2>"$work/launch" &
	service=$!
	within 5 grep -qs 'serving at' "$work/launch" || {
		cat "$work/launch"
		return 1
	}
}

is_authz_exit()
{
	awk -v uid="$(id -u authz-exit)" -v gid="$(id -g authz-exit)" '
	/^Uid:/ { for (i = 2; i <= 5; i++) if ($i != uid) bad = 1 }
	/^Gid:/ { for (i = 2; i <= 5; i++) if ($i != gid) bad = 1 }
	/^Groups:/ { for (i = 2; i <= NF; i++) if ($i != gid) bad = 1 }
	/^Cap(Inh|Prm|Eff|Amb):/ { if ($2 !~ /^0+$/) bad = 1 }
	/^NoNewPrivs:/ { if ($2 != 1) bad = 1; seen++ }
	END { exit bad || seen != 1 }' "$1" || {
		cat "$1"
		return 1
	}
}

nothing_of_root()
{
	is_authz_exit /proc/"$service"/status && [ "$(stat -c '%A %U' "$socket")" = 'srw------- authz' ] || return 1
	program status <<-'END'
	#!/bin/sh
	cat /proc/self/status
	END
	ask status >"$work/status.run" </dev/null && is_authz_exit "$work/status.run"
}

# a socket handed over, as systemd does: the peer is then root's, and that is taken
activate()
{
	systemd-socket-activate -l "$socket" setpriv --reuid=authz-exit --regid=authz-exit --clear-groups "$launch" --serve \
		2>"$work/activate" &
	service=$!
	within 5 test -S "$socket" && chown authz "$socket" && chmod 600 "$socket"
}
activated()
{
	[ "$(echo hello | ask /bin/cat)" = hello ] && is_authz_exit /proc/"$service"/status
}

groups_of_theirs()
{
	for group in root shadow authz; do
		usermod -aG "$group" authz-exit
		status=0
		refused 3 'authz-exit is in a group of root' "$launch" --serve </dev/null || status=1
		gpasswd -d authz-exit "$group" >/dev/null
		[ $status = 0 ] || return 1
	done
}
does_not_start()
{
	result=0
	groups_of_theirs || result=1
	refused 3 'not for root' "$launch" --serve --own "$work/own.sock" </dev/null || result=1
	refused 3 'not for authz-exit' setpriv --reuid=authz-exit --regid=authz-exit --clear-groups "$launch" --serve --own /tmp/own.sock \
		</dev/null || result=1
	refused 3 'root starts it' as portal "$launch" --serve </dev/null || result=1
	refused 2 usage "$launch" </dev/null || result=1
	return $result
}

own_serves_its_user()
{
	mkdir -m 700 "$work/own" && chown stranger "$work/own"
	as stranger "$launch" --serve --own "$work/own/s" 2>"$work/own.log" &
	own=$!
	within 5 test -S "$work/own/s"
	result=0
	# root's own processes are not served, nor is it taken for the installed one
	perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un($ARGV[0])) or die; print sysread($s, $b, 1) ? "bytes" : "end"' \
		"$work/own/s" >"$work/said"
	grep -q '^end$' "$work/said" && grep -q 'user 0 has connected, and is not served' "$work/own.log" || result=1
	kill "$own"
	return $result
}

only_the_helper()
{
	refused 1 'out of reach at .*Permission denied' as portal "$tools/launch_ask" /bin/cat 1000 </dev/null || return 1
	[ "$(echo root | "$tools/launch_ask" /bin/cat 5000)" = root ] || return 1
	chmod 666 "$socket"
	mark
	status=0
	refused 1 'authz-launch broke off' as portal "$tools/launch_ask" /bin/cat 1000 </dev/null || status=1
	logged "authz-launch.*user $(id -u portal) has connected, and is not served" || status=1
	chmod 600 "$socket"
	return $status
}

# somebody else at its place is asked nothing
not_another()
{
	perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die; $) = $( = 65534; $> = $< = 65534;
		listen($s, 5) or die; accept($c, $s); print "got:", sysread($c, $b, 100), "\n"' "$socket" >"$work/impostor" &
	impostor=$!
	within 5 test -S "$socket"
	chmod 666 "$socket"
	sleep 0.2
	status=0
	echo secret | refused 1 "is another user's" ask /bin/cat || status=1
	wait "$impostor" || :
	grep -q '^got:0$' "$work/impostor" || status=1
	cat "$work/impostor"
	rm -f "$socket"
	return $status
}

# ---- programs that mean harm

reads_nothing()
{
	authzctl profile show root >/dev/null
	program reads <<-'END'
	#!/bin/sh
	for path in /var/lib/authz/store /var/lib/authz/audit /run/authz/tokens /etc/shadow /run/authz/sessions; do
		if [ -d $path ]; then ls $path; else cat $path; fi && echo "could read $path"
	done
	for path in /var/lib/authz /run/authz /etc/authz /usr/local/lib/authz-test /; do
		touch $path/x && echo "could write $path"
	done
	(: >>"$0") && echo "could write itself"
	echo end
	END
	[ "$(ask reads </dev/null)" = end ]
}

gains_nothing()
{
	cp /usr/bin/id "$programs/root-id" && chmod 4755 "$programs/root-id"
	program gains <<-END
	#!/bin/sh
	$programs/root-id -u
	echo | su -c id root && echo "is root by su"
	sudo -n id && echo "is root by sudo"
	$helper </dev/null && echo "the helper runs"
	authzctl audit && echo "reads the audit"
	unshare -r true; echo end
	END
	ask gains </dev/null >"$work/said"
	cat "$work/said"
	[ "$(cat "$work/said")" = "$(id -u authz-exit)
end" ]
}

attacker()
{
	cat >"$work/attack.c" <<-'C'
	#define _GNU_SOURCE
	#include <errno.h>
	#include <fcntl.h>
	#include <glob.h>
	#include <signal.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>
	#include <sys/ptrace.h>
	#include <sys/socket.h>
	#include <sys/uio.h>
	#include <sys/un.h>
	#include <unistd.h>
	int main(void)
	{
		struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/authz/launch.sock"};
		char line[64], byte;
		long pid, base;
		glob_t found;
		size_t i;
		if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof address) == 0)
			puts("asks the launcher itself");
		while (fgets(line, sizeof line, stdin) != NULL) {
			struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
			pid = atol(line);
			if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 || ptrace(PTRACE_ATTACH, pid, 0, 0) == 0)
				printf("traces %ld\n", pid);
			if (process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno != EPERM)
				printf("may read %ld: %s\n", pid, strerror(errno));
			snprintf(line, sizeof line, "/proc/%ld/mem", pid);
			if (open(line, O_RDONLY) >= 0)
				printf("opens %s\n", line);
			snprintf(line, sizeof line, "/proc/%ld/fd/0", pid);
			if (open(line, O_RDONLY) >= 0)
				printf("opens %s\n", line);
		}
		if (open("/dev/tty", O_RDWR) >= 0)
			puts("has a terminal");
		if (glob("/dev/pts/[0-9]*", 0, NULL, &found) == 0)
			for (i = 0; i < found.gl_pathc; i++)
				if (open(found.gl_pathv[i], O_WRONLY | O_NOCTTY) >= 0)
					printf("writes %s\n", found.gl_pathv[i]);
		for (i = 3, base = 0; i < 1024; i++)
			base += fcntl((int)i, F_GETFD) >= 0 && i > 4;
		printf("end %ld\n", base);
		return 0;
	}
	C
	[ -x "$programs/attack" ] || cc -o "$programs/attack" "$work/attack.c"
}

# a victim of the same user's hangs meanwhile; a terminal of another user's is open
traces_nothing()
{
	attacker
	program victim <<-'END'
	#!/bin/sh
	echo $$ >/tmp/authz-victim
	exec sleep 1000
	END
	rm -f /tmp/authz-victim
	ask victim 20000 </dev/null >/dev/null &
	asker=$!
	within 5 test -s /tmp/authz-victim
	{
		echo "$service"
		pgrep -P "$service"
		# another program is out of reach only where the kernel has Landlock
		! perl -e 'exit(syscall(444, 0, 0, 1) < 2)' || cat /tmp/authz-victim
	} >"$work/pids"
	cat "$work/pids"
	result=0
	[ "$(ask attack <"$work/pids")" = 'end 0' ] || {
		ask attack <"$work/pids"
		result=1
	}
	end_ask "$asker"
	within 5 eval "! kill -0 $(cat /tmp/authz-victim) 2>/dev/null" || result=1
	rm -f /tmp/authz-victim
	return $result
}

# run_of PID: what the run's process holds in memory, to stdout
memory_of()
{
	perl -e 'open $m, "<", "/proc/$ARGV[0]/maps"; open $f, "<", "/proc/$ARGV[0]/mem" or die;
		while (<$m>) { /^(\w+)-(\w+) r.{3} / or next; sysseek $f, hex $1, 0; sysread $f, $b, hex($2) - hex($1) and print $b }' "$1"
}
input_is_wiped()
{
	program keeps <<-'END'
	#!/bin/sh
	cat >/tmp/authz-kept
	exec sleep 1000
	END
	rm -f /tmp/authz-kept
	echo "secret-$$-of-a-user" | ask keeps 20000 >/dev/null &
	asker=$!
	within 5 grep -qs secret /tmp/authz-kept
	run=$(pgrep -P "$service")
	memory_of "$run" >"$work/memory"
	result=0
	grep -aq "authz-test/keeps" "$work/memory" || {
		echo "the memory of $run was not read"
		result=1
	}
	! grep -aq "secret-$$-of-a-user" "$work/memory" || result=1
	end_ask "$asker"
	rm -f /tmp/authz-kept
	return $result
}

bomb()
{
	program bomb <<-'END'
	#!/bin/sh
	f() { f | f & }
	f
	sleep 1000
	END
	refused 1 ': late$' ask bomb 1500 </dev/null || return 1
	within 10 eval "[ \"\$(pgrep -c -u authz-exit)\" = 1 ]" && [ "$(echo hello | ask /bin/cat)" = hello ]
}

# ---- whose program it is

whose()
{
	program mine <<-'END'
	#!/bin/sh
	echo ok
	END
	[ "$(ask mine </dev/null)" = ok ] || return 1
	chown portal "$programs/mine"
	refused 1 'mine: is not root.s$' ask mine </dev/null || return 1
	chown root "$programs/mine" && chmod 775 "$programs/mine"
	refused 1 'mine: is writable by others$' ask mine </dev/null || return 1
	chmod 755 "$programs/mine" && chmod 775 "$programs"
	refused 1 "mine: its folder $programs is writable by others$" ask mine </dev/null || return 1
	chmod 755 "$programs" && chown portal "$programs"
	refused 1 "mine: its folder $programs is not root.s$" ask mine </dev/null || return 1
	chown root "$programs"
	setfacl -m u:portal:rwx "$programs/mine"
	refused 1 'mine: is writable by others$' ask mine </dev/null || return 1
	setfacl -b "$programs/mine"
	cp "$programs/mine" /tmp/authz-mine
	refused 1 'its folder /tmp is writable by others' ask /tmp/authz-mine </dev/null || return 1
	rm -f /tmp/authz-mine
	ln -s mine "$programs/link" && [ "$(ask link </dev/null)" = ok ] || return 1
	chown -h portal "$programs/link"
	refused 1 'link: is reached by a link that is not root.s$' ask link </dev/null
}

whose_socket()
{
	mkdir -m 755 "$programs/run"
	perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($ARGV[0])); listen($s, 5);
		while (accept($c, $s)) { while (sysread $c, $b, 4096) { $all .= $b } syswrite $c, uc $all; close $c; $all = "" }' "$programs/run/s" &
	server=$!
	within 5 test -S "$programs/run/s"
	result=0
	chmod 600 "$programs/run/s"
	refused 1 'cannot be connected to: Permission denied' ask run/s </dev/null || result=1
	chown portal "$programs/run/s" && chmod 666 "$programs/run/s"
	[ "$(echo hello | ask run/s)" = HELLO ] || result=1
	chown portal "$programs/run"
	refused 1 "its folder $programs/run is not root.s$" ask run/s </dev/null || result=1
	kill "$server"
	return $result
}

# /usr for a file system whose owners are hearsay, and a tmpfs for /run.
nosuid()
{
	mkdir -m 755 "$programs/disk" "$programs/memory"
	mount --bind /usr/bin "$programs/disk" || return 1
	ask disk/echo </dev/null >/dev/null || return 1
	result=0
	mount -o remount,bind,nosuid "$programs/disk" || result=1
	refused 1 "disk/echo: its folder $programs/disk is on a file system mounted nosuid$" ask disk/echo </dev/null || result=1
	umount "$programs/disk"
	: >"$programs/one"
	mount --bind /usr/bin/echo "$programs/one" && mount -o remount,bind,nosuid "$programs/one" || result=1
	refused 1 'one: is on a file system mounted nosuid$' ask one </dev/null || result=1
	umount "$programs/one"
	mount -t tmpfs -o nosuid,mode=755 tmpfs "$programs/memory" || result=1
	cp /usr/bin/echo "$programs/memory/echo"
	ask memory/echo </dev/null >/dev/null || result=1
	umount "$programs/memory"
	return $result
}

crowd()
{
	for turn in $(seq 64); do
		(echo "$turn" | ask /bin/cat >"$work/crowd.$turn" || :) &
	done
	wait $(jobs -p | grep -v -e "^$service$" -e "^$log_pid$")
	good=0
	for turn in $(seq 64); do
		case $(cat "$work/crowd.$turn") in
		"$turn") good=$((good + 1)) ;;
		*': authz-launch is busy') ;;
		*)
			cat "$work/crowd.$turn"
			return 1 ;;
		esac
	done
	echo "$good of 64"
	[ $good -gt 0 ] && [ "$(echo hello | ask /bin/cat)" = hello ]
}

taken_over()
{
	[ -S "$socket" ] && launch_serves && [ "$(echo hello | ask /bin/cat)" = hello ] && stop_service TERM && [ "$(cat "$work/status")" = 0 ]
}

plan 17
launch_serves
check "root starts it: it and its programs are authz-exit, without capability; its socket is the helper's (drop MUST 2)" nothing_of_root
check "with a socket of its own it serves whoever started it, and root not (drop MUST 3)" own_serves_its_user
check "only the helper's user and root are served (door MUST 1)" only_the_helper
check "a program reads no store, no token, no shadow, and writes nowhere" reads_nothing
check "it becomes nobody by a set-user-ID program (program MUST 2)" gains_nothing
check "it traces neither authz-launch nor other programs, asks nobody, and writes on no terminal (program MUST 1, program MUST 3)" traces_nothing
check "of the input nothing is kept (one_run MUST 3)" input_is_wiped
check "a program that multiplies is late, and gone with all of it; others run again (one_run MUST 5)" bomb
check "what is not root's alone is not run: file, folder, link, access list (trusted_path MUST 1, trusted_path MUST 2)" whose
check "what is on a file system mounted nosuid is not run, but for tmpfs (trusted_path MUST 4)" nosuid
check "a server's socket counts by its folder (trusted_path MUST 3)" whose_socket
check "64 at once are each answered, or hear that it is busy (door MUST 2)" crowd
stop_service TERM
check "with a group of root's, of the helper's, or shadow's it does not start, nor for others, nor --own for root (drop MUST 1, drop MUST 3)" does_not_start
rm -f "$socket"
check "somebody else at its place hears nothing of the helper's (foreign MUST 1)" not_another
activate
check "it takes a socket that was handed over, as authz-exit" activated
stop_service KILL
check "a launcher that was killed leaves its socket, and the next one takes it over" taken_over
check "without it the helper says where it was looked for" refused 1 "out of reach at $socket: Connection refused" ask /bin/cat
rm -rf "$programs"
done_testing
