#!/bin/sh
# SPDX-License-Identifier: ISC
# Each file and folder of the installation with each mistake: refused with its name, or shown to be without effect.  And what
# of them mallory can reach, who made no mistake herself.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/attack_lib.sh"
start_log
grant_rights
authzctl profile show alice >/dev/null
token "$work/kept" portal alice --timeout 3600 --type multiple
frame ask TOKEN_REDEEM USER=alice TOKEN=@"$work/kept"
frame own TOKEN_GENERATE USER=mallory PASSWORD=3 TIMEOUT=60 TYPE=49
store=/var/lib/authz/store tokens=/run/authz/tokens audit=/var/lib/authz/audit

# ---- mistakes: make PATH, and unmake puts all back

mistake()
{
	saved=$work/saved
	rm -rf "$saved"
	stat -c '%u:%g %a' "$2" >"$work/was" 2>/dev/null || :
	case $1 in
	owner) chown -h mallory "$2" ;;
	root-owner) chown -h root "$2" ;;
	group-write) chmod g+w "$2" ;;
	other-write) chmod o+w "$2" ;;
	other-read) chmod o+r "$2" ;;
	symlink) mv "$2" "$2.away" && cp -a "$2.away" "$mine/target" && ln -s "$mine/target" "$2" ;;
	fifo) mv "$2" "$2.away" && mkfifo -m 600 "$2" && chown authz: "$2" ;;
	folder) mv "$2" "$2.away" && mkdir -m 700 "$2" && chown authz: "$2" ;;
	missing) mv "$2" "$2.away" ;;
	esac
}
unmake()
{
	case $1 in
	symlink | fifo | folder | missing)
		# what was made meanwhile goes, and what was there comes back
		rm -rf "$2" "$mine/target" && mv "$2.away" "$2" ;;
	*)
		read -r who mode <"$work/was" && chown -h "$who" "$2" && { [ -L "$2" ] || chmod "$mode" "$2"; } ;;
	esac
}

# wrong PATH FRAME PATTERN MISTAKE...: what mallory is told with each mistake; her password would still be hers to use
wrong()
{
	path=$1 what=$2 named=$3
	shift 3
	result=0
	for how; do
		mistake "$how" "$path" || return 1
		said=$(by_child "$what")
		unmake "$how" "$path" || return 1
		echo "$how: $said"
		echo "$said" | grep -Eqx -- "$named" || {
			echo "... and not $named"
			result=1
		}
		said=$(by_child ask)
		[ "$said" = 'OK ' ] || {
			echo "$how: afterwards: $said"
			result=1
		}
	done
	return $result
}

# root's client refuses such a helper, and a login by password goes on
wrong_for_root()
{
	path=$1 named=$2
	shift 2
	result=0
	for how; do
		mistake "$how" "$path" || return 1
		refused 3 "$named" authzctl profile show alice || result=1
		shows '^alice$' su_login portal alice -alice-password 'id -un' || result=1
		unmake "$how" "$path" || return 1
	done
	shows '^alice$' su_login portal alice "$work/kept" 'id -un' || result=1
	return $result
}

# An older file of the audit with each mistake: no record of it or of another file is shown.
not_shown()
{
	result=0
	[ -e "$audit/audit.log.1" ] || cp -p "$audit/audit.log" "$audit/audit.log.1" || return 1
	for how; do
		mistake "$how" "$audit/audit.log.1" || return 1
		echo "$how"
		refused 3 'AZ-INSTALL: /var/lib/authz/audit/audit.log.1 ' authzctl audit && [ "$(wc -l <"$work/said")" = 1 ] || result=1
		unmake "$how" "$audit/audit.log.1" || return 1
	done
	rm "$audit/audit.log.1"
	return $result
}

# Where the audit's file or folder is not as it must be, the record is in the system's log alone; without that nothing is done.
not_written()
{
	path=$1
	shift
	result=0
	for how; do
		mark
		cp "$audit/audit.log" "$work/log.before"
		mistake "$how" "$path" || return 1
		[ "$(by_child ask)" = 'OK ' ] && logged 'event=token.redeem.*result=OK.*actor=mallory' || result=1
		if [ "$path" = "$audit" ]; then
			mv /dev/log /dev/log.away
			says 'AZ-AUDIT .*' by_child ask || result=1
			mv /dev/log.away /dev/log
		fi
		unmake "$how" "$path" || return 1
		[ "$path" = "$audit/number" ] || cmp "$audit/audit.log" "$work/log.before" || result=1
		echo "$how: $result"
	done
	[ "$(by_child ask)" = 'OK ' ] && authzctl audit | tail -n 1 | grep -q 'event=token.redeem.*result=OK.*actor=mallory' || result=1
	return $result
}

# ---- the service's folder and socket

# no_service PATH PATTERN MISTAKE...: mallory's connection fails by name, or nobody listens and the child serves
socket_is()
{
	for how; do
		mistake "$how" "$socket" || return 1
		mallory authzctl token list >"$work/said" 2>&1 && said=done || said=$(cat "$work/said")
		unmake "$how" "$socket" || return 1
		echo "$how: $said"
		case $how in
		missing | owner | group-write | other-write | symlink) [ "$said" = done ] || return 1 ;;
		fifo) case $said in *AZ-HELPER* | done) ;; *) return 1 ;; esac ;;
		esac
	done
	by_socket ask
}

# A service does not start where its socket's place is not as it must be
start_refused()
{
	mkdir -p "$work/sock" && rm -f "$socket" && mkfifo "$socket" && refused 3 'no socket' timeout 5 "$helper" --serve </dev/null || return 1
	rm -f "$socket" && : >"$socket" && refused 3 'no socket' timeout 5 "$helper" --serve </dev/null || return 1
	rm -f "$socket" && ln -s "$mine/x" "$socket" && refused 3 'no socket' timeout 5 "$helper" --serve </dev/null || return 1
	rm -f "$socket" "$socket.lock" && ln -s "$mine/x" "$socket.lock" && refused 3 . timeout 5 "$helper" --serve </dev/null || return 1
	rm -f "$socket.lock"
	[ ! -e "$mine/x" ]
}

# /run/authz made by somebody else first is given nothing
run_folder()
{
	mv /run/authz "$work/run-away"
	result=0
	for how in owner other-write; do
		mkdir -m 755 /run/authz && mistake "$how" /run/authz
		refused 3 'AZ-NOSTORE|AZ-INSTALL' as portal authzctl token generate alice || result=1
		authzctl token list >/dev/null 2>&1 || :
		[ ! -e /run/authz/tokens ] || [ "$(stat -c %U /run/authz/tokens)" != authz ] || result=1
		rm -rf /run/authz
	done
	ln -s "$mine" /run/authz && { refused 3 . authzctl token list || result=1; }
	[ ! -e "$mine/tokens" ] || result=1
	rm -f /run/authz
	mv "$work/run-away" /run/authz
	return $result
}

# ---- what she can reach

# each file: no reading, writing, locking, renaming, linking, replacing
out_of_reach()
{
	cat >"$work/reach.pl" <<-'PERL'
	use Fcntl ':flock';
	use Socket;
	my $bad = 0;
	for my $path (@ARGV) {
		my $readable = $path =~ m{^/etc/authz|/authz-(?:helper|launch)$|^/var/lib/authz$|^/var/lib/authz/view(?:/group)?$|^/run/authz$|/libexec/authz$};
		for my $mode ('<', '+<', '>>') {
			next unless open(my $f, $mode, $path);
			next if $mode eq '<' && $readable;
			print "opened $mode $path\n";
			$bad = 1;
		}
		my $passable = $path eq '/run/authz/sessions'; # to her own folder below it; what else is there she cannot list
		if (!$readable && (opendir(my $d, $path) || (-d $path && !$passable && chdir $path))) { print "entered $path\n"; $bad = 1; }
		for my $try (sub { rename $path, "$path.hers" }, sub { unlink $path }, sub { chmod 0777, $path }, sub { chown $>, -1, $path },
			sub { link $path, "/tmp/hers.$$" && $path !~ /authz-(?:helper|launch)$/ }, sub { symlink "/tmp", "$path.hers" },
			sub { utime 1, 1, $path }, sub { truncate $path, 0 }, sub { rmdir $path }) {
			if ($try->()) { print "changed $path\n"; $bad = 1; }
		}
	}
	exit $bad;
	PERL
	chmod 644 "$work/reach.pl"
	find /etc/authz /var/lib/authz /run/authz "${helper%/*}" ! -name helper.sock >"$work/all"
	[ "$(wc -l <"$work/all")" -ge 15 ] && xargs setpriv --reuid=mallory --regid=mallory --clear-groups perl "$work/reach.pl" <"$work/all" &&
		[ "$(stat -c %a "$helper")" = 6511 ]
}

# The one thing that is open to all may be connected to, and nothing else
only_connected()
{
	! mallory rm -f "$socket" 2>/dev/null && ! mallory mv "$socket" /run/authz/x 2>/dev/null && ! mallory chmod 600 "$socket" 2>/dev/null &&
		! mallory sh -c ': >"$0"' "$socket" 2>/dev/null &&
		! mallory perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); exit !bind($s, pack_sockaddr_un("/run/authz/helper.sock"))' &&
		! mallory perl -e 'use Socket; socket($s, PF_UNIX, SOCK_STREAM, 0); exit !bind($s, pack_sockaddr_un("/run/authz/other.sock"))' &&
		[ "$(by_socket ask)" = 'OK ' ]
}

# flock on a folder, or on what may be read, locks out nobody
locks_nothing()
{
	mallory sh -c 'for f in /etc/authz /etc/authz/authz.conf /var/lib/authz /var/lib/authz/view /run/authz /usr/libexec/authz /etc/passwd /etc/shadow; do
		flock "$f" sleep 5 2>/dev/null & done; wait' &
	sleep 0.3
	result=0
	alice_comes_in && shows '^alice$' su_login portal alice "$work/kept" 'id -un' || result=1
	wait $!
	return $result
}

# all the processes that she may have, and all the room in /tmp
her_own_limits()
{
	mallory prlimit --nproc=60 perl -e 'for (1..200) { my $p = fork; last unless defined $p; if (!$p) { sleep 4; exit } } sleep 4' &
	sleep 0.5
	result=0
	alice_comes_in || result=1
	wait $! || :
	mallory sh -c 'for where in /run /run/authz /run/lock /dev/shm /var/lib/authz; do dd if=/dev/zero of=$where/hers bs=1M count=64 2>/dev/null; done' || :
	alice_comes_in || result=1
	[ ! -e /run/hers ] && [ ! -e /run/authz/hers ] && [ ! -e /var/lib/authz/hers ] || result=1
	rm -f /run/lock/hers /dev/shm/hers
	return $result
}

# Where she can fill the file system of /run, the tokens have their own
full_run()
{
	mkdir -p "$work/unit" && rm -rf "$work/tokens-away" && cp -a "$tokens" "$work/tokens-away" &&
		mount -t tmpfs -o "size=16m,mode=700,uid=$(id -u authz),gid=$(id -g authz)" tokens "$tokens" || return 1
	dd if=/dev/zero of=/run/fill bs=1M count=100000 2>/dev/null & # until it is full, or half a second
	filler=$!
	sleep 0.5
	kill $filler 2>/dev/null || :
	wait $filler 2>/dev/null || :
	result=0
	alice_comes_in || result=1
	rm -f /run/fill
	umount -l "$tokens"
	return $result
}

# ---- connections

# So many of hers, silent, with half a request, deaf, or with descriptors; a new one for each that is closed.
held_connections()
{
	for how in silent half deaf descriptors; do
		mallory "$tools/attack_hold" $how "$socket" 1000 4 <"$mine/own" >"$work/there" &
		holder=$!
		within 5 test -s "$work/there" || return 1
		result=0
		alice_comes_in || result=1
		shows '^alice$' su_login portal alice "$work/kept" 'id -un' || result=1
		wait $holder || result=1
		: >"$work/there"
		[ $result = 0 ] && kill -0 "$service" && alice_comes_in || {
			echo "$how"
			return 1
		}
	done
	# nothing of hers is open any more
	[ "$(find /proc/"$service"/fd -mindepth 1 | wc -l)" -lt 64 ]
}

install='AZ-INSTALL .*'
plan 31
check "the helper: root's client refuses one that others may write, and one that is missing, by name" \
	wrong_for_root "$helper" 'AZ-INSTALL|AZ-HELPER' group-write other-write root-owner fifo missing
check "/etc/authz/authz.conf: another owner, writable, a link, a FIFO, a folder are refused by name" \
	wrong /etc/authz/authz.conf ask 'AZ-CONFIG .*' owner group-write other-write symlink fifo folder
check "/etc/authz/authz.conf: missing, it means the defaults" wrong /etc/authz/authz.conf ask 'OK ' missing
check "the store of authorities: another owner, writable, readable, a link, a FIFO are refused by name" \
	wrong $store ask "$install" owner root-owner group-write other-write other-read symlink fifo
check "the store of authorities: missing, it is said so" wrong $store ask 'AZ-NOSTORE .*' missing
check "the store of tokens: another owner, writable, readable, a link, a FIFO are refused by name" \
	wrong $tokens ask "$install" owner root-owner group-write other-write other-read symlink fifo
check "the store of tokens: missing, it is said so" wrong $tokens ask 'AZ-NOSTORE .*' missing
for name in $store $tokens; do
	current=$name/$(readlink "$name/current")
	check "$current, the current twin: another owner, writable, readable, a link, a FIFO, a folder are refused by name" \
		wrong "$current" ask "$install" owner root-owner group-write other-write other-read symlink fifo folder
	check "$current, the current twin: missing, it is refused by name" wrong "$current" ask '(AZ-NOSTORE|AZ-DAMAGED|AZ-INSTALL) .*' missing
	check "$name/current: another owner, a file, a FIFO, a folder are refused by name" wrong "$name/current" ask "(AZ-INSTALL|AZ-DAMAGED) .*" owner fifo folder
	check "$name/current: missing where there was more than one commit, it is not made anew" wrong "$name/current" ask '(AZ-NOSTORE|AZ-DAMAGED|AZ-INSTALL) .*' missing
done
check "the lock: another owner, writable, readable, a link, a FIFO, a folder are refused by name" \
	wrong $tokens/lock own "$install" owner root-owner group-write other-write other-read symlink fifo folder
check "the journal: another owner, writable, a link, a FIFO are not trusted, and nothing is lost" \
	wrong $tokens/journal own '(OK|AZ-INSTALL) .*' owner root-owner group-write other-write symlink fifo
check "the audit's folder: another owner, writable, a link, missing: nothing is written to it, and without a log nothing is done" \
	not_written $audit owner root-owner group-write other-write symlink missing
for name in audit.log number lock; do
	check "the audit's $name: another owner, writable, a link, a FIFO: nothing is written" \
		not_written $audit/$name owner group-write other-write symlink fifo folder
done
check "the audit's older file: another owner, root's, writable, a link, a FIFO, a folder are refused by name, and nothing is shown" \
	not_shown owner root-owner group-write other-write symlink fifo folder
check "/run/authz: made by somebody else, or a link, it is given nothing" run_folder
check "the socket: a service does not start where something else lies in its place" start_refused
check "mallory can read, write, lock, rename, link or replace nothing of the stores, the audit and their folders" unchanged out_of_reach
check "mallory cannot lock out others by flock" locks_nothing
check "mallory's processes, and all that she can write, do not keep others out" her_own_limits
check "a full /run does not keep others out, where the tokens' file system is mounted" full_run
start_service
check "the socket: missing, a link, or of another mode it harms nobody; something else in its place is named" \
	socket_is missing owner symlink fifo
check "mallory can connect to the socket, and not remove, rename or replace it" only_connected
check "mallory's thousand connections of each kind keep nobody else out, and leave nothing open" held_connections
stop_service TERM
done_testing
