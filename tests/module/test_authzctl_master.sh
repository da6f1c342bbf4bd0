#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl master: what every command asks and shows, and all of them against the real helper.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view

# ---- what is asked

asked()
{
	said ctl master define helpdesk
	asked_for 'operation 90' 'master helpdesk'
	said ctl master remove helpdesk
	asked_for 'operation 91' 'master helpdesk'
	said ctl master grant helpdesk alice
	asked_for 'operation 93' 'master helpdesk' 'owners alice'
	not_asked_for until
	said ctl master revoke helpdesk cabinet:sales
	asked_for 'operation 94' 'master helpdesk' 'owners cabinet:sales'
	said ctl master forbid
	asked_for 'operation 97' 'forbid 1'
	not_asked_for user
	said ctl master allow
	asked_for 'operation 97' 'forbid 0'
	said ctl master forbid --user alice
	asked_for 'user alice' 'forbid 1'
	said ctl master allow --user alice
	asked_for 'user alice' 'forbid 0'
	said ctl master mine
	asked_for 'operation 96' 'which 0'
	not_asked_for user
	said ctl master mine --user alice --entries
	asked_for 'user alice' 'which 1'
	said ctl master list
	asked_for 'operation 92'
	not_asked_for master
	said ctl master list helpdesk
	asked_for 'operation 92' 'master helpdesk'
	err_is ""
}

# until SECONDS TIME: what is asked is so many seconds from now, give or take what the test takes
until_is()
{
	before=$(date +%s)
	said ctl master grant helpdesk '*ALL' --until "$2"
	after=$(date +%s)
	moment=$(sed -n 's/^until //p' asked)
	[ "$moment" -ge $((before + $1)) ] && [ "$moment" -le $((after + $1)) ] || fail "--until $2 is $moment"
}

moments()
{
	until_is 28800 +8h
	until_is 2592000 +30d
	said ctl master grant helpdesk alice --until 2099-12-31
	asked_for 'until 4102358400'
	said ctl master grant helpdesk alice --until '2099-12-31 12:00'
	asked_for 'until 4102401600'
	said ctl master grant helpdesk alice --until @4102401600
	asked_for 'until 4102401600'
	for past in 8h 2020-01-01 @1 +0s; do
		usage "--until $past is not in the future" ctl master grant helpdesk alice --until "$past"
	done
	for none in tomorrow 8 +8 2026-02-30 ''; do
		usage "unknown time $none" ctl master grant helpdesk alice --until "$none"
	done
}

# ---- what is shown

lists()
{
	answered 'result 0
row helpdesk|3|live
row old|1|gone' ctl master list
	status_is 0
	row 'MASTER ENTRIES STATE'
	row 'helpdesk 3 live'
	row 'old 1 gone'
	answered 'result 0
row alice|0|live
row dev-*|4102401600|over' ctl master list helpdesk
	row 'OWNERS UNTIL STATE'
	row 'alice - live'
	row 'dev-* 2099-12-31 12:00:00 over'
	answered 'result 0
row alice|0|live
row dev-*|4102401600|over' ctl --json master list helpdesk
	out_is '{"owners":"alice","until":null,"state":"live"}
{"owners":"dev-*","until":4102401600,"state":"over"}'
	answered 'result 0
row helpdesk|3|live' ctl --json master list
	out_is '{"master":"helpdesk","entries":3,"state":"live"}'
	answered 'result 0' ctl master list
	row 'MASTER ENTRIES STATE'
	answered 'result 0
row helpdesk|many|live' ctl master list
	status_is 3
	grep -q AZ-GARBLED err || fail "a number that is none is shown"
}

owners_see()
{
	answered 'result 0
row helpdesk|cabinet:sales|4102401600
row root2|*ALL|0' ctl master mine
	row 'MASTER BY UNTIL'
	row 'helpdesk cabinet:sales 2099-12-31 12:00:00'
	row 'root2 *ALL -'
	answered 'result 0
row root2|*ALL|0' ctl --json master mine
	out_is '{"master":"root2","owners":"*ALL","until":null}'
	answered 'result 0
row 1795244400|helpdesk|dovecot|192.0.2.7|' ctl master mine --entries
	row 'TIME MASTER SERVICE FROM TERMINAL'
	row '2026-11-21 07:00:00 helpdesk dovecot 192.0.2.7'
	answered 'result 0
row 1795244400|helpdesk|login||tty1' ctl --json master mine --entries
	out_is '{"time":1795244400,"master":"helpdesk","service":"login","rhost":"","tty":"tty1"}'
}

yes_or_no()
{
	answered 'result 0
row may|dev-*' ctl master may helpdesk dev-anna
	status_is 0
	out_is 'yes: by dev-*'
	asked_for 'operation 95' 'master helpdesk' 'user dev-anna'
	answered 'result 0
row may|dev-*' ctl --json master may helpdesk dev-anna
	out_is '{"result":"OK","number":0,"text":"Done.","may":true,"by":"dev-*"}'
	answered 'result 0
row AZ-SET|' ctl master may helpdesk bob
	status_is 1
	out_is 'no: AZ-SET: bob is in no set of owners of this master.'
	err_is ''
	answered 'result 0
row AZ-MASTER|' ctl master may helpdesk bob
	status_is 1
	out_is 'no: AZ-MASTER: helpdesk is not a master.'
	answered 'result 0
row AZ-UNTIL|dev-*' ctl master may helpdesk dev-anna
	out_is 'no: AZ-UNTIL: The time for which this master was given dev-* is over.'
	answered 'result 0
row AZ-FORBID|' ctl --json master may helpdesk bob
	status_is 1
	out_is '{"result":"AZ-FORBID","number":133,"text":"User bob lets no master in.","may":false}'
	answered 'result 0
row AZ-SET|' ctl --quiet master may helpdesk bob
	status_is 1
	out_is ''
	err_is ''
}

# neither yes nor no
garbled()
{
	for lines in 'row maybe|x' 'row OK|x' 'row |' 'row may' ''; do
		answered "result 0
$lines" ctl master may helpdesk bob
		status_is 3
		out_is ''
		grep -q AZ-GARBLED err || fail "\"$lines\" is an answer"
	done
	answered 'result 12
subject bob' ctl master may helpdesk bob
	status_is 1
	out_is ''
	grep -q '^authzctl: CPF4AB8: ' err || fail "a refusal to answer is a no"
}

# ---- the real helper

life()
{
	done_by ctl master define mail
	done_by ctl master define mail
	run ctl master list
	row 'mail 0 live'
	refused CPF2204 1 ctl master define nobody-here
	refused AZ-SYSTEM 1 ctl master define root
	done_by ctl master grant mail "$owner"
	done_by ctl master grant mail 'g*' --until 2099-12-31
	run ctl master list mail
	row "$owner - live"
	row 'g* 2099-12-31 00:00:00 live'
	run ctl master list
	row 'mail 2 live'
	done_by ctl master grant mail "$owner" --until 2099-12-31
	run ctl master list mail
	row "$owner 2099-12-31 00:00:00 live"
	[ "$(wc -l <out)" -eq 3 ] || fail "there are more of them"
	done_by ctl master revoke mail "$owner"
	told AZ-NOGRANT ctl master revoke mail "$owner"
	told AZ-NOGRANT ctl master revoke mail '*ALL'
	run ctl --json master list mail
	out_is '{"owners":"g*","until":4102358400,"state":"live"}'
	told AZ-MASTER ctl master list "$other"
	told AZ-MASTER ctl master grant "$other" "$owner"
	refused AZ-SYSTEM 1 ctl master grant mail root
	told AZ-OWNERS ctl master grant mail mail
	told AZ-OWNERS ctl master grant mail 'a b'
	refused 98 1 ctl master grant mail cabinet:none
	done_by ctl master remove mail
	told AZ-MASTER ctl master remove mail
	done_by ctl master define mail
	run ctl master list mail
	[ "$(wc -l <out)" -eq 1 ] || fail "who is defined again has what was before"
}

# yes BY MASTER OWNER; no CODE MASTER OWNER
yes()
{
	run ctl master may "$2" "$3"
	status_is 0
	out_is "yes: by $1"
}

no()
{
	run ctl master may "$2" "$3"
	status_is 1
	err_is ""
	grep -q "^no: $1: .*\.\$" out || fail "not no by $1: $(cat out)"
}

may()
{
	no AZ-SET mail "$owner"
	done_by ctl master grant mail "$owner"
	yes "$owner" mail "$owner"
	done_by ctl cabinet create "$way"
	done_by ctl master grant mail "cabinet:$way"
	no AZ-SET mail "$other"
	done_by ctl cabinet add-member "$way" "$other"
	yes "cabinet:$way" mail "$other"
	done_by ctl cabinet remove-member "$way" "$other"
	no AZ-SET mail "$other"
	done_by ctl master grant mail '??mes'
	yes '??mes' mail games
	no AZ-MASTER "$other" games
	no CPF2204 mail nobody-here
	no AZ-SYSTEM mail root
	done_by ctl profile disable "$owner"
	no CPF22E3 mail "$owner"
	done_by ctl profile enable "$owner"
	done_by ctl master grant mail '*ALL' --until +2s
	yes '*ALL' mail "$other"
	sleep 3
	no AZ-UNTIL mail "$other"
	run ctl master list mail
	grep -Eq '^\*ALL .* over$' out || fail "it is not over"
	done_by ctl master revoke mail '*ALL'
}

# the host asks for others; users for themselves (the host ring has them)
owners()
{
	run ctl master mine --user "$owner"
	row "mail $owner -"
	run ctl master mine --user "$other"
	[ "$(wc -l <out)" -eq 1 ] || fail "somebody may enter $other"
	run ctl master mine --user "$owner" --entries
	[ "$(wc -l <out)" -eq 1 ] || fail "somebody did enter $owner"
	refused CPF3C3C 1 ctl master mine
	refused AZ-NOFORBID 1 ctl master forbid --user "$owner"
	done_by ctl master allow --user "$owner"
	done_by ctl master remove mail
}

forbidden()
{
	echo 'owners_may_forbid = yes' >>state/authz.conf
	done_by ctl master define mail
	done_by ctl master grant mail "$owner"
	done_by ctl master forbid --user "$owner"
	no AZ-FORBID mail "$owner"
	run ctl master mine --user "$owner"
	no_row mail
	done_by ctl master allow --user "$owner"
	yes "$owner" mail "$owner"
	refused CPF2204 1 ctl master forbid --user nobody-here
}

# ---- lines that are wrong

usages()
{
	usage 'NAME is missing' ctl master define
	usage 'NAME is missing' ctl master remove
	usage 'OWNERS is missing' ctl master grant helpdesk
	usage 'OWNERS is missing' ctl master revoke helpdesk
	usage 'OWNER is missing' ctl master may helpdesk
	usage 'unexpected word more' ctl master grant helpdesk alice more
	usage 'unexpected word alice' ctl master forbid alice
	usage 'option --until needs TIME' ctl master grant helpdesk alice --until
	usage 'unknown option --until' ctl master revoke helpdesk alice --until +8h
	usage 'unknown command master frob' ctl master frob
	long=a-name-that-is-longer-than-any-user-name-can-be
	for name in "$long" ''; do
		refused CPF3C3C 1 ctl master define "$name"
		refused CPF3C3C 1 ctl master list "$name"
		refused CPF3C3C 1 ctl master grant "$name" alice
		refused CPF3C3C 1 ctl master may helpdesk "$name"
		refused CPF3C3C 1 ctl master mine --user "$name"
		refused CPF3C3C 1 ctl master forbid --user "$name"
	done
	told AZ-OWNERS ctl master grant helpdesk "$(printf '%049d' 0)"
	refused CPF3C3C 1 ctl master revoke helpdesk ''
	nobody_asked ctl master grant helpdesk ''
	nobody_asked ctl master grant helpdesk alice --until 8h
	run ctl master grant --help
	status_is 0
	for word in 'cabinet:NAME' 'pattern' "'\*ALL'" '--until'; do
		grep -q -- "$word" out || fail "the help does not say $word"
	done
	saved=$carrier
	carrier="--helper /nowhere --socket none"
	refused AZ-HELPER 3 ctl master list
	refused AZ-HELPER 3 ctl master may helpdesk alice
	carrier=$saved
}

check "each command asks for what its line says" asked
check "a set's end is a time to come: a date, a distance, seconds since 1970" moments
check "masters and their sets are shown in columns, and as objects" lists
check "an owner sees who may enter, by what, until when, and who did" owners_see
check "may says yes and by what, or no and why; the exit status says it too" yes_or_no
check "an answer that is neither yes nor no is none" garbled
for way in child socket; do
	[ $way = child ] || start_service
	check "$way: a master is defined, given owners, listed, and removed with its set" life
	check "$way: may says by what a master enters, and why not" may
	check "$way: who may enter a user, and who did, is listed" owners
done
carrier=$by_child
check "where the site says so an owner keeps all masters out, and lets them in again" forbidden
check "lines that are wrong are told from requests that are refused" usages

echo "1..$number"
[ "$failed" -eq 0 ]
