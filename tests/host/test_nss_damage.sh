#!/bin/sh
# SPDX-License-Identifier: ISC
# A view that is not there, is something else, is cut or has bytes changed: programs get the right answer or none, local
# groups are as they were, and logins go on.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/cabinet_lib.sh"
needs perl sudo
start_log
printf '%%%s ALL=(root) NOPASSWD: /usr/bin/id\n' "$sales" >/etc/sudoers.d/authz-test
chmod 440 /etc/sudoers.d/authz-test

with_alice
cp "$view/group" "$work/good"
size=$(stat -c %s "$work/good")
getent -s files group >"$work/local"
{
	cat "$work/local"
	printf '%s:x:%s:alice,bob\n%s:x:%s:bob\n%s:x:%s:\n' "$sales" $sales_gid "$short" $short_gid "$quiet" $quiet_gid
} >"$work/all"

# a view with these bytes is put in the place of the one that is there
put()
{
	cat >"$view/group.new" && chown authz:authz "$view/group.new" && mv "$view/group.new" "$view/group"
}

# right_or_none STATUSES TEXT COMMAND...: the text and status 0, or nothing and status 2
right_or_none()
{
	want=$1
	shift
	got=0
	said=$("$@" 2>&1) || got=$?
	case $got,$said in
	0,"$want" | 2,) return 0 ;;
	esac
	echo "status $got, \"$said\": $*"
	return 1
}

# All of them or none.  id has an error, and a status for it, where a gid has no name, so it is not asked here.
gids_of_alice()
{
	said=$(as stranger getent initgroups alice) || return 1
	# shellcheck disable=SC2086 # a list of words
	set -- $said
	[ "$1" = alice ] || return 1
	shift
	case $*, in
	"$quiet_gid $sales_gid $short_gid,") ;;
	,) ;;
	*) echo "initgroups: $said"; return 1 ;;
	esac
}

sweep_is_right()
{
	getent group >"$work/sweep" && head -n "$(wc -l <"$work/local")" "$work/sweep" | cmp - "$work/local" &&
		! grep -vxFf "$work/all" "$work/sweep"
}

# what every view has to leave as it is
holds()
{
	right_or_none "$sales:x:$sales_gid:alice,bob" getent group "$sales" &&
		right_or_none "$short:x:$short_gid:bob" getent group $short_gid &&
		right_or_none "$sales:!:alice:alice,bob" getent gshadow "$sales" && gids_of_alice && sweep_is_right &&
		prints "$(grep '^root:' "$work/local")" getent group root || {
		echo "$1"
		return 1
	}
}

# sudo and id, who take the groups of a user: neither crashes, nobody is let in who is not a member
sudo_holds()
{
	got=0
	said=$(as alice sudo -n /usr/bin/id -un 2>&1) || got=$?
	case $got,$said in
	0,root | 1,*'password is required'*) ;;
	*)
		echo "$1: status $got, \"$said\""
		return 1 ;;
	esac
	refused 1 'password is required' as stranger sudo -n /usr/bin/id -un &&
		prints "uid=$(id -u stranger)" sh -c 'id stranger | cut -d "(" -f 1'
}

goes_on()
{
	holds "$1" && sudo_holds "$1" && refused 1 'password is required' as alice sudo -n /usr/bin/id -un &&
		prints alice id -Gn alice &&
		gives 2 getent group "$sales" && shows '^alice$' su_login portal alice -alice-password 'id -Gn'
}

absent()
{
	rm -rf "${view:?}/group" && goes_on 'no file' && mv "$view" "$view.away" || return 1
	status=0
	goes_on 'no folder' || status=1
	ln -s "$view.away" "$view"
	goes_on 'a link to a folder' || status=1
	rm "$view"
	mv "$view.away" "$view"
	return $status
}

something_else()
{
	put </dev/null && goes_on empty && rm "$view/group" && mkdir "$view/group" && goes_on 'a folder' &&
		rmdir "$view/group" &&
		mkfifo "$view/group" && goes_on 'a pipe' && rm "$view/group" && mknod "$view/group" c 1 5 && goes_on zeros &&
		rm "$view/group" &&
		ln -s "$work/good" "$view/group" && goes_on 'a link' && rm "$view/group" && ln -s group "$view/group" &&
		goes_on 'a link to itself' && rm "$view/group" && put <"$AUTHZ_SOURCE/COPYING" && goes_on 'a text' &&
		head -c 100000 /dev/zero | put && goes_on 'a file of zeros' && head -c 100000 /dev/urandom | put &&
		goes_on noise
}

unreadable()
{
	put <"$work/good" && chmod 600 "$view/group" || return 1
	gives 2 as alice getent group "$sales" && prints alice as alice id -Gn alice &&
		prints "$(grep '^root:' "$work/local")" as alice getent group root
}

# its last 8 bytes are not missed where they are zeros that fill up; the size in the header tells
cut()
{
	at=0
	while [ $at -lt "$size" ]; do
		head -c $at "$work/good" | put && holds "cut at $at" && gives 2 getent group "$sales" || return 1
		at=$((at + 37))
	done
	for at in 1 104 200 $((size / 2)) $((size - 1)); do
		head -c "$at" "$work/good" | put && goes_on "cut at $at" || return 1
	done
	{ cat "$work/good" && echo; } | put && goes_on 'too long'
}

changed()
{
	perl -e 'local $/; $_ = <STDIN>; substr($_, $ARGV[0], 1) ^= chr(1 << $ARGV[0] % 8); print' "$1" <"$work/good" | put
}

flipped()
{
	at=0
	while [ $at -lt "$size" ]; do
		changed $at && holds "changed at $at" || return 1
		at=$((at + 7))
	done
	at=3
	while [ $at -lt "$size" ]; do
		changed $at && sudo_holds "changed at $at" || return 1
		at=$((at + size / 40))
	done
}

flips_count()
{
	missed=0 at=0
	while [ $at -lt "$size" ]; do
		changed $at || return 1
		getent group "$sales" >/dev/null || missed=$((missed + 1))
		at=$((at + 23))
	done
	echo "of each 23rd byte $missed"
	[ $missed -gt 3 ]
}

at_random()
{
	perl -e '
		srand 17;
		local $/;
		my $good = <STDIN>;
		for my $i (0 .. 59) {
			my $bad = $good;
			for (0 .. rand 40) { substr($bad, rand length $bad, 1) = chr rand 256 }
			open my $out, ">", "$ARGV[0].$i" or die;
			print $out $bad;
		}' "$work/random" <"$work/good"
	for bad in "$work"/random.*; do
		put <"$bad" && holds "$bad" || return 1
	done
}

# many processes ask while views good and bad come and go
meanwhile()
{
	timeout 60 sh -c "while [ ! -e $work/stop ]; do
		getent group $sales; getent initgroups alice; [ \$? = 0 ] || echo status \$?
	done" >"$work/meanwhile" 2>&1 &
	asking=$!
	for at in $(perl -e 'print "$_ " for 1 .. 60'); do
		case $((at % 3)) in
		0) put <"$work/good" ;;
		1) changed $((at * size / 61)) ;;
		*) head -c $((at * size / 61)) "$work/good" | put ;;
		esac
	done
	touch "$work/stop"
	wait $asking || return 1
	sort "$work/meanwhile" | uniq -c
	! grep -vxE "$sales:x:$sales_gid:alice,bob|alice +($quiet_gid $sales_gid $short_gid)?" "$work/meanwhile"
}

good_again()
{
	put <"$work/good" && prints root as alice sudo -n /usr/bin/id -un &&
		shows "$sales" su_login portal alice -alice-password 'id -Gn' &&
		getent group | cmp - "$work/all"
}

plan 9
check "without a view, or its folder, there are no cabinets, and sudo and su work" absent
check "an empty file, a folder, a pipe, a device, a link, a text, zeros and noise are no view, and harm nothing" \
	something_else
check "a view that may not be read is none" unreadable
check "a view that was cut, wherever, is none" cut
check "with a byte changed, wherever, answers are right or missing, and sudo lets in members alone" flipped
check "changed bytes are noticed" flips_count
check "with bytes changed by chance answers are right or missing" at_random
check "while views good and bad come and go answers are right or missing" meanwhile
check "with a good view again all is as it was" good_again
done_testing
