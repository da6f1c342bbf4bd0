#!/bin/sh
# SPDX-License-Identifier: ISC
# mallory starts the installed helper by hand, in every state that she can bring a process into.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/attack_lib.sh"
start_log
grant_rights
authzctl profile show alice >/dev/null
seed=20261121

# ask PROGRAM...: her request to remove a token that there is not goes to the program's standard input; what it replies
ask()
{
	mallory timeout 8 "$@" <"$mine/remove" | "$tools/attack_ask" reply
}
# start HOW...: that of the helper, with a state that no honest caller has
start()
{
	ask "$tools/attack_start" "$@" -- "$helper" authz-helper
}
frame remove TOKEN_REMOVE TOKEN="$(printf '%064d' 0)"
frame show PROFILE_SHOW USER=mallory
frame redeem TOKEN_REDEEM USER=alice TOKEN="$(printf '%064d' 1)" SERVICE=sshd RHOST=192.0.2.1 TTY=pts/1
frame generate TOKEN_GENERATE USER=alice PASSWORD=1 TIMEOUT=60 TYPE=49
frame own TOKEN_GENERATE USER=mallory PASSWORD=3 TIMEOUT=60 TYPE=50
frame list TOKEN_LIST USER=alice
frame grant AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=alice MASK_ADD=1 PRINCIPAL=mallory

# ---- arguments, descriptors

arguments()
{
	# newer kernels put an empty name where there is none
	says 'OK .*' start && says 'no answer|OK .*' ask "$tools/attack_start" -- "$helper" && says 'no answer' start args=2 &&
		says 'no answer' start args=300 && says 'no answer' start big=100000 &&
		for word in --state=/tmp --state --serve --help -- '' /etc/shadow; do
			says 'no answer' ask sh -c 'exec "$0" "$1" /tmp' "$helper" "$word" || return 1
		done
}

# Only with 0 and 1 there can anything be answered; without either it still does nothing to whatever took their place.
closed()
{
	for fds in 2; do says 'OK .*' start close=$fds || return 1; done
	for fds in 0 1 01 02 12 012; do says 'no answer' start close=$fds || return 1; done
}

# She keeps a pipe open in the helper: whoever reads it would not see its end while the helper waits for a request.
no_descriptor_stays()
{
	mkfifo "$mine/silent" "$mine/leaked" && chown mallory: "$mine/silent" "$mine/leaked" || return 1
	mallory sh -c 'exec "$0" open=/etc/passwd but=9 -- "$1" authz-helper <>"$2/silent" 9>"$2/leaked" >/dev/null' "$tools/attack_start" "$helper" "$mine" &
	starter=$!
	began=$(date +%s%N)
	mallory cat "$mine/leaked"
	ended=$(date +%s%N)
	wait $starter || :
	waited=$(($(date +%s%N) - began))
	echo "closed after $(((ended - began) / 1000000)) ms, the helper ended after $((waited / 1000000)) ms"
	[ $((ended - began)) -lt 2000000000 ] && [ $waited -gt 3000000000 ]
}

standard_input()
{
	mkfifo "$mine/fifo" && chown mallory: "$mine/fifo" || return 1
	says 'no answer' start kind=dgram && says 'no answer' start kind=listen || return 1
	for input in / /dev/null /dev/zero /dev/urandom /etc/passwd "$helper"; do
		says 'no answer' sh -c 'setpriv --reuid=mallory --regid=mallory --clear-groups timeout 8 "$1" <"$3" | "$2" reply' sh \
			"$helper" "$tools/attack_ask" "$input" || return 1
	done
	# nobody writes: it ends by itself
	says 'no answer' sh -c 'setpriv --reuid=mallory --regid=mallory --clear-groups timeout 8 "$1" <>"$3" | "$2" reply' sh \
		"$helper" "$tools/attack_ask" "$mine/fifo" && ! pgrep -x authz-helper
}

# ---- limits and time

# Each is an answer or none, and the store is whole.
limits()
{
	for limit in fsize=0 fsize=10 fsize=4096 fsize=20000 nofile=3 nofile=4 nofile=6 as=100000 as=6000000 as=12000000 stack=0 stack=8192 \
		stack=65536 data=0 data=100000 cpu=1 nproc=0 nproc=1 core=unlimited memlock=0 rtprio=0 msgqueue=0 sigpending=0; do
		line=$(mallory prlimit --$limit timeout 8 "$helper" <"$mine/own" 2>/dev/null | "$tools/attack_ask" reply)
		echo "$limit: $line"
		case $line in OK* | 'no answer' | AZ-* | CPF22*) ;; *) return 1 ;; esac
	done
	authzctl store check --store tokens && authzctl store check --store authority && alice_comes_in
}

time_and_signals()
{
	says 'OK .*' start ignore block && says 'OK .*' start timers && says 'OK .*' start idle && says 'OK .*' start umask=0 &&
		says 'OK .*' start gone && says 'OK .*' start umask=0 gone timers ignore block idle open=/etc/passwd || return 1
	for number in 1 2 3 10 12 13 14 15 18 20 24 25 27; do
		line=$(start pending=$number)
		case $line in OK* | 'no answer') ;; *) echo "$number: $line"; return 1 ;; esac
	done
	# umask 0 made nothing that others may write
	! find /var/lib/authz /run/authz ! -type l ! -name helper.sock -perm /022 | grep .
}

folders()
{
	mkdir -p "$mine/shut" && chown mallory: "$mine/shut" && mallory sh -c 'cd "$0" && chmod 0 . && exec "$@"' "$mine/shut" true &&
		says 'OK .*' sh -c 'cd "$1" && shift && setpriv --reuid=mallory --regid=mallory --clear-groups "$1" <"$3" | "$2" reply' sh \
			"$mine/shut" "$helper" "$tools/attack_ask" "$mine/remove"
}

environment()
{
	cat >"$work/evil.c" <<-'C'
	#include <fcntl.h>
	#include <unistd.h>
	__attribute__((constructor)) static void here(void)
	{
		close(open("/tmp/authz-evil-was-here", O_CREAT | O_WRONLY, 0666));
	}
	int gconv(void) { return 0; }
	C
	mkdir -p "$mine/lib" && cc -shared -fPIC -o "$mine/lib/evil.so" "$work/evil.c" && chmod -R a+rX "$mine/lib" || return 1
	for name in libc.so.6 libnss_files.so.2 libgdbm.so.6 libsodium.so.23; do ln -sf evil.so "$mine/lib/$name"; done
	echo "module INTERNAL UTF-8// evil 1" >"$mine/lib/gconv-modules"
	says 'OK .*' ask env LD_PRELOAD="$mine/lib/evil.so" LD_LIBRARY_PATH="$mine/lib" LD_AUDIT="$mine/lib/evil.so" LD_DEBUG=all \
		LD_DEBUG_OUTPUT="$mine/debug" LD_PROFILE=libc.so.6 LD_PROFILE_OUTPUT="$mine" LD_BIND_NOW='' LD_ORIGIN_PATH="$mine" \
		GCONV_PATH="$mine/lib" LOCPATH="$mine/lib" NLSPATH="$mine/%N" LANG=evil LC_ALL=evil.EVIL LANGUAGE=../../evil \
		TZ=":$mine/lib/evil.so" TZDIR="$mine" MALLOC_CHECK_=3 MALLOC_PERTURB_=255 MALLOC_TRACE="$mine/trace" \
		MALLOC_ARENA_MAX=0 GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.mxfast=glibc.malloc.mxfast=AAAAAAAA \
		RES_OPTIONS="inet6 ndots:99999" LOCALDOMAIN=evil HOSTALIASES=/etc/shadow RESOLV_HOST_CONF=/etc/shadow \
		NIS_PATH="$mine" NSS_PATH="$mine/lib" GETCONF_DIR="$mine" TMPDIR="$mine" HOME="$mine" PATH="$mine/lib" IFS=x ENV=/etc/shadow \
		BASH_ENV=/etc/shadow LISTEN_FDS=1 LISTEN_PID=1 NOTIFY_SOCKET="$mine/notify" WATCHDOG_USEC=1 SODIUM_DISABLE_PCLMULQDQ=1 \
		ASAN_OPTIONS=log_path="$mine/asan" AUTHZ_SOCKET=/nowhere "$helper" &&
		[ ! -e /tmp/authz-evil-was-here ] && [ -z "$(find "$mine" -user authz)" ]
}

# ---- what she can do to the process

# storm: nothing is asked but what she may; tokens of her own are made, so there is a lock to be caught with
storm()
{
	mallory timeout 120 "$tools/attack_storm" "$helper" $seed 250 <"$mine/own" && alice_comes_in &&
		authzctl store check --store tokens >/dev/null && authzctl store check --store authority >/dev/null
}

no_core_is_left()
{
	mallory sh -c 'ulimit -c unlimited; cd "$2"; exec "$0" "$1" 7 60 <"$2/own"' "$tools/attack_storm" "$helper" "$mine" && no_core
}

not_hers()
{
	mallory "$helper" <>"$mine/fifo" >/dev/null 2>&1 &
	shell=$!
	within 1 eval 'pid=$(pgrep -u authz -x authz-helper)' || return 1
	status=0
	[ "$(stat -c %u /proc/"$pid"/mem)" = 0 ] || status=1
	for file in mem environ fd maps auxv io root cwd exe stack syscall; do
		! mallory sh -c 'cat "$0" >/dev/null 2>&1 || ls "$0/" >/dev/null 2>&1 || readlink "$0"' "/proc/$pid/$file" || {
			echo "$file"
			status=1
		}
	done
	! mallory kill -0 "$pid" 2>/dev/null && ! mallory sh -c 'echo 1000 >/proc/'"$pid"'/oom_score_adj' 2>/dev/null &&
		! mallory renice -n 19 -p "$pid" 2>/dev/null && ! mallory taskset -p 1 "$pid" 2>/dev/null &&
		! mallory prlimit --pid "$pid" --fsize=0 2>/dev/null && ! mallory chrt -i -p 0 "$pid" 2>/dev/null || status=1
	wait "$shell" || :
	return $status
}

traced()
{
	says 'AZ-NOTSUID .*' ask strace -f -o /dev/null "$helper"
}

copied()
{
	cp "$helper" "$mine/authz-helper" && chown mallory: "$mine/authz-helper" && chmod 6755 "$mine/authz-helper" || return 1
	says 'AZ-INSTALL .*' ask "$mine/authz-helper" || return 1
	ln -s "$helper" "$mine/link" && says 'OK .*' ask "$mine/link" || return 1
	# where the kernel forbids links to what one may not write there is none; elsewhere it is the same file
	if mallory ln "$helper" /tmp/authz-hard 2>/dev/null; then
		says 'OK .*' ask /tmp/authz-hard || return 1
	fi
	rm -f /tmp/authz-hard "$mine/link"
}

# ---- a world of her own

# her_world COMMAND: with everything that the helper reads replaced
her_world()
{
	mkdir -p "$mine/etc" "$mine/lib/authz/store" "$mine/lib/authz/audit" "$mine/run/tokens" &&
		cp /etc/passwd "$mine/passwd" && echo 'files: evil' >"$mine/nsswitch" &&
		printf '[authz]\nuid_min = 1\nsystem_profiles = nobody\nquota_maker = 1\n' >"$mine/etc/authz.conf" &&
		sed -i "s/^mallory:x:[0-9]*/mallory:x:0/" "$mine/passwd" && chown -R mallory: "$mine" || return 1
	mallory unshare --user --mount --map-root-user sh -c 'cd "$0"; h=$1; shift
		mount --bind etc /etc/authz && mount --bind lib/authz /var/lib/authz && mount --bind run /run/authz &&
		mount --bind passwd /etc/passwd && mount --bind nsswitch /etc/nsswitch.conf || echo "no mounts" >&2
		exec "$@" "$h"' "$mine" "$helper" "$@" <"$mine/$request" | "$tools/attack_ask" reply
}

own_namespace()
{
	for request in own generate grant remove; do
		says 'AZ-USERNS .*' her_world || return 1
	done
	[ -z "$(find "$mine" -user authz)" ]
}

own_root()
{
	says '(AZ-USERNS .*|no answer)' sh -c 'setpriv --reuid=mallory --regid=mallory --clear-groups unshare -Ur chroot / "$1" <"$3" | "$2" reply' sh \
		"$helper" "$tools/attack_ask" "$mine/grant" &&
		! mallory chroot / true 2>/dev/null
}

# ---- requests that are none

frames="$mine/remove $mine/show $mine/redeem $mine/generate $mine/own $mine/list $mine/grant"
fuzz_child()
{
	mallory "$tools/attack_fuzz" child "$helper" $seed 1500 $frames | tee "$work/fuzz" && ! grep crashed "$work/fuzz" &&
		grep -q '^AZ-REQUEST ' "$work/fuzz" && grep -q '^no answer ' "$work/fuzz"
}

# Her own profile is hers to make tokens for; so what is looked at is what she may do.
not_hers_unchanged()
{
	authzctl profile show mallory --json | sed 's/"last_used[a-z_]*":[^,}]*//g' >"$work/before"
	"$@" || return 1
	authzctl profile show mallory --json | sed 's/"last_used[a-z_]*":[^,}]*//g' >"$work/after"
	diff "$work/before" "$work/after" && authzctl store check --store authority >/dev/null &&
		authzctl store check --store tokens >/dev/null && says 'CPF22E9 .*' still_refused && alice_comes_in
}
still_refused()
{
	if [ -n "$service" ]; then by_socket generate; else by_child generate; fi
}

# ---- other processes' room

# A process that has become authz counts as one of authz's, not as hers.
own_limit_of_processes()
{
	for n in 1 2 3 4 5 6 7 8; do
		mallory "$helper" <>"$mine/fifo" >/dev/null 2>&1 &
	done
	within 1 eval '[ "$(pgrep -u authz -x authz-helper | wc -l)" -ge 8 ]' || return 1
	prlimit --nproc=4: authzctl profile show alice
}

# The count of her refusals is in a file, which a hard limit of hers keeps from being written.
unlimited_refusals()
{
	mark
	before=$(authzctl audit | grep -c 'actor=mallory' || :)
	for i in $(seq 60); do mallory prlimit --fsize=0:0 "$helper" <"$mine/grant" >/dev/null; done
	logged 'CPF222E.*actor=mallory' && [ "$(authzctl audit | grep -c 'actor=mallory' || :)" -le $((before + 20)) ]
}

plan 21
check "mallory cannot say anything by arguments: none, 300, megabytes, or those of a service" unchanged arguments
check "mallory cannot do harm by closing descriptors 0, 1 and 2 in any combination" unchanged closed
check "mallory cannot leave a descriptor open in the helper" no_descriptor_stays
check "mallory cannot do harm by a folder, a FIFO, a device or another socket on standard input" unchanged standard_input
check "mallory's limits on files, memory, time, processes end in an answer or none, and the stores are whole" limits
check "mallory's signals, timers, idle class, umask and folder have no effect on what is answered" unchanged time_and_signals
check "mallory cannot keep the helper in a folder that may not be entered" unchanged folders
check "mallory's environment loads, writes and changes nothing" unchanged environment
check "mallory cannot trace the helper, read it, limit it or take what it has open, nor kill it once it has let go" storm
check "mallory is left no core of the helper's, whatever signal it dies of" no_core_is_left
check "mallory cannot signal, slow down or look into a helper that has dropped her" not_hers
check "mallory gets AZ-NOTSUID when she traces it from its start" unchanged traced
check "mallory's copy of the helper has no privilege, and a link to it no other" unchanged copied
check "mallory cannot replace its files in namespaces of her own: its set-user-ID bit does not hold there" unchanged own_namespace
check "mallory cannot make another root for it" unchanged own_root
check "mallory's 1,500 requests that are none make no helper crash, and change nothing that is not hers" not_hers_unchanged fuzz_child
check "mallory's helpers do not count against the processes that root's client may start" own_limit_of_processes
check "known gap: with a limit of 0 on files mallory's refusals are all in the system's log; the audit's file has them not" unlimited_refusals
start_service
# shellcheck disable=SC2086 # a list of words
check "mallory's 6,000 requests that are none do not end the service, and change nothing that is not hers" not_hers_unchanged \
	as mallory "$tools/attack_fuzz" socket "$socket" $seed 6000 $frames
check "the service of before still runs" kill -0 "$service"
check "mallory cannot get past the service by starting a helper by hand" says 'AZ-SOCKET .*' by_child own
stop_service TERM
done_testing
