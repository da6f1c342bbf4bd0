#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl against the real helper, which an ordinary user runs on a folder of its own and is the host of.
. "$(dirname "$0")/authzctl_lib.sh"

# ---- the command line

help_of_everything()
{
	for words in "" token "token generate" "token regenerate" "token timeout" "token check" "token invalidate" "token remove" \
		"token list" "token renew" profile "profile show" "profile enable" \
		"profile disable" "profile special" authority "authority grant" "authority revoke" audit store "store check" \
		"store stats" "store dump" "store load" "store backup"; do
		# shellcheck disable=SC2086
		run ctl $words --help
		status_is 0
		err_is ""
		out_has "authzctl $words"
		out_has "--json"
	done
	run ctl --version
	status_is 0
	grep -q '^authzctl (authz) [0-9]' out || fail "no version"
}

help_before_faults()
{
	run ctl token generate --help --no-such
	status_is 0
	out_has "--type single|multiple|regenerable"
	if grep -q -- --since out; then fail "help for another command"; fi
}

unknown_things()
{
	usage "no command given" ctl
	usage "no command given; try authzctl token --help" ctl token
	usage "unknown command walrus" ctl walrus
	usage "unknown command token walrus" ctl token walrus
	usage "unknown option --walrus" ctl token list --walrus
	usage "unknown option --walrus" ctl token list --walrus=1
	usage "unknown option --type" ctl --type single token generate "$owner"
	usage "unknown option --since; try authzctl token --help" ctl token list --since 1d
	usage "unknown option -x" ctl token list -x
	usage "unknown option -use" ctl token list -use
	usage "unexpected word walrus" ctl token list walrus
	usage "unexpected word walrus" ctl profile show "$owner" walrus
	usage "USER is missing" ctl profile show
	usage "option --user needs USER" ctl token list --user
	usage "option --json has no value" ctl token list --json=yes
	usage "option --user is there twice" ctl token list --user "$owner" --user "$owner"
	usage "ambiguous option --t" ctl token generate "$owner" --t 1
	usage 'unknown option --\x1b[31m' ctl token list "--$(printf '\033[31m')"
}

wrong_values()
{
	usage "unknown --type walrus" ctl token generate "$owner" --type walrus
	usage "unknown --password walrus" ctl token generate "$owner" --password walrus
	usage "--timeout 1m is no number" ctl token generate "$owner" --timeout 1m
	usage "--timeout  is no number" ctl token generate "$owner" --timeout ""
	usage "unknown --bind walrus=1" ctl token generate "$owner" --bind walrus=1
	usage "unknown --bind service" ctl token generate "$owner" --bind service
	usage "--bind tty is there twice" ctl token generate "$owner" --bind tty=1 --bind tty=2
	usage "--bind uid is there twice" ctl token generate "$owner" --bind uid=1 --bind uid=1
	usage "--token-fd x is no descriptor" ctl token remove --token-fd x
	usage "--token-fd -1 is no descriptor" ctl token remove --token-fd -1
	usage "--wait 0 is not from 1 to 60" ctl --wait 0 token list
	usage "--wait 61 is not from 1 to 60" ctl --wait 61 token list
	usage "--helper helper is no absolute path" ctl --helper helper token list
	usage "--socket here is no absolute path" ctl --socket here token list
	usage "unknown time yesterday" ctl audit --since yesterday
	usage "unknown special authority +walrus" ctl profile special "$owner" +walrus
	usage "unknown special authority -walrus" ctl profile special "$owner" -walrus
	usage "both +secadm and -secadm" ctl profile special "$owner" +secadm -secadm
	usage "no special authority given" ctl profile special "$owner"
	usage "unknown object type quay" ctl authority grant -t quay -n x -p "$owner" +use
	usage "unknown authority +get" ctl authority grant -t profile -n "$owner" -p "$other" +get
	usage "grant takes +use" ctl authority grant -t profile -n "$owner" -p "$other" -use
	usage "no authority given" ctl authority revoke -t profile -n "$owner" -p "$other"
	usage "option -p or -g is missing" ctl authority grant -t profile -n "$owner" +use
	usage "option -n is missing" ctl authority grant -t profile -p "$other" +use
	usage "option -t is missing" ctl authority grant -n "$owner" -p "$other" +use
	usage "option -n is there twice" ctl authority grant -t profile -n "$owner" -n "$other" -p "$other" +use
}

getopt_habits()
{
	for words in "--user=$owner" "--user $owner" "--us $owner" "--u=$owner" "--user $owner --"; do
		# shellcheck disable=SC2086
		run ctl token list $words
		status_is 0
		err_is ""
	done
	done_by ctl authority grant +use -p "$other" -n "$owner" -t profile
	done_by ctl profile special +allobj "$owner" -secadm
	done_by ctl profile special -- "$owner" +secadm -allobj
	done_by ctl profile special "$owner" -secadm
	refused CPF2204 1 ctl profile disable -- --no-such-user
}

# ---- answers

json_refusal()
{
	run ctl --json token generate games
	status_is 1
	err_is ""
	out_is '{"result":"CPF22E3","number":5,"text":"User profile games is disabled."}'
	run ctl --json token generate ""
	status_is 1
	out_is '{"result":"CPF3C3C","number":8,"text":"Value for parameter user not valid."}'
}

quiet()
{
	run ctl --quiet token generate games
	status_is 1
	out_is ""
	err_is ""
	run ctl --quiet token generate "$owner"
	status_is 0
	is_token out || fail "the answer is missing"
	run ctl --quiet token walrus
	status_is 2
	[ -s err ] || fail "a usage error is not said"
}

controls()
{
	run ctl token generate "$owner" --bind tty="$(printf 'a\033[2J\001\177\233\302\233z')"
	status_is 0
	run ctl token list
	status_is 0
	out_has 'tty=a\x1b[2J\x01\x7f\x9b\xc2\x9bz'
	run ctl --json token list
	status_is 0
	if LC_ALL=C tr -d ' -~\n' <out | grep -q .; then fail "JSON is not printable ASCII"; fi
	run ctl profile disable "$(printf 'x\033[31m')"
	status_is 1
	if LC_ALL=C tr -d ' -~\n' <err | grep -q .; then fail "a message is not printable ASCII"; fi
	run ctl audit
	if LC_ALL=C tr -d ' -~\n' <out | grep -q .; then fail "the audit is not printable ASCII"; fi
}

# ---- profiles and authorities

profiles()
{
	run ctl profile show "$other"
	status_is 0
	err_is ""
	for line in "User profile:         $other" "User id:              $(id -u "$other")" "Status:               enabled" \
		"Disabled by:          -" "Password:             set" "Special authorities:  none" "System profile:       no"; do
		grep -qxF "$line" out || fail "no line \"$line\""
	done
	run ctl --json profile show "$other"
	out_is '{"result":"OK","number":0,"text":"Done.","user":"'"$other"'","uid":'"$(id -u "$other")"',"status":"enabled","password":"set","special":[],"last_used":null,"disabled_by":null,"system":false,"last_used_at":null,"wrong_passwords":0}'
	done_by ctl profile disable "$other"
	run ctl profile show "$other"
	out_has "Status:               disabled"
	out_has "Disabled by:          authz"
	refused CPF22E3 1 ctl token generate "$other"
	done_by ctl profile enable "$other"
	before=$(date +%s)
	run ctl token generate "$other"
	status_is 0
	run ctl profile show "$other"
	grep -Eqx 'Last used: +[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}' out || fail "the last use is not shown to the second"
	run ctl --json profile show "$other"
	at=$(sed -n 's/.*"last_used_at":\([0-9]*\)[,}].*/\1/p' out)
	[ "${at:-0}" -ge "$before" ] && [ "$at" -le "$(date +%s)" ] || fail "last_used_at is $at"
	out_has "\"last_used\":\"$(date -u +%Y-)"
	mv state/tokens state/tokens.away
	run ctl profile show "$other"
	mv state/tokens.away state/tokens
	status_is 0
	grep -Eqx 'Last used: +[0-9]{4}-[0-9]{2}-[0-9]{2}' out || fail "without the tokens' store the day is not shown"
	run ctl profile show games
	out_has "Disabled by:          shadow"
	run ctl profile show mail
	out_has "Password:             expired"
	refused CPF2204 1 ctl profile show no-such-user
}

specials()
{
	done_by ctl profile special "$other" +allobj +secadm
	run ctl --json profile show "$other"
	out_has '"special":["allobj","secadm"]'
	done_by ctl profile special "$other" -allobj
	run ctl profile show "$other"
	out_has "Special authorities:  secadm"
	done_by ctl profile special "$other" +supervisor
	run ctl --json profile show "$other"
	out_has '"special":["secadm","supervisor"]'
	done_by ctl profile special "$other" -secadm -supervisor
	run ctl --json profile special "$other" -secadm
	out_is '{"result":"OK","number":0,"text":"Done."}'
}

authorities()
{
	done_by ctl authority grant -t profile -n "$owner" -p "$other" -p mail -g "$(id -gn "$other")" +use
	done_by ctl authority revoke -t profile -n "$owner" -p "$other" -use
	done_by ctl authority revoke -t profile -n "$owner" -g "$(id -gn "$other")" -p mail +use
	run ctl --json authority grant -t profile -n "$owner" -p "$other" +use
	out_is '{"result":"OK","number":0,"text":"Done.","done":1}'
	refused 2292 1 ctl authority grant -t profile -n "$owner" -p no-such-user +use
	err_is "authzctl: 2292: Entity no-such-user unknown to service."
	refused 2292 1 ctl authority grant -t profile -n "$owner" -g no-such-group +use
	refused CPF2204 1 ctl authority grant -t profile -n no-such-user -p "$other" +use
	refused CPF3C3C 1 ctl authority grant -t profile -n "" -p "$other" +use
	refused CPF3C3C 1 ctl authority grant -t profile -n "$owner" -p "" +use
	refused CPF3C3C 1 ctl authority grant -t profile -n "$owner" -g abcdefghijklmnopqrstuvwxyz1234567 +use
}

first_refusal()
{
	before=$(ctl audit | grep -c 'entity=p:mail')
	run ctl authority grant -t profile -n "$owner" -p "$other" -p no-such-user -p mail +use
	status_is 1
	out_is ""
	err_is "authzctl: 2292: Entity no-such-user unknown to service.
authzctl: Done for 1 of 3, in the order of the line."
	[ "$(ctl audit | grep -c 'entity=p:mail')" -eq "$before" ] || fail "the third was asked for"
	run ctl --json authority grant -t profile -n "$owner" -p "$other" -p no-such-user -p mail +use
	out_is '{"result":"2292","number":15,"text":"Entity no-such-user unknown to service.","done":1}'
	run ctl authority grant -t profile -n "$owner" -p "$other" -p "" +use
	status_is 1
	err_is "authzctl: CPF3C3C: Value for parameter principal not valid."
}

# ---- what goes wrong

write_errors()
{
	for words in --help --version "token list" "profile show $owner" "--json profile show $owner" "audit" "--json audit" \
		"--json profile enable $owner"; do
		# shellcheck disable=SC2086
		ctl $words >/dev/full 2>err
		status=$?
		status_is 4
		grep -q '^authzctl: standard output: ' err || fail "no message: $words"
		[ "$(wc -l <err)" -eq 1 ] || fail "not one message: $words"
	done
	ctl token list >&- 2>err
	status=$?
	status_is 4
	{
		sleep 0.3
		ctl audit 2>err
		echo $? >ended
	} | exec 0<&-
	[ "$(cat ended)" -eq 4 ] || fail "nobody read, and the exit status is $(cat ended)"
	grep -q '^authzctl: standard output: Broken pipe$' err || fail "no message when nobody reads"
	done_by ctl profile enable "$owner"
	ctl profile enable "$owner" >/dev/full 2>err || fail "nothing to say, and yet an error"
}

out_of_reach()
{
	run ctl --helper "$scratch/no-helper" token list
	status_is 3
	out_is ""
	grep -q "^authzctl: AZ-HELPER: The helper $scratch/no-helper" err || fail "no AZ-HELPER"
	run ctl --helper "$scratch/no-helper" --json token list
	status_is 3
	err_is ""
	out_has '{"result":"AZ-HELPER","number":60,'
}

deadline()
{
	start=$(date +%s)
	run ctl --helper "$scratch/hung" --wait 1 token list
	status_is 3
	grep -q '^authzctl: AZ-LATE: ' err || fail "no AZ-LATE"
	[ $(($(date +%s) - start)) -le 4 ] || fail "it took $(($(date +%s) - start)) seconds"
}

closed_descriptors()
{
	ctl profile show "$owner" 0<&- >out 2>err
	status=$?
	status_is 0
	ctl profile enable "$owner" 0<&- 1>&- 2>&-
	status=$?
	status_is 0
	ctl token generate "$owner" <&- >token 2>&-
	is_token token || fail "no token"
}

check "every command has help, which is an answer and not an error" help_of_everything
check "help that was asked for comes before faults further on" help_before_faults
check "unknown commands, options and words are usage errors that name them" unknown_things
check "values that a command does not know are usage errors that name them" wrong_values
check "options have the habits of getopt_long, and signed words get through" getopt_habits
check "with --json a refusal is an object on standard output" json_refusal
check "with --quiet only the exit status speaks of a refusal" quiet
check "control characters of the answer are never written as they are" controls
check "profile show, disable and enable say and do what the page says" profiles
check "special authorities are given and taken by signed words" specials
check "authority grant and revoke take users and groups" authorities
check "the first refusal of several is the last request, and it is said how many were done" first_refusal
check "output that cannot be written is an error of its own" write_errors
check "a helper out of reach is exit status 3" out_of_reach
check "a hung helper is left after the deadline that was asked for" deadline
check "closed standard descriptors harm nothing" closed_descriptors

echo "1..$number"
[ "$failed" -eq 0 ]
