# SPDX-License-Identifier: ISC
# Worlds: a mount namespace for each number of live tokens, or of authorities, with a /run/authz and a service of its own, all
# there at once, so that rounds can go from one to the other.  A world of authorities has a durable store of its own; the
# audit and everything else are the same in all.
# shellcheck shell=sh disable=SC2154 # of "run"
[ -z "${worlds-}" ] || return 0
worlds=$folder/worlds
mkdir "$worlds"
helper=$(sed -n 's/^#define AUTHZ_HELPER "\(.*\)"$/\1/p' "$build/config.h")
statedir=$(sed -n 's/^#define AUTHZ_STATEDIR "\(.*\)"$/\1/p' "$build/config.h")

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
eval "$filling"
case " $carriers " in *" socket "*) "$helper" --serve & ;; esac
: >"$filled"
wait
exec sleep 2147483647
'

# within SECONDS WORLD COMMAND...: wait until the command succeeds, as long as that world's first process lives
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

# make_world WORLD FILLING: what fills its stores is sh's, and knows $bench, $user, $live, $own and $statedir
make_world()
{
	filling=$2 filled=$worlds/$1.filled own=$worlds/$1.store
	export bench user carriers helper statedir live filling filled own
	unshare --mount --propagation private sh -c "$inside" >&2 &
	echo $! >"$worlds/$1.pid"
	within 600 "$1" test -e "$filled" || fail "the store of world $1 could not be filled"
	! with socket "$carriers" || within 10 "$1" in_world "$1" test -S /run/authz/helper.sock ||
		fail "$helper --serve made no socket"
}

# world LIVE: make a world with that many live tokens, unless it is there
world()
{
	[ ! -e "$worlds/$1.pid" ] || return 0
	say "a world with $1 live tokens"
	live=$1
	[ "$live" -le $((2000000 - place)) ] || live=$((2000000 - place))
	echo "$live" >"$worlds/$1.live"
	# shellcheck disable=SC2016 # the world expands it
	make_world "$1" 'setpriv --reuid=authz --regid=authz --clear-groups "$bench/fill" /run/authz/tokens "$live" "$user"'
}

# world_of_authorities RECORDS: make world authority-RECORDS, with that many, two to a profile
world_of_authorities()
{
	say "a world with $1 records of authorities"
	live=$1
	# shellcheck disable=SC2016
	make_world "authority-$1" 'install -d -m 700 -o authz -g authz "$own"
mount --bind "$own" "$statedir/store"
setpriv --reuid=authz --regid=authz --clear-groups "$bench/authority" "$statedir/store" 0 $((live / 2))'
}

# in_world WORLD COMMAND...
in_world()
{
	in_live=$1
	shift
	nsenter --mount="/proc/$(cat "$worlds/$in_live.pid")/ns/mnt" -- "$@"
}

# client_row NAME BASE CLIENTS WORLD WHAT CARRIER [PROFILES]: a row of drive
client_row()
{
	echo "$1|$2|$3|exec nsenter --mount=/proc/$(cat "$worlds/$4.pid")/ns/mnt -- $bench/client $5 $6 $folder/pam $user ${7-}"
}
