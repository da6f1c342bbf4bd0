#!/bin/sh
# SPDX-License-Identifier: ISC
# authz_set_to_token: a daemon of root's becomes the user of a token, whole, or stays what it was.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights
in_teams

# ids PREFIX...: the first line of the output is PREFIX's last word, and all three threads are the same
three_alike()
{
	[ "$(sed -n 2,4p "$1" | sort -u | wc -l)" = 1 ] && [ "$(wc -l <"$1")" = 4 ]
}
# is_user FILE USER: ids and groups of all threads are that user's, and no capability is left
is_user()
{
	cat "$1"
	three_alike "$1" || return 1
	uid=$(id -u "$2") gid=$(id -g "$2")
	groups=$(id -G "$2" | tr ' ' '\n' | sort -n | tr '\n' ' ')
	sed -n 2p "$1" | grep -qx "Uid: $uid $uid $uid $uid;Gid: $gid $gid $gid $gid;Groups: $groups;CapPrm: 0*;CapEff: 0*;"
}
is_root()
{
	cat "$1"
	three_alike "$1" && sed -n 2p "$1" | grep -q "^Uid: 0 0 0 0;Gid: 0 0 0 0;"
}
# set_to FILE WRAPPER...: alice's daemon with what is in $work/t
set_to()
{
	into=$1
	shift
	"$@" "$tools/set_to" alice <"$work/t" >"$into" 2>&1
}

becomes()
{
	token "$work/t" portal alice --timeout 60 && set_to "$work/o" && [ "$(head -n 1 "$work/o")" = OK ] && is_user "$work/o" alice
}
spent()
{
	set_to "$work/o" && [ "$(head -n 1 "$work/o")" = AZ-SPENT ] && is_root "$work/o"
}
other_user()
{
	token "$work/t" portal bob --timeout 60 && set_to "$work/o" && [ "$(head -n 1 "$work/o")" = AZ-OTHER ] && is_root "$work/o"
}
bound()
{
	token "$work/t" portal alice --timeout 60 --bind service=su && set_to "$work/o" &&
		[ "$(head -n 1 "$work/o")" = AZ-SERVICE ] && is_root "$work/o" || return 1
	token "$work/t" portal alice --timeout 60 --bind service=set_to && set_to "$work/o" && is_user "$work/o" alice
}
not_root()
{
	token "$work/t" portal alice --timeout 60 && chmod 644 "$work/t" && as portal "$tools/set_to" alice <"$work/t" >"$work/o" &&
		[ "$(head -n 1 "$work/o")" = AZ-ROOT ] && set_to "$work/o" && [ "$(head -n 1 "$work/o")" = OK ]
}
half_root()
{
	token "$work/t" portal alice --timeout 60 && set_to "$work/o" setpriv --ruid=portal &&
		[ "$(head -n 1 "$work/o")" = AZ-ROOT ] && set_to "$work/o" && [ "$(head -n 1 "$work/o")" = OK ]
}
unable()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for how in --bounding-set=-setgid --bounding-set=-setuid --securebits=+no_setuid_fixup --securebits=+noroot \
		--inh-caps=+net_raw; do
		set_to "$work/o" setpriv "$how" && [ "$(head -n 1 "$work/o")" = AZ-KERNEL ] && three_alike "$work/o" || {
			echo "$how"
			cat "$work/o"
			return 1
		}
	done
	set_to "$work/o" && [ "$(head -n 1 "$work/o")" = OK ]
}
system_users()
{
	token "$work/t" portal alice --timeout 60 || return 1
	for user in root nobody-of-that-name ALICE; do
		"$tools/set_to" "$user" <"$work/t" >"$work/o" && is_root "$work/o" || return 1
		case $user:$(head -n 1 "$work/o") in root:AZ-SYSTEM | *:CPF2204) ;; *) return 1 ;; esac
	done
	set_to "$work/o" && [ "$(head -n 1 "$work/o")" = OK ]
}
# a namespace of users in which no gid but root's is known, so that setgroups is refused at once, or all are, but no uid,
# so that setresuid is when groups and gid are changed already
refused_with_gids()
{
	rm -f "$work/go"
	mkfifo "$work/go"
	unshare --user sh -c 'read -r go && exec "$0" become alice' "$tools/set_to" <"$work/go" >"$work/o" 2>&1 &
	child=$!
	exec 9>"$work/go"
	within 5 eval '[ "$(readlink "/proc/$child/ns/user")" != "$(readlink /proc/self/ns/user)" ]' || return 1
	echo '0 0 1' >"/proc/$child/uid_map" && echo "0 0 $1" >"/proc/$child/gid_map" && echo go >&9 || return 1
	exec 9>&-
	wait "$child"
	[ "$(head -n 1 "$work/o")" = not ] && is_root "$work/o"
}
no_helper()
{
	token "$work/t" portal alice --timeout 60 && mv "$helper" "$helper.away" || return 1
	status=0
	set_to "$work/o" && [ "$(head -n 1 "$work/o")" = AZ-HELPER ] && is_root "$work/o" || status=1
	mv "$helper.away" "$helper"
	return $status
}

plan 11
check "the process becomes the token's user in all threads: groups of NSS, gid, uid, no capability (become MUST 2)" becomes
check "a spent token is refused and the process is root as before (become MUST 3)" spent
check "a token of another user is refused and the process is root as before (set_to_token MUST 2)" other_user
check "what the daemon says of its service counts for a binding" bound
check "for a caller who is not root nothing is asked and nothing spent (set_to_token MUST 1)" not_root
check "nor for one whose real uid is another (set_to_token MUST 1)" half_root
check "without the capabilities, or where they would stay, nothing is asked or spent (set_to_token MUST 1, become MUST 4)" unable
check "nobody becomes root or an unknown user, and nothing is spent (become MUST 1)" system_users
check "where the kernel refuses groups the process is as it was (become MUST 3)" refused_with_gids 1
check "where it refuses the uid, groups and gid are put back (become MUST 3)" refused_with_gids 65000
check "without a helper it is AZ-HELPER and the process is as it was" no_helper
done_testing
