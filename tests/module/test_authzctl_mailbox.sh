#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl mailbox: what every command asks and shows, and all of them against the real helper.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view

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
	said ctl mailbox alter alice --group post --password ask <two
	asked_for 'box_group post' 'new_secret Geheim7'
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

# ---- the real helper; each test is as "$way", which is in the names of its groups

# with PASSWORDS COMMAND...: run with these on standard input, a line each
with()
{
	printf '%s\n' "$1" >lines
	shift
	"$@" <lines >out 2>err
	status=$?
}

# done_with PASSWORDS COMMAND...: and it is done, without a word
done_with()
{
	with "$@"
	status_is 0
	out_is ""
	err_is ""
}

# opens PASSWORD OWNER MASTER [WORDS]: by that password as whose
opens()
{
	with "$1" ctl mailbox bind "$2" ${4-} ${5-}
	status_is 0
	out_is "owner:              $2
master:             $3"
}

# shut CODE PASSWORD OWNER [WORDS]
shut()
{
	shut_code=$1
	with "$2" ctl mailbox bind "$3" ${4-} ${5-}
	status_is 1
	out_is ""
	grep -q "^authzctl: $shut_code: " err || fail "no $shut_code"
}

life()
{
	done_by ctl mailbox group "$way"
	run ctl mailbox groups
	row "$way - - - allow-binds,allow-reg 0"
	done_with Geheim7 ctl mailbox add "$owner" --group "$way"
	with Geheim7 ctl mailbox add "$owner" --group "$way"
	err_is "authzctl: AZ-BOX: $owner has a mailbox already."
	run ctl mailbox list
	row "OWNER GROUP ADDRESS STATE"
	row "$owner $way - live"
	run ctl mailbox list "$other"
	[ "$(wc -l <out)" -eq 1 ] || fail "$other has one"
	run ctl mailbox list --group none
	[ "$(wc -l <out)" -eq 1 ] || fail "a group that is none has one"
	opens Geheim7 "$owner" -
	shut EVENT-19 Geheim8 "$owner"
	done_with "Geheim7
Neu8" ctl mailbox passwd "$owner"
	opens Neu8 "$owner" -
	shut EVENT-19 Geheim7 "$owner"
	with "Geheim7
Neu9" ctl mailbox passwd "$owner"
	status_is 1
	grep -q '^authzctl: EVENT-19: ' err || fail "by a password that is not the old one"
	done_with Drei3 ctl mailbox alter "$owner" --password ask
	opens Drei3 "$owner" -
	told AZ-LIVE ctl mailbox ungroup "$way"
	done_by ctl mailbox delete "$owner"
	told AZ-NOBOX ctl mailbox delete "$owner"
	shut AZ-NOBOX Drei3 "$owner"
	done_by ctl mailbox ungroup "$way"
	refused AZ-NOGROUP 1 ctl mailbox ungroup "$way"
}

# where the owner comes from counts for the owner alone
masters()
{
	done_with Meister9 ctl mailbox group "$way" --master mail --manager games +check
	run ctl --json mailbox groups
	grep -qx '{"group":"'"$way"'","server":"","master":"mail","manager":"games","options":"allow-binds,allow-reg,check","mailboxes":0}' out ||
		fail "not the object"
	done_with Geheim7 ctl mailbox add "$owner" --group "$way" --address 192.0.2.0/24
	run ctl mailbox list
	row "$owner $way 192.0.2.0/24 live"
	opens Geheim7 "$owner" - --from 192.0.2.7
	shut AZ-ADDRESS Geheim7 "$owner" --from 198.51.100.1
	opens Meister9 "$owner" mail --from 198.51.100.1
	with Meister9 ctl --json mailbox bind "$owner"
	grep -q '"owner":"'"$owner"'","uid":'"$(id -u "$owner")"',"master":"mail","master_uid":'"$(id -u mail)"'}$' out || fail "not by whom"
	with "Meister9
Neu8" ctl mailbox passwd "$owner"
	status_is 1
	grep -q '^authzctl: EVENT-19: ' err || fail "a master has changed a password of an owner's"
	done_by ctl mailbox alter "$owner" --address ''
	opens Geheim7 "$owner" - --from 198.51.100.1
	opens Meister9 mail -
	done_with Eigen5 ctl mailbox add mail --group "$way"
	opens Meister9 mail -
	done_with "Meister9
Meister10" ctl mailbox passwd mail
	opens Meister10 "$owner" mail
	told AZ-LIVE ctl mailbox group "$way" --master ''
	done_by ctl mailbox group "$way" -allow-binds -allow-reg --reconfigure
	shut AZ-NOBIND Meister10 mail
	done_by ctl mailbox group "$way" --master '' --manager '' --reconfigure
	shut EVENT-19 Meister10 "$owner"
	run ctl mailbox groups
	row "$way - - - check 2"
}

populated()
{
	done_by ctl mailbox group "$way-new" +populate
	with Geheim7 ctl mailbox alter "$other" --password ask
	grep -q '^authzctl: AZ-NOBOX: ' err || fail "there is a mailbox without a group"
	done_with Geheim7 ctl mailbox alter "$other" --password ask --group "$way-new"
	opens Geheim7 "$other" -
	done_by ctl mailbox delete "$other"
}

refusals()
{
	with Geheim7 ctl mailbox add nobody-here --group "$way"
	grep -q '^authzctl: CPF2204: ' err || fail "nobody has a mailbox"
	with Geheim7 ctl mailbox add root --group "$way"
	grep -q '^authzctl: AZ-SYSTEM: ' err || fail "root has a mailbox"
	with Geheim7 ctl mailbox add "$other" --group none
	grep -q '^authzctl: AZ-NOGROUP: ' err || fail "a group that is none has a mailbox"
	refused CPF3C3C 1 ctl mailbox alter "$owner" --address 192.0.2.300
	with Geheim7 ctl mailbox group "$way-other" --master nobody-here
	grep -q '^authzctl: CPF2204: ' err || fail "nobody is a master"
	refused CPF2204 1 ctl mailbox group "$way-other" --manager nobody-here
	told AZ-NOBOX ctl mailbox delete "$other"
	ctl audit --since 10m >records
	! grep -E 'Geheim|Neu|Meister|Eigen|Drei' records || fail "a password is in the audit"
	grep -q 'event=mailbox.bind .*master=mail' records || fail "the master's bind is not on record"
	for box in "$owner" mail; do done_by ctl mailbox delete "$box"; done
}

# ---- lines that are wrong

usages()
{
	usage 'NAME is missing' ctl mailbox group
	usage 'OWNER is missing' ctl mailbox add
	usage 'option --group is missing' ctl mailbox add alice
	usage 'nothing to alter is given' ctl mailbox alter alice
	usage 'nothing to alter is given' ctl mailbox alter alice --group post
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
for way in child socket; do
	[ $way = child ] || start_service
	check "$way: a mailbox is added, bound, given another password, and deleted; its group with it" life
	check "$way: the address counts for the owner's password, and the master's opens all of its group" masters
	check "$way: with populate what is altered is added" populated
	check "$way: what may not be has its code, and no password is on record" refusals
done
carrier=$by_child
check "lines that are wrong are told from requests that are refused" usages

echo "1..$number"
[ "$failed" -eq 0 ]
