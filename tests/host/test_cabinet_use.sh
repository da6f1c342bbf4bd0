#!/bin/sh
# SPDX-License-Identifier: ISC
# What real cabinets are for: sudo's rules and the access to files follow them.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"
start_log
cat >/etc/sudoers.d/authz-test <<END
Defaults timestamp_timeout=0, lecture=never
%${prefix}ops ALL=(root) NOPASSWD: /usr/bin/id -un
END
chmod 440 /etc/sudoers.d/authz-test

sudo_as()
{
	as "$1" sudo -n /usr/bin/id -un
}

sudo_follows()
{
	cabinet root create ops && cabinet root admin ops +alice && refused 1 'password is required' sudo_as bob &&
		cabinet alice add-member ops bob && prints root sudo_as bob &&
		refused 1 'password is required' sudo_as alice &&
		refused 1 'password is required' as bob sudo -n /usr/bin/true && cabinet alice remove-member ops bob &&
		refused 1 'password is required' sudo_as bob
}

sudo_nested()
{
	cabinet root create night && cabinet root add-member night stranger &&
		refused 1 'password is required' sudo_as stranger &&
		cabinet alice add-member ops night && prints root sudo_as stranger &&
		cabinet root remove-member night stranger &&
		refused 1 'password is required' sudo_as stranger && cabinet root delete night && cabinet root purge
}

sudo_deleted()
{
	cabinet alice add-member ops bob && cabinet root delete ops && refused 1 'password is required' sudo_as bob &&
		cabinet root undelete ops &&
		prints root sudo_as bob && cabinet root set ops --list-members none &&
		prints "$prefix"ops:x:"$(gid ops)": getent group "$prefix"ops &&
		prints root sudo_as bob && cabinet root set ops --list-members all && cabinet alice remove-member ops bob
}

# reads USER: the file, in a new session
reads()
{
	su_login portal "$1" "-$1-password" "cat $work/shared/file"
}

file_of_group()
{
	cabinet alice add-member ops bob && install -d -m 755 "$work/shared" && echo content >"$work/shared/file" &&
		chgrp "$prefix"ops "$work/shared/file" && chmod 640 "$work/shared/file" || return 1
	shows '^content' reads bob && refused 1 'denied' reads stranger && refused 1 'denied' reads alice &&
		cabinet alice add-member ops stranger && shows '^content' reads stranger &&
		cabinet alice remove-member ops stranger &&
		refused 1 'denied' reads stranger && shows '^content' reads bob
}

# what one member makes in it the others read and write
folder_of_group()
{
	cabinet alice add-member ops stranger && install -d -g "$prefix"ops -m 2770 "$work/shared/folder" || return 1
	su_login portal bob -bob-password "umask 007; echo of bob >$work/shared/folder/new" &&
		prints "bob $prefix"ops stat -c '%U %G' "$work/shared/folder/new" &&
		su_login portal stranger -stranger-password "echo of stranger >>$work/shared/folder/new" &&
		shows '^of bob' su_login portal bob -bob-password "cat $work/shared/folder/new" &&
		refused 2 denied su_login portal alice -alice-password "ls $work/shared/folder" &&
		cabinet alice remove-member ops stranger &&
		refused 1 denied su_login portal stranger -stranger-password "cat $work/shared/folder/new"
}

set_group_id()
{
	cp /usr/bin/cat "$work/shared/cat" && chgrp "$prefix"ops "$work/shared/cat" &&
		chmod 2755 "$work/shared/cat" || return 1
	prints content as stranger "$work/shared/cat" "$work/shared/file"
}

# another cabinet gets another gid, so that files of one that is gone are nobody's
files_of_the_gone()
{
	cabinet root delete ops && cabinet root purge && cabinet root create ops && cabinet root add-member ops bob &&
		refused 1 denied reads bob && prints UNKNOWN stat -c %G "$work/shared/file"
}

plan 14
for way in child socket; do
	"by_$way"
	check "a rule of sudoers for a cabinet follows its members at once ($way)" sudo_follows
	check "also those who are in it by another cabinet ($way)" sudo_nested
	check "not when it is deleted, and when it lists nobody all the same ($way)" sudo_deleted
	check "a file of a cabinet, mode 640, is read by members in new sessions and by no others ($way)" file_of_group
	check "a folder of mode 2770 is the members' own ($way)" folder_of_group
	check "a set-group-ID program of a cabinet reads what is the cabinet's ($way)" set_group_id
	check "files of a cabinet that was purged are not those of the next one of that name ($way)" files_of_the_gone
	cabinet root delete ops && cabinet root purge >/dev/null
	rm -rf "$work/shared"
done
by_child
done_testing
