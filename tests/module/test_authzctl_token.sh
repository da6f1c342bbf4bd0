#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl with tokens, and with the audit of them, against the real helper.
. "$(dirname "$0")/authzctl_lib.sh"

count_tokens()
{
	ctl --json token list "$@" | wc -l
}

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

terminal()
{
	text=$(ctl token generate "$owner")
	before=$(count_tokens)
	type_at_terminal 'Token: ' "$text$(printf '\nx')" 'token remove'
	grep -q 'Token: ' screen || fail "no prompt"
	grep -q 'status 0' screen || fail "refused"
	terminal_hid token "$text"
	[ "$(count_tokens)" -eq $((before - 1)) ] || fail "the token is still there"
}

interrupt()
{
	text=$(ctl token generate "$owner")
	type_at_terminal 'Token: ' "$text$(printf '\003')" 'token remove'
	grep -q 'status 130' screen || fail "not ended by the interrupt"
	terminal_hid token "$text"
}

list()
{
	run ctl token list
	status_is 0
	head -1 out | grep -q '^TOKEN ID  *USER  *MAKER  *TYPE  *STATE  *MADE  *LEFT  *BOUND TO  *MASTER$' || fail "no titles"
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

not_looked_into()
{
	"$build/helpers/authzctl/authzctl" --helper "$scratch/hung" --socket none --wait 2 token generate "$owner" 2>err &
	pid=$!
	sleep 1
	[ "$(stat -c %u /proc/$pid/mem)" -eq 0 ] || fail "its memory is its user's to read"
	wait $pid
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

check "token generate prints the token's text alone" generate
check "type, time-out and password are what was wished" wishes
check "a refusal has its code and sentence on standard error, and exit status 1" refusals
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
check "audit shows what was recorded, since any time" audits
check "audit --follow shows a new record once" follow
check "audit --follow ends when nobody reads any more" follow_reader_gone

echo "1..$number"
[ "$failed" -eq 0 ]
