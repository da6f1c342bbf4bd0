# SPDX-License-Identifier: ISC
# What the scripts of the host ring share: users' commands, logins on terminals, a log, an sshd, and TAP.
# shellcheck shell=sh
set -eu
[ -n "${AUTHZ_NAMESPACE-}" ] || {
	echo "This changes users and configuration, so it runs in the namespace only: tests/host/namespace." >&2
	exit 2
}
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8
export PATH LC_ALL
tools=$AUTHZ_NAMESPACE/tests/host
work=$(mktemp -d /tmp/authz-host.XXXXXX)
chmod 755 "$work"
log=$work/log
log_pid='' sshd_pid='' port=''
helper=$(sed -n 's/^AUTHZ_HELPER = //p' "$AUTHZ_NAMESPACE/Makefile")
socket=/run/authz/helper.sock
service=''

end()
{
	[ -z "$service" ] || kill -KILL "$service" 2>/dev/null || :
	kill "$(cat "$work/launch.pid" 2>/dev/null)" 2>/dev/null || :
	[ -z "$sshd_pid" ] || kill "$sshd_pid" 2>/dev/null || :
	[ -z "$log_pid" ] || kill "$log_pid" 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 143' INT TERM

# alice is in two groups beside her own, as long as this script runs
in_teams()
{
	groupadd --force team-a && groupadd --force team-b && usermod --append --groups team-a,team-b alice
	trap 'groupdel team-a; groupdel team-b; end' EXIT
}

# as USER COMMAND...: with the user's ids and groups, and a small environment
as()
{
	user=$1
	shift
	setpriv --reuid="$user" --regid="$user" --init-groups --reset-env "$@"
}

# by ACTOR COMMAND...: root too
by()
{
	actor=$1
	shift
	case $actor in
	root) "$@" ;;
	*) as "$actor" "$@" ;;
	esac
}

# within SECONDS COMMAND...: until it succeeds, which has no "within" in it
within()
{
	seconds=$1 turns=$(($1 * 20))
	shift
	until "$@"; do
		turns=$((turns - 1))
		[ $turns -gt 0 ] || {
			echo "not within $seconds seconds: $*"
			return 1
		}
		sleep 0.05
	done
}

# token FILE MAKER OWNER [OPTION]...: a token of MAKER for OWNER into FILE, where only root reads it
token()
{
	into=$1 maker=$2
	shift 2
	(umask 077 && : >"$into")
	as "$maker" authzctl token generate "$@" >"$into"
}

start_log()
{
	: >"$log"
	log_pid=$("$tools/logsink" /dev/log "$log")
}

# the installed helper as a service that root started
start_service()
{
	"$helper" --serve </dev/null >/dev/null 2>"$work/service" &
	service=$!
	within 5 grep -qs 'serving at' "$work/service" || {
		cat "$work/service"
		return 1
	}
}

# stop_service SIGNAL: the status that it ends with, or has ended with, goes to $work/status
stop_service()
{
	kill "-$1" "$service" 2>/dev/null || :
	status=0
	wait "$service" || status=$?
	echo "$status" >"$work/status"
	service=''
}

# start_launch: what runs the site's programs; systemd does not run here.  A check, which is a process of its own, may stop it.
start_launch()
{
	rm -f "$work/launch"
	"$(dirname "$helper")/authz-launch" --serve </dev/null >/dev/null 2>"$work/launch" &
	echo $! >"$work/launch.pid"
	within 5 grep -qs 'serving at' "$work/launch"
}

stop_launch()
{
	kill "$(cat "$work/launch.pid")"
	within 5 launch_is_gone
}
launch_is_gone()
{
	! kill -0 "$(cat "$work/launch.pid")" 2>/dev/null
}

# what the log has got since the last "mark"
mark()
{
	marked=$(wc -l <"$log")
}
since_mark()
{
	tail -n +"$((marked + 1))" "$log"
}
in_log()
{
	since_mark | grep -Eq -- "$1"
}
# logged PATTERN: within two seconds
logged()
{
	within 2 in_log "$1" || {
		echo "the log has:"
		since_mark
		return 1
	}
}

# answers PROMPT FILE|-TEXT...: what onpty reads
answers()
{
	(umask 077 && : >"$work/answers")
	while [ $# -gt 1 ]; do
		echo "$1"
		case $2 in
		-*) printf '%s\n' "${2#-}" ;;
		*) cat "$2" ;;
		esac
		shift 2
	done >>"$work/answers"
}

# su_login FROM OWNER FILE|-PASSWORD COMMAND [SU-OPTION]: FROM's su to OWNER on a terminal
su_login()
{
	answers assword: "$3"
	"$tools/onpty" -t 30 -u "$1" -a "$work/answers" su ${5:+"$5"} "$2" -c "$4"
}

# start_sshd [LINE-OF-CONFIGURATION]...
# A port may be taken by somebody else on this host: the network is not private.
start_sshd()
{
	mkdir -p /run/sshd
	[ -f /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	tries=10
	while [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		# the first line about a thing counts
		for line; do
			echo "$line"
		done >"$work/sshd_config"
		cat >>"$work/sshd_config" <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey /etc/ssh/ssh_host_ed25519_key
		PidFile $work/sshd.pid
		UsePAM yes
		PasswordAuthentication yes
		KbdInteractiveAuthentication yes
		PermitRootLogin yes
		LogLevel VERBOSE
		PrintMotd no
		UseDNS no
		END
		# newer ones shut out for a while whoever failed to log in; the tests fail on purpose
		! /usr/sbin/sshd -t -f "$work/sshd_config" -o PerSourcePenalties=no 2>/dev/null ||
			echo 'PerSourcePenalties no' >>"$work/sshd_config"
		mark
		/usr/sbin/sshd -D -f "$work/sshd_config" </dev/null >/dev/null 2>&1 &
		sshd_pid=$!
		logged "Server listening on 127.0.0.1 port $port" >/dev/null && {
			echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub)" >/etc/ssh/ssh_known_hosts
			return 0
		}
		kill "$sshd_pid" 2>/dev/null || :
	done
	echo "sshd could not be started" >&2
	return 1
}

# ssh_login FROM OWNER password|keyboard-interactive FILE|-PASSWORD COMMAND: FROM's ssh to OWNER, asked once
ssh_login()
{
	answers assword: "$4"
	"$tools/onpty" -t 60 -u "$1" -a "$work/answers" ssh -F none -p "$port" -o PreferredAuthentications="$3" \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR "$2@127.0.0.1" "$5"
}

# The rights of the tests: portal may act as everybody here but stranger may as nobody.
grant_rights()
{
	for owner in alice bob locked expired stale fresh nopass; do
		authzctl authority grant -t profile -n "$owner" -p portal +use >/dev/null
	done
}

# ---- TAP

plan()
{
	number=0 bad=0
	echo "1..$1"
}

# check SENTENCE COMMAND...: one result; what the command prints is shown when it fails
check()
{
	number=$((number + 1))
	sentence=$1
	shift
	if ("$@") </dev/null >"$work/out" 2>&1; then
		echo "ok $number - $sentence"
	else
		echo "not ok $number - $sentence"
		sed 's/^/# /; s/prftkn_[A-Za-z0-9_-]*/prftkn_(hidden)/g' "$work/out"
		bad=1
	fi
}

done_testing()
{
	exit "$bad"
}

# refused STATUS PATTERN COMMAND...: the command ends with STATUS and says PATTERN, on whatever stream
refused()
{
	want=$1 pattern=$2
	shift 2
	got=0
	"$@" >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" = "$want" ] || {
		echo "status $got instead of $want"
		return 1
	}
	grep -Eq -- "$pattern" "$work/said" || {
		echo "nothing of $pattern"
		return 1
	}
}

# shows PATTERN COMMAND...: the command succeeds and says PATTERN
shows()
{
	refused 0 "$@"
}

# fails COMMAND...: any status but 0, and the output must not name a cause
fails()
{
	if "$@" >"$work/said" 2>&1; then
		cat "$work/said"
		echo "this was to be refused"
		return 1
	fi
	cat "$work/said"
	! grep -Eq 'CPF|AZ-|oken|expired|spent|disabled' "$work/said" || {
		echo "the cause was told to whoever typed"
		return 1
	}
}
