#!/bin/sh
# SPDX-License-Identifier: ISC
# A real nscd: what it keeps, who may tell it, and what nss_cabinet(8) recommends.  systemd does not run here: what it would
# do for authz-nscd.path, its man page's words, is simulated.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"
needs nscd python3
start_log
units=$(sed -n 's/^systemdsystemunitdir = //p' "$AUTHZ_NAMESPACE/data/Makefile")
cp -p /etc/nscd.conf "$work/nscd.conf"

end_nscd()
{
	[ ! -e "$work/nscd.pid" ] || kill "$(cat "$work/nscd.pid")" 2>/dev/null || :
	cp -p "$work/nscd.conf" /etc/nscd.conf
	end_cabinets
}
trap end_nscd EXIT

running()
{
	[ -S /run/nscd/socket ] && nscd -g >/dev/null 2>&1
}

# within_5s COMMAND...
within_5s()
{
	tries=50
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# start_nscd [EXPRESSION]: with the configuration as shipped, changed by sed
start_nscd()
{
	sed "${1-}" "$work/nscd.conf" >/etc/nscd.conf
	mkdir -p /run/nscd
	nscd -F </dev/null >"$work/nscd" 2>&1 &
	echo $! >"$work/nscd.pid"
	within_5s running
}

is_gone()
{
	! kill -0 "$(cat "$work/nscd.pid")" 2>/dev/null
}

# whichever test has started it
stop_nscd()
{
	kill "$(cat "$work/nscd.pid")"
	within_5s is_gone || return 1
	rm -f "$work/nscd.pid" /run/nscd/socket
}

with="$sales:x:$sales_gid:alice,bob" without="$sales:x:$sales_gid:bob"

# it has the answers with alice, and there is a view without her
remembered()
{
	nscd -i group && with_alice && prints "$with" as alice getent group "$sales" &&
		prints "$with" as alice getent group $sales_gid &&
		among "$sales_gid" id -G alice && without_alice
}

stale()
{
	prints "$with" as alice getent group "$sales" && among "$sales_gid" id -G alice
}

fresh()
{
	prints "$without" as alice getent group "$sales" && prints "$without" as alice getent group $sales_gid &&
		not_among "$sales_gid" id -G alice
}

keeps()
{
	remembered && stale && among "$sales" su_login portal alice -alice-password 'id -Gn' && fresh_gshadow
}

# there is no table of it in nscd
fresh_gshadow()
{
	prints "$sales:!:alice:bob" as alice getent gshadow "$sales"
}

# ask_to_forget USER: the request itself, for nscd's own program looks who starts it
cat >"$work/forget.py" <<'END'
import socket, struct
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect('/run/nscd/socket')
s.sendall(struct.pack('iii', 2, 10, 6) + b'group\0')
print('answer', s.recv(4).hex())
END
ask_to_forget()
{
	as "$1" /usr/bin/python3 "$work/forget.py"
}

refuses_others()
{
	remembered && prints 'answer ' ask_to_forget authz && prints 'answer ' ask_to_forget alice && stale &&
		refused 4 'Only root' as authz "$(command -v nscd)" -i group && stale
}

takes_it_from_root()
{
	remembered && stale && prints 'answer 00000000' ask_to_forget root && fresh && remembered && stale &&
		nscd -i group && fresh
}

# ---- the unit: its lines, as systemd would run them; "-" is its sign for a line that may fail

run_unit()
{
	sed -n 's/^ExecStart=//p' "$units/authz-nscd.service" >"$work/lines"
	[ "$(wc -l <"$work/lines")" = 3 ] || return 1
	while read -r line; do
		# shellcheck disable=SC2086 # a line of words
		case $line in
		-*) ${line#-} 2>/dev/null || : ;;
		*) $line || return 1 ;;
		esac
	done <"$work/lines"
}

# is there one of the files that start it?
wanted()
{
	found=1
	for path in $(sed -n 's/^PathExists=//p' "$units/authz-nscd.path"); do
		[ ! -e "$path" ] || found=0
	done
	return $found
}

told_by_the_unit()
{
	rm -f "$view/changed"
	! wanted && remembered && stale && wanted && run_unit && fresh && ! wanted && ls -A "$view" &&
		[ "$(ls -A "$view")" = group ]
}

# as the path unit does it, while cabinets change; the last change is seen, whatever came between
told_of_every_change()
{
	(
		tries=200
		while [ ! -e "$work/done" ] || wanted; do
			if wanted; then run_unit; fi
			as stranger getent group "$sales" >/dev/null
			tries=$((tries - 1))
			[ $tries -gt 0 ] || exit 1
		done
	) &
	telling=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		with_alice && as alice getent group "$sales" >/dev/null && without_alice || return 1
	done
	touch "$work/done"
	wait $telling && fresh
}

# what could not be told is not forgotten
told_later()
{
	remembered && stop_nscd && ! run_unit && wanted && start_nscd && stale && run_unit && fresh && ! wanted
}

# the folder is the helper's: what lies there under these names is at worst no word
unit_follows_no_link()
{
	echo mine >"$work/mine"
	rm -f "$view/changed" && as authz ln -s "$work/mine" "$view/changed" && as authz ln -s "$work" "$view/telling" &&
		run_unit &&
		[ "$(cat "$work/mine")" = mine ] && [ ! -L "$view/changed" ] && [ ! -L "$view/telling" ] && [ -d "$work" ] ||
		return 1
	as authz mkdir "$view/telling" && : >"$view/changed" && chown authz: "$view/changed" || return 1
	status=0
	! run_unit || status=1
	rmdir "$view/telling" && run_unit || status=1
	return $status
}

# ---- the other way: nscd does not keep groups

without_its_cache()
{
	stop_nscd && start_nscd 's/^\([[:space:]]*enable-cache[[:space:]]*group[[:space:]]*\)yes/\1no/' &&
		grep -q 'enable-cache.*group.*no' /etc/nscd.conf &&
		with_alice && prints "$with" as alice getent group "$sales" && without_alice && fresh &&
		shows '^alice$' su_login portal alice -alice-password 'id -Gn'
}

# it answers for users, as the host may want
others_cached()
{
	nscd -g | grep -A 4 '^passwd cache' | grep 'yes  cache is enabled' &&
		nscd -g | grep -A 4 '^group cache' | grep 'no  cache is enabled'
}

does_not_crash()
{
	head -c 300 "$view/group" >"$view/group.new" && chown authz: "$view/group.new" &&
		mv "$view/group.new" "$view/group" &&
		gives 2 as alice getent group "$sales" && running && with_alice && running
}

start_nscd
plan 10
check "nscd keeps a member who was taken out: for getent, for id and for new sessions, not in gshadow" keeps
check "it forgets groups for root alone, not for the helper's user: what others ask is not answered" refuses_others
check "it does for root, by the same request" takes_it_from_root
check "a publication leaves word, by which authz-nscd.service tells nscd and takes it away" told_by_the_unit
check "while cabinets change all the time no change is missed" told_of_every_change
check "where nscd could not be told the word stays, and it is told when it runs again" told_later
check "the service follows no link of the helper's user" unit_follows_no_link
check "where nscd keeps no groups a change is seen at once, in new sessions too" without_its_cache
check "and it keeps users all the same" others_cached
check "a damaged view does not end nscd" does_not_crash
done_testing
