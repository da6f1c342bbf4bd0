#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl against the real helper, which an ordinary user runs on a folder of its own and is the host of.
. "$(dirname "$0")/authzctl_lib.sh"

is_token()
{
	grep -qx 'prftkn_[A-Za-z0-9_-]\{43\}' "$1" && [ "$(wc -c <"$1")" -eq 51 ]
}

count_tokens()
{
	ctl --json token list "$@" | wc -l
}

# ---- the command line

help_of_everything()
{
	for words in "" token "token generate" "token remove" "token list" profile "profile show" "profile enable" \
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
	usage "unknown object type queue" ctl authority grant -t queue -n x -p "$owner" +use
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

# ---- tokens

generate()
{
	run ctl token generate "$owner"
	status_is 0
	err_is ""
	is_token out || fail "standard output is not a token's text alone"
	run ctl token generate "$owner" --json --timeout 77
	status_is 0
	err_is ""
	grep -qx '{"result":"OK","number":0,"text":"Done.","token":"prftkn_[A-Za-z0-9_-]\{43\}","user":"'"$owner"'","seconds":77,"id":"[0-9a-f]\{16\}"}' out ||
		fail "the object is not as described"
}

wishes()
{
	before=$(count_tokens)
	for type in single multiple regenerable; do
		run ctl token generate "$owner" --type $type --timeout 1200 --password nopwdchk
		status_is 0
		[ "$(ctl --json token list | grep -c '"type":"'$type'","state":"live",.*"left":1[12][0-9][0-9],')" -ge 1 ] || fail "no $type token"
	done
	for password in nopwd nopwdsts; do
		run ctl token generate "$owner" --password $password --timeout -1
		status_is 0
	done
	[ "$(count_tokens)" -eq $((before + 5)) ] || fail "not five more"
}

refusals()
{
	refused CPF4AAB 1 ctl token generate "$owner" --timeout 0
	refused CPF4AAB 1 ctl token generate "$owner" --timeout 3601
	refused CPF4AAB 1 ctl token generate "$owner" --timeout -2
	refused CPF2204 1 ctl token generate no-such-user
	err_is "authzctl: CPF2204: User profile no-such-user not found."
	refused CPF22E3 1 ctl token generate games
	err_is "authzctl: CPF22E3: User profile games is disabled."
	refused CPF22E4 1 ctl token generate mail
	refused AZ-SYSTEM 1 ctl token generate root
	refused CPF3C3C 1 ctl token generate ""
	err_is "authzctl: CPF3C3C: Value for parameter user not valid."
	refused CPF3C3C 1 ctl token generate abcdefghijklmnopqrstuvwxyz1234567
}

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

bindings()
{
	run ctl token generate "$owner" --bind service=sshd --bind rhost=192.0.2.7 --bind tty=pts/3 --bind uid="$other"
	status_is 0
	run ctl token list
	out_has "service=sshd rhost=192.0.2.7 tty=pts/3 uid=$(id -u "$other")"
	run ctl token generate "$owner" --bind uid=4294967294
	status_is 0
	run ctl token list
	out_has "uid=4294967294"
	refused CPF3C3C 1 ctl token generate "$owner" --bind uid=4294967295
	refused CPF3C3C 1 ctl token generate "$owner" --bind uid=99999999999999999999
	refused CPF2204 1 ctl token generate "$owner" --bind uid=no-such-user
	refused CPF2204 1 ctl token generate "$owner" --bind uid=
	refused CPF3C3C 1 ctl token generate "$owner" --bind tty=
	refused CPF3C3C 1 ctl token generate "$owner" --bind service="$(printf '%064d' 1)"
	err_is "authzctl: CPF3C3C: Value for parameter bind service not valid."
	refused CPF3C3C 1 ctl token generate "$owner" --bind rhost="$(printf '%0256d' 1)"
	run ctl token generate "$owner" --bind rhost="$(printf '%0255d' 1)"
	status_is 0
}

remove()
{
	ctl token generate "$owner" >token
	before=$(count_tokens)
	ctl token remove <token >out 2>err
	status=$?
	status_is 0
	out_is ""
	err_is ""
	[ "$(count_tokens)" -eq $((before - 1)) ] || fail "the token is still there"
	ctl token remove <token >out 2>err
	status=$?
	status_is 0
	ctl --json token remove <token >out 2>err
	out_is '{"result":"OK","number":0,"text":"Done."}'
}

remove_by_descriptor()
{
	ctl token generate "$owner" >token
	ctl token generate "$owner" >>token
	echo rest >>token
	before=$(count_tokens)
	exec 7<token
	ctl token remove --token-fd 7 </dev/null 2>err || fail "the first is refused"
	ctl token remove --token-fd=7 </dev/null 2>err || fail "the second is refused"
	read -r rest <&7
	exec 7<&-
	[ "$rest" = rest ] || fail "more than two lines were read"
	[ "$(count_tokens)" -eq $((before - 2)) ] || fail "the tokens are still there"
}

no_tokens()
{
	text=$(ctl token generate "$owner")
	for wrong in "" x "prftkn_" "${text}x" "${text%?}" " $text" "$text " "prftkn-${text#prftkn_}"; do
		printf '%s\n' "$wrong" | ctl token remove >out 2>err
		status=$?
		status_is 1
		err_is "authzctl: CPF3C3C: Value for parameter token not valid."
	done
	run ctl token remove
	status_is 1
	head -c 100000 /dev/zero | ctl token remove >out 2>err
	status=$?
	status_is 1
	run ctl token remove --token-fd 9
	status_is 2
	err_is "authzctl: no token could be read from descriptor 9: Bad file descriptor"
	printf '%s\r\n' "$text" | ctl token remove >out 2>err
	status=$?
	status_is 0
}

# wait_for FILE TEXT: at most ten seconds until FILE has TEXT
wait_for()
{
	turns=0
	until grep -q -- "$2" "$1" 2>/dev/null || [ $turns -ge 100 ]; do
		sleep 0.1
		turns=$((turns + 1))
	done
}

# what is typed at a terminal of its own, at the prompt; what that shows is in "screen"
type_at_terminal()
{
	: >screen
	{
		wait_for screen 'Token: '
		printf '%s' "$1"
		wait_for screen 'echok'
	} | timeout 30 script -qec "trap : INT; $build/helpers/authzctl/authzctl --helper $scratch/helper --socket none token remove
		echo status \$?; stty -a" /dev/null >screen 2>&1
}

terminal()
{
	(sleep 1; printf '%s' "$1"; sleep 1) |
		timeout 20 script -qec "$build/helpers/authzctl/authzctl --helper $scratch/helper --socket none token remove; echo status \$?; stty -a" \
			/dev/null >screen 2>&1
}

terminal()
{
	text=$(ctl token generate "$owner")
	before=$(count_tokens)
	type_at_terminal "$text$(printf '\nx')"
	cp screen out
	grep -q 'Token: ' screen || fail "no prompt"
	grep -q 'status 0' screen || fail "refused"
	if grep -q "$text" screen; then fail "the terminal shows the token"; fi
	grep -Eq '(^|[ ;])echo ' screen || fail "the terminal was left without echo"
	[ "$(count_tokens)" -eq $((before - 1)) ] || fail "the token is still there"
}

interrupt()
{
	text=$(ctl token generate "$owner")
	type_at_terminal "${text}$(printf '\003')"
	cp screen out
	grep -q 'status 130' screen || fail "not ended by the interrupt"
	if grep -q "$text" screen; then fail "the terminal shows the token"; fi
	grep -Eq '(^|[ ;])echo ' screen || fail "the terminal was left without echo"
}

list()
{
	run ctl token list
	status_is 0
	head -1 out | grep -q '^TOKEN ID  *USER  *MAKER  *TYPE  *STATE  *MADE  *LEFT  *BOUND TO$' || fail "no titles"
	sed 1d out | grep -qvE '^[0-9a-f]{16}  [a-z]' && fail "a row that is none"
	run ctl token list --user "$other"
	[ "$(wc -l <out)" -eq 1 ] || fail "tokens of another user"
	[ "$(count_tokens --user "$owner")" -eq "$(count_tokens)" ] || fail "tokens missing"
	refused CPF2204 1 ctl token list --user no-such-user
	refused CPF3C3C 1 ctl token list --user ""
}

never_the_token()
{
	text=$(ctl token generate "$owner")
	for words in "token list" "--json token list" audit "--json audit"; do
		# shellcheck disable=SC2086
		run ctl $words
		status_is 0
		if grep -qF "${text#prftkn_}" out; then fail "$words has the token"; fi
	done
	if grep -rqF "${text#prftkn_}" state; then fail "the state has the token"; fi
}

pages()
{
	long=$(printf '%0255d' 7)
	index=0
	while [ $index -lt 300 ]; do
		ctl token generate "$owner" --bind rhost="$long" --bind service=$index >/dev/null || {
			fail "refused"
			return
		}
		index=$((index + 1))
	done
	run ctl --json token list
	status_is 0
	sed -n 's/.*"bindings":"service=\([0-9]*\) rhost=0.*/\1/p' out | sort -n >got
	index=0
	while [ $index -lt 300 ]; do
		echo $index
		index=$((index + 1))
	done >wanted
	cmp -s got wanted || fail "not each of the 300 once: $(wc -l <got) rows"
	run ctl token list
	[ "$(grep -c '^TOKEN ID' out)" -eq 1 ] || fail "not one row of titles"
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
	out_is '{"result":"OK","number":0,"text":"Done.","user":"'"$other"'","uid":'"$(id -u "$other")"',"status":"enabled","password":"set","special":[],"last_used":null,"disabled_by":null,"system":false,"last_used_at":null}'
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
	done_by ctl profile special "$other" -secadm
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

# ---- the audit

audits()
{
	run ctl audit
	status_is 0
	err_is ""
	out_has "event=token.generate"
	out_has "result=CPF22E3"
	wc -l <out >all
	run ctl audit --since 1h
	[ "$(wc -l <out)" -eq "$(cat all)" ] || fail "the last hour is not all"
	run ctl audit --since "$(date -u -d tomorrow +%Y-%m-%d)"
	status_is 0
	out_is ""
	run ctl audit --since @4000000000
	out_is ""
	run ctl --json audit
	[ "$(wc -l <out)" -eq "$(cat all)" ] || fail "JSON has not as many lines"
	if grep -qv '^{"line":"20[0-9][0-9]-.*"}$' out; then fail "a line that is not an object"; fi
}

follow()
{
	"$build/helpers/authzctl/authzctl" --helper "$scratch/helper" --socket none audit --follow >followed 2>err &
	pid=$!
	sleep 2
	before=$(wc -l <followed)
	ctl profile enable mail
	wait_for followed 'event=profile.enable phase=done.*owner=mail'
	sleep 1.5
	kill -0 $pid 2>/dev/null || fail "it ended by itself"
	kill $pid
	wait $pid 2>/dev/null
	[ "$before" -gt 100 ] || fail "the records before are not there"
	[ "$(grep -c 'event=profile.enable phase=done.*owner=mail' followed)" -eq 1 ] || fail "the new record is not there once"
	[ "$(wc -l <followed)" -eq $((before + 2)) ] || fail "there is more or less than the two records of the change"
}

follow_reader_gone()
{
	(
		timeout 20 "$build/helpers/authzctl/authzctl" --helper "$scratch/helper" --socket none audit --follow 2>err
		echo $? >ended
	) | head -1 >out
	[ "$(cat ended)" -eq 4 ] || fail "exit status $(cat ended)"
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

not_handed_over()
{
	before=$(count_tokens)
	for words in "" --json; do
		# shellcheck disable=SC2086
		ctl $words token generate "$owner" >/dev/full 2>err
		status=$?
		status_is 4
		# shellcheck disable=SC2086
		ctl $words token generate "$owner" >&- 2>err
		status=$?
		status_is 4
	done
	[ "$(count_tokens)" -eq "$before" ] || fail "tokens that nobody has"
	[ "$(ctl audit | grep -c 'event=token.remove.*phase=done.*result=OK')" -ge 4 ] || fail "they were not removed"
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

not_looked_into()
{
	"$build/helpers/authzctl/authzctl" --helper "$scratch/hung" --socket none --wait 2 token generate "$owner" 2>err &
	pid=$!
	sleep 1
	[ "$(stat -c %u /proc/$pid/mem)" -eq 0 ] || fail "its memory is its user's to read"
	wait $pid
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

arguments_and_environment()
{
	text=$(ctl token generate "$owner")
	cat >spy <<END
#!/bin/sh
cat /proc/\$\$/cmdline /proc/\$\$/environ /proc/\$PPID/cmdline /proc/\$PPID/environ >>$scratch/spied 2>/dev/null
exec $scratch/helper
END
	chmod 755 spy
	: >spied
	printf '%s\n' "$text" | ctl --helper "$scratch/spy" token remove 2>err || fail "refused"
	[ -s spied ] || fail "nothing was spied"
	if grep -qaF "$text" spied; then fail "the token is in an argument or the environment"; fi
	if grep -qF "$text" err; then fail "the token is in a message"; fi
	printf '%s\n' "${text%?}" | ctl token remove 2>err
	if grep -qF "${text%?}" err; then fail "a wrong token is in a message"; fi
}

check "every command has help, which is an answer and not an error" help_of_everything
check "help that was asked for comes before faults further on" help_before_faults
check "unknown commands, options and words are usage errors that name them" unknown_things
check "values that a command does not know are usage errors that name them" wrong_values
check "options have the habits of getopt_long, and signed words get through" getopt_habits
check "token generate prints the token's text alone" generate
check "type, time-out and password are what was wished" wishes
check "a refusal has its code and sentence on standard error, and exit status 1" refusals
check "with --json a refusal is an object on standard output" json_refusal
check "with --quiet only the exit status speaks of a refusal" quiet
check "a token can be bound to service, remote host, terminal and user, by name or number" bindings
check "token remove takes the token from standard input, and removing it again is no error" remove
check "token remove takes one line of any descriptor and nothing after it (secret MUST 2)" remove_by_descriptor
check "what is not exactly a token's text is refused and never asked for" no_tokens
check "a terminal shows nothing of a token, and shows what is typed again afterwards (secret MUST 1)" terminal
check "a terminal that was interrupted at the prompt shows what is typed again (secret MUST 1)" interrupt
check "a token is never in an argument, the environment or a message (token MUST 1)" arguments_and_environment
check "the memory of authzctl is not open to its user while it deals with a token" not_looked_into
check "a token that could not be written is removed again (token MUST 2)" not_handed_over
check "token list shows all tokens, or those of one user" list
check "neither list nor audit nor state have the text of a token" never_the_token
check "a list of many pages has each token once" pages
check "control characters of the answer are never written as they are" controls
check "profile show, disable and enable say and do what the page says" profiles
check "special authorities are given and taken by signed words" specials
check "authority grant and revoke take users and groups" authorities
check "the first refusal of several is the last request, and it is said how many were done" first_refusal
check "audit shows what was recorded, since any time" audits
check "audit --follow shows a new record once" follow
check "audit --follow ends when nobody reads any more" follow_reader_gone
check "output that cannot be written is an error of its own" write_errors
check "a helper out of reach is exit status 3" out_of_reach
check "a hung helper is left after the deadline that was asked for" deadline
check "closed standard descriptors harm nothing" closed_descriptors

echo "1..$number"
[ "$failed" -eq 0 ]
