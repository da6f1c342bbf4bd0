# SPDX-License-Identifier: ISC
# Worlds: a mount namespace for each number of live tokens, with a /run/authz and a service of its own, all there at once, so
# that rounds can go from one to the other.  The durable store, the audit and everything else are the same in all.
# shellcheck shell=sh disable=SC2154 # of "run"
[ -z "${worlds-}" ] || return 0
worlds=$folder/worlds
mkdir "$worlds"
helper=$(sed -n 's/^#define AUTHZ_HELPER "\(.*\)"$/\1/p' "$build/config.h")

# The makers of live tokens are many, but the bench's own are all root's.  The quota of all is at most 2,000,000: so many
# that there is no place for one more, and the bench needs some.
place=20000
printf '[authz]\nquota_maker = 2000000\nquota_total = 2000000\n' >/etc/authz/authz.conf

# PAM services: of what is measured by socket the helper is one that is not there, so that nothing is done by child instead
mkdir "$folder/pam"
echo 'auth required pam_prftkn.so socket=none' >"$folder/pam/bench-child"
echo 'auth required pam_prftkn.so helper=/nonexistent' >"$folder/pam/bench-socket"
echo 'auth required pam_permit.so' >"$folder/pam/bench-permit"

# What a world's first process does.
# shellcheck disable=SC2016 # it expands what it needs itself
inside='
set -eu
mount -t tmpfs -o mode=755 authz-bench /run/authz
install -d -m 700 -o authz -g authz /run/authz/tokens
setpriv --reuid=authz --regid=authz --clear-groups "$bench/fill" /run/authz/tokens "$live" "$user"
case " $carriers " in *" socket "*) "$helper" --serve & ;; esac
: >"$filled"
wait
exec sleep 2147483647
'

# within SECONDS LIVE COMMAND...: wait until the command succeeds, as long as that world's first process lives
within()
{
	tries=$(($1 * 10)) first=$(cat "$worlds/$2.pid")
	shift 2
	until "$@" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] && kill -0 "$first" 2>/dev/null || return 1
		sleep 0.1
	done
}

# world LIVE: make a world with that many live tokens, unless it is there
world()
{
	[ ! -e "$worlds/$1.pid" ] || return 0
	say "a world with $1 live tokens"
	live=$1 filled=$worlds/$1.filled
	[ "$live" -le $((2000000 - place)) ] || live=$((2000000 - place))
	echo "$live" >"$worlds/$1.live"
	export bench user carriers helper live filled
	unshare --mount --propagation private sh -c "$inside" >&2 &
	echo $! >"$worlds/$1.pid"
	within 180 "$1" test -e "$filled" || fail "the token store could not be filled"
	! with socket "$carriers" || within 10 "$1" in_world "$1" test -S /run/authz/helper.sock ||
		fail "$helper --serve made no socket"
}

# in_world LIVE COMMAND...
in_world()
{
	in_live=$1
	shift
	nsenter --mount="/proc/$(cat "$worlds/$in_live.pid")/ns/mnt" -- "$@"
}

# client_row NAME BASE CLIENTS LIVE WHAT CARRIER: a row of drive
client_row()
{
	echo "$1|$2|$3|exec nsenter --mount=/proc/$(cat "$worlds/$4.pid")/ns/mnt -- $bench/client $5 $6 $folder/pam $user"
}
