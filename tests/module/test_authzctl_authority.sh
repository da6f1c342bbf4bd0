#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl authority: what it shows, and what it takes.
# shellcheck disable=SC2154,SC2034 # authzctl_lib.sh sets variables and reads them
. "$(dirname "$0")/authzctl_lib.sh"

group=$(id -gn "$owner")

usage_errors()
{
	usage "unknown object type quay" ctl authority set -t quay -n AB -p "$owner" +get
	usage "unknown authority +connect" ctl authority set -t queue -n AB -p "$owner" +connect
	usage "unknown authority +GET" ctl authority check -t queue -n AB -p "$owner" +GET
	usage "no authority given" ctl authority set -t queue -n AB -p "$owner"
	usage "no authority given" ctl authority check -t queue -n AB -p "$owner"
	usage "check takes +get" ctl authority check -t queue -n AB -p "$owner" -get
	usage "only one -p or -g" ctl authority explain -t queue -n AB -p "$owner" -g "$group"
	usage "option -t is missing" ctl authority show -n AB -p "$owner"
	usage "option -n is missing" ctl authority delete -t queue
	usage "option -n is missing" ctl authority list --matching
	usage "only one of --matching and --pattern" ctl authority list -n A --matching --pattern
	usage "only one of -p and -g" ctl authority list -p "$owner" -g "$group"
	usage "NEW is missing" ctl authority copy -t queue -n AB
	usage "option -p or -g is missing" ctl authority explicit -t queue -n AB
}

set_and_show()
{
	done_by ctl authority set -t q -n 'AB.*' -p "$owner" -p "$other" +allmqi -put
	run ctl authority show -t queue -n AB.CD -p "$owner"
	status_is 0
	out_is "Entity $owner has the following authorizations for object AB.CD:
	browse
	get
	inq
	set
	passid
	passall
	setid
	setall"
	done_by ctl authority set -t queue -n 'AB.*' -p "$owner" +get
	run ctl --json authority show -t queue -n AB.CD -p "$owner" -g "$group"
	status_is 0
	out_has '"entities":[{"kind":"user","name":"'"$owner"'","mask":4,"authorities":["get"]},{"kind":"group","name":"'"$group"'","mask":0,"authorities":[]}]'
	done_by ctl authority grant -t queue -n 'AB.*' -g "$group" -g nobody +put
	run ctl authority explicit -t queue -n AB.CD -p "$owner"
	out_is "Entity $owner has the following authorizations for object AB.CD:
	put"
	done_by ctl authority set -t queue -n 'AB.*' -g "$group" +none
	run ctl authority explicit -t queue -n AB.CD -p "$owner"
	out_is "Entity $owner has the following authorizations for object AB.CD:"
	refused 2292 1 ctl authority explicit -t queue -n AB.CD -p no-such-user
}

check_it()
{
	done_by ctl authority check -t queue -n AB.CD -p "$owner" -p "$other" +get
	done_by ctl authority check -t queue -n AB.CD -p no-such-user +put
	refused 2035 1 ctl authority check -t queue -n AB.CD -p no-such-user +get
	refused 2035 1 ctl authority check -t queue -n XY -p "$owner" +get
	run ctl authority check -t queue -n AB.CD -p "$other" -p no-such-user +browse
	status_is 1
	grep -q '^authzctl: Done for 1 of 2' err || fail "how far it came is not said"
	refused CPF3C3C 1 ctl authority check -t queue -n 1234567890123456789012345678901234567890123456789 -p "$owner" +get
	refused CPF3C3C 1 ctl authority set -t queue -n 'A**' -p "$owner" +get
}

explain_it()
{
	done_by ctl authority set -t queue -n '**' -g nobody +dsp
	run ctl authority explain -t queue -n AB.CD -p "$owner" +get +put +dsp
	status_is 0
	out_is "Profile AB.* counts.
Profile ** matches, but is less specific.
get     given by user $owner
put     given by group nobody, which is everybody's
dsp     refused: no record has it"
	run ctl authority explain -t topic -n AB.CD -p "$owner" +pub
	out_is "No profile of type topic that you may see is for AB.CD.
pub     refused: no record has it"
	run ctl --json authority explain -t queue -n AB.CD -p "$owner" +get
	out_has '"counts":"AB.*","passed_over":["**"],"records":[{"kind":"user","name":"'"$owner"'","counts":true,"mask":4,"authorities":["get"]},'
	out_has '"held":["get","put"]'
}

list_it()
{
	run ctl authority list -t queue
	status_is 0
	grep -Eq "^queue +AB\.\* +p +$owner +get +- +[0-9]+ +20" out || fail "the user's record is not listed"
	grep -Eq '^queue +\*\* +g +nobody +dsp +- ' out || fail "everybody's record is not listed"
	run ctl --json authority list -t queue -p "$owner"
	out_has '"type":"queue","profile":"AB.*","kind":"p","entity":"'"$owner"'","authorities":["get"],"state":"","maker":'
	run ctl authority list -n AB.CD --matching
	[ "$(grep -c '^queue' out)" -eq 4 ] || fail "not all profiles that match"
	run ctl authority list -n 'AB.?' --pattern
	[ "$(grep -c '^queue' out)" -eq 3 ] || fail "not the profiles that the name matches"
	run ctl authority list -t topic
	[ "$(wc -l <out)" -eq 1 ] || fail "something of another type"
}

copy_and_delete()
{
	done_by ctl authority copy -t queue -n 'AB.*' NEW.1
	done_by ctl authority check -t queue -n NEW.1 -p "$owner" +get +put
	refused AZ-RECORDS 1 ctl authority copy -t queue -n 'AB.*' NEW.1
	refused 2294 1 ctl authority copy -t queue -n NOSUCH NEW.2
	refused CPF3C3C 1 ctl authority copy -t queue -n NEW.1 ""
	run ctl --json authority delete -t queue -n NEW.1
	out_has '"deleted":3'
	run ctl --json authority delete -t queue -n NEW.1
	out_has '"deleted":0'
	done_by ctl authority delete -t queue -n NEW.1
}

check "a line that is wrong is refused with what is wrong" usage_errors
check "set leaves what the words leave, and show and explicit show it" set_and_show
check "check answers by its exit status" check_it
check "explain says which record of whom gives or refuses each authority" explain_it
check "list has the records, of a type, an entity, or a name" list_it
check "copy and delete" copy_and_delete
echo "1..$number"
[ "$failed" -eq 0 ]
