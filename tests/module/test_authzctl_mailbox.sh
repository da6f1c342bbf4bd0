#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl mailbox: what every command asks and shows, and all of them against the real helper.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view

# row WORDS: a row of a table, whatever its columns' widths are
row()
{
	tr -s ' ' <out | sed 's/ $//' | grep -qxF -- "$1" || fail "no row \"$1\""
}

# ---- what is asked

groups_asked()
{
	printf 'Geheim7\nmore\n' >two
	said ctl mailbox group post </dev/null
	asked_for 'operation 100' 'box_group post'
	not_asked_for server master new_secret principal mask_add mask_drop reconfigure
	said ctl mailbox group post --server /run/mps --manager mailer --master helpdesk +check -allow-reg +populate --reconfigure <two
	asked_for 'server /run/mps' 'principal mailer' 'master helpdesk' 'new_secret Geheim7' 'mask_add 20' 'mask_drop 2' 'reconfigure 1'
	said ctl mailbox group post --server builtin --master '' --manager '' +allow-binds +audit-binds </dev/null
	asked_for 'server ' 'principal ' 'master ' 'mask_add 9'
	not_asked_for new_secret mask_drop
	said ctl mailbox groups
	asked_for 'operation 101'
	said ctl mailbox ungroup post
	asked_for 'operation 102' 'box_group post'
}

boxes_asked()
{
	printf 'Geheim7\nmore\n' >two
	said ctl mailbox add alice --group post <two
	asked_for 'operation 103' 'user alice' 'box_group post' 'new_secret Geheim7'
	not_asked_for address secret
	said ctl mailbox add alice --group post --address 192.0.2.7 <two
	asked_for 'address 192.0.2.7'
	said ctl mailbox alter alice --address '' </dev/null
	asked_for 'operation 104' 'user alice' 'address '
	not_asked_for box_group new_secret
	said ctl mailbox alter alice --group other --password ask <two
	asked_for 'box_group other' 'new_secret Geheim7'
	not_asked_for address
	said ctl mailbox delete alice
	asked_for 'operation 105' 'user alice'
	said ctl mailbox list
	asked_for 'operation 106'
	not_asked_for user box_group
	said ctl mailbox list alice --group post
	asked_for 'user alice' 'box_group post'
	said ctl mailbox passwd alice <two
	asked_for 'operation 108' 'user alice' 'secret Geheim7' 'new_secret more'
	answered 'result 0
user alice
uid 1000' ctl mailbox bind alice <two
	asked_for 'operation 107' 'user alice' 'secret Geheim7'
	not_asked_for rhost new_secret
	answered 'result 0
user alice
uid 1000' ctl mailbox bind alice --from 192.0.2.7 <two
	asked_for 'rhost 192.0.2.7'
}

# ---- what is shown

lists()
{
	answered 'result 0
row post||||allow-binds,allow-reg|0
row www|/run/mps|helpdesk|mailer|check|12' ctl mailbox groups
	status_is 0
	row 'GROUP SERVER MASTER MANAGER OPTIONS MAILBOXES'
	row 'post - - - allow-binds,allow-reg 0'
	row 'www /run/mps helpdesk mailer check 12'
	answered 'result 0
row post||||allow-binds,allow-reg|0' ctl --json mailbox groups
	out_is '{"group":"post","server":"","master":"","manager":"","options":"allow-binds,allow-reg","mailboxes":0}'
	answered 'result 0
row alice|post||live
row bob|www|192.0.2.0/24|pending' ctl mailbox list
	row 'OWNER GROUP ADDRESS STATE'
	row 'alice post - live'
	row 'bob www 192.0.2.0/24 pending'
	answered 'result 0
row alice|post||live' ctl --json mailbox list
	out_is '{"owner":"alice","group":"post","address":"","state":"live"}'
	answered 'result 0
row alice|post|' ctl mailbox list
	status_is 3
	grep -q AZ-GARBLED err || fail "a row that lacks a column is shown"
}

as_whose()
{
	printf 'Geheim7\n' >one
	answered 'result 0
user alice
uid 1000' ctl mailbox bind alice <one
	status_is 0
	out_is 'owner:              alice
master:             -'
	answered 'result 0
user alice
uid 1000
master helpdesk
master_uid 2000' ctl mailbox bind alice <one
	out_is 'owner:              alice
master:             helpdesk'
	answered 'result 0
user alice
uid 1000
master helpdesk
master_uid 2000' ctl --json mailbox bind alice <one
	out_is '{"result":"OK","number":0,"text":"Done.","owner":"alice","uid":1000,"master":"helpdesk","master_uid":2000}'
	answered 'result 0
user alice
uid 1000' ctl --json mailbox bind alice <one
	out_is '{"result":"OK","number":0,"text":"Done.","owner":"alice","uid":1000,"master":null,"master_uid":null}'
	answered 'result 0' ctl mailbox bind alice <one
	status_is 3
	grep -q AZ-GARBLED err || fail "nobody has opened it"
	answered 'result 143
subject alice' ctl mailbox bind alice <one
	status_is 1
	err_is 'authzctl: EVENT-19: INVALID-PASSWORD: the password server refused the password of alice.'
	answered 'result 81
subject /run/mps' ctl mailbox bind alice <one
	status_is 3
	grep -q '^authzctl: EVENT-12: ' err || fail "not out of reach"
}

# ---- passwords

passwords()
{
	printf 'Geheim7\nmore\nrest\n' >three
	said ctl mailbox passwd alice --password-fd 7 7<three </dev/null
	asked_for 'secret Geheim7' 'new_secret more'
	answered 'result 0' sh -c "$build/helpers/authzctl/authzctl --helper $scratch/fake --socket none mailbox passwd alice && cat" <three
	out_is rest
	for line in 'bind alice' 'passwd alice' 'add alice --group post' 'group post --master helpdesk' 'alter alice --password ask'; do
		# shellcheck disable=SC2086 # words
		nobody_asked ctl mailbox $line
		[ $status -eq 1 ] && grep -q '^authzctl: CPF3C3C: ' err || fail "an empty password is one: $line"
		run ctl mailbox $line --password-fd 9
		status_is 2
		grep -q 'no password could be read from descriptor 9' err || fail "it is not said: $line"
	done
}

typed_password()
{
	printf '#!/bin/sh\nexec %s %s/answer %s/asked\n' "$build/tests/module/fake_helper" "$scratch" "$scratch" >fake
	chmod 755 fake
	printf 'result 0\nuser alice\nuid 1000\n' >answer
	rm -f asked
	cp helper real
	cp fake helper
	type_at_terminal 'Password of alice: ' 'Geheim7
' 'mailbox bind alice'
	asked_for 'secret Geheim7'
	terminal_hid password Geheim7
	cp real helper
}

# ---- lines that are wrong

usages()
{
	usage 'NAME is missing' ctl mailbox group
	usage 'OWNER is missing' ctl mailbox add
	usage 'option --group is missing' ctl mailbox add alice
	usage 'nothing to alter is given' ctl mailbox alter alice
	usage '--password-fd is for --password ask' ctl mailbox alter alice --address '' --password-fd 5
	usage '--password-fd is for --master' ctl mailbox group post --password-fd 5
	usage 'unknown --password none' ctl mailbox alter alice --password none
	usage 'unknown option of groups +reg' ctl mailbox group post +reg
	usage 'both given and taken away' ctl mailbox group post +check -check
	usage 'unexpected word +check' ctl mailbox groups +check
	usage '--server mps is no absolute path' ctl mailbox group post --server mps
	usage 'unknown command mailbox frob' ctl mailbox frob
	usage 'is no descriptor' ctl mailbox bind alice --password-fd x
	long=a-name-that-is-longer-than-any-user-name-can-be
	for name in "$long" ''; do
		refused CPF3C3C 1 ctl mailbox group "$name"
		refused CPF3C3C 1 ctl mailbox ungroup "$name"
		refused CPF3C3C 1 ctl mailbox list "$name"
		refused CPF3C3C 1 ctl mailbox list --group "$name"
		refused CPF3C3C 1 ctl mailbox delete "$name"
		refused CPF3C3C 1 ctl mailbox bind "$name"
		refused CPF3C3C 1 ctl mailbox passwd "$name"
	done
	refused CPF3C3C 1 ctl mailbox group post --master "$long"
	refused CPF3C3C 1 ctl mailbox group post --manager "$long"
	refused CPF3C3C 1 ctl mailbox group post --server "/$(printf '%0300d' 0)"
	refused CPF3C3C 1 ctl mailbox alter alice --address "$(printf '%070d' 0)"
	nobody_asked ctl mailbox group post --master "$long"
	saved=$carrier
	carrier="--helper /nowhere --socket none"
	refused AZ-HELPER 3 ctl mailbox groups
	carrier=$saved
}

check "what a group is to be is asked for, and nothing that the line does not say" groups_asked
check "each command on mailboxes asks for what its line says" boxes_asked
check "groups and mailboxes are shown in columns, and as objects" lists
check "bind says as whose the mailbox is opened, or why not" as_whose
check "passwords come from a descriptor line by line, and go to the helper alone (passwords MUST 1)" passwords
check "a password that is typed is not shown" typed_password
check "lines that are wrong are told from requests that are refused" usages

echo "1..$number"
[ "$failed" -eq 0 ]
