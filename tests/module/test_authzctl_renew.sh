#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl token renew against the real helper, as in test_authzctl.sh.
. "$(dirname "$0")/authzctl_lib.sh"

# a file as a session has it
make()
{
	rm -rf session
	mkdir session
	ctl token generate "$owner" --type regenerable "$@" >session/token || fail "no token"
	chmod 400 session/token
}

count_tokens()
{
	ctl --json token list | grep -c '"state":"live"'
}

seconds_left()
{
	ctl token timeout <session/token
}

# renews ARGUMENT...: in the background; its process in $pid, its words in "said"
renews()
{
	"$build/helpers/authzctl/authzctl" --helper "${using:-$scratch/helper}" --socket none token renew --watch --file session/token "$@" \
		>out 2>said &
	pid=$!
}

# ended STATUS: within ten seconds, by itself
ended()
{
	turns=0
	while kill -0 $pid 2>/dev/null && [ $turns -lt 100 ]; do
		sleep 0.1
		turns=$((turns + 1))
	done
	kill $pid 2>/dev/null && fail "it goes on"
	wait $pid
	status=$?
	cp said err
	status_is "$1"
}

alone()
{
	[ "$(ls session)" = token ] || fail "there is more than the file: $(ls session)"
}

once()
{
	make --timeout 100
	cp session/token old
	chmod 440 session/token
	before=$(count_tokens)
	done_by ctl token renew --file session/token
	cmp -s old session/token && fail "it is the same token"
	[ "$(seconds_left)" -gt 3500 ] || fail "it does not live an hour"
	[ "$(count_tokens)" -eq "$before" ] || fail "there are more tokens, or less"
	ctl token timeout <old >out 2>err && fail "the old one is still there"
	[ "$(stat -c '%a %s' session/token)" = "440 51" ] || fail "the file has another mode or size"
	alone
	AUTHZ_TOKEN_FILE=session/token
	export AUTHZ_TOKEN_FILE
	run ctl --json token renew --timeout 77
	unset AUTHZ_TOKEN_FILE
	status_is 0
	out_is '{"result":"OK","number":0,"text":"Done.","seconds":77}'
	[ "$(seconds_left)" -le 77 ] || fail "not the time that was wished"
}

refusals()
{
	usage "no --file, and there is no AUTHZ_TOKEN_FILE" ctl token renew
	usage "--timeout 0 is not from 1 to 3600" ctl token renew --file session/token --timeout 0
	usage "unexpected word" ctl token renew session/token
	make
	ctl token generate "$owner" --type multiple >multiple
	refused AZ-NOREGEN 1 ctl token renew --file multiple
	refused AZ-NOREGEN 1 ctl token renew --watch --timeout 3 --file short
}

short()
{
	ctl token generate "$owner" --type multiple --timeout 1 >short
	refusals
	cp session/token kept
	ctl token invalidate <session/token
	refused AZ-INVALID 1 ctl token renew --file session/token
	refused CPF2274 1 ctl token renew --watch --file session/token
	cmp -s kept session/token || fail "the file was changed"
	alone
}

what_is_no_file()
{
	make
	ln -s token session/link
	mkfifo session/pipe
	echo walrus >session/walrus
	for file in link pipe .; do
		run ctl token renew --file session/$file
		status_is 2
		grep -q "^authzctl: cannot read session/$file: " err || fail "$file is not refused"
	done
	run ctl token renew --file session/walrus
	status_is 2
	err_is "authzctl: cannot take a token from session/walrus: there is none in it"
	run ctl token renew --watch --file session/none
	status_is 2
	err_is "authzctl: cannot read session/none: No such file or directory"
	run ctl token renew --file /etc/passwd
	status_is 2
	err_is "authzctl: cannot read /etc/passwd: it is no regular file of your own"
}

cannot_write()
{
	make
	before=$(count_tokens)
	chmod 500 session
	run ctl token renew --file session/token
	chmod 700 session
	status_is 4
	err_is "authzctl: cannot write session/token: Permission denied"
	[ "$(count_tokens)" -eq "$before" ] || fail "there is a token that is in no file"
	[ "$(seconds_left)" -gt 0 ] || fail "the old one is dead"
}

always_whole()
{
	make
	: >stop
	: >seen
	(
		while [ -e stop ]; do
			cat session/token >>seen || echo unreadable >>seen
		done
	) &
	reader=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ctl token renew --file session/token || fail "refused"
	done
	rm stop
	wait $reader
	if grep -qvx 'prftkn_[A-Za-z0-9_-]\{43\}' seen; then fail "half a token was seen"; fi
	[ "$(sort -u seen | wc -l)" -ge 2 ] || fail "the reader did not see the tokens change"
}

watches()
{
	make --timeout 2
	before=$(count_tokens)
	cp session/token first
	renews --timeout 2
	for _ in 1 2 3 4 5 6; do
		sleep 1
		[ "$(seconds_left)" -gt 0 ] || fail "the token of the file is dead"
	done
	cmp -s first session/token && fail "it is still the first token"
	rm session/token
	ended 0
	err_is "authzctl: session/token is gone, and its token is not renewed any more."
	[ -z "$(ls session)" ] || fail "something was left or made"
	[ "$(count_tokens)" -le "$before" ] || fail "there are more tokens"
}

file_taken_away()
{
	ctl token remove --all 2>/dev/null
	make --timeout 6
	# once it answers it waits for the file to go, so that this falls between the answer and the replacing
	cat >slow <<-END
	#!/bin/sh
	if [ -e $scratch/meanwhile ]; then
		rm $scratch/meanwhile
		$scratch/helper
		mv $scratch/session/token $scratch/taken
	else
		exec $scratch/helper
	fi
	END
	chmod 755 slow
	using=$scratch/slow
	renews --timeout 6
	using=
	sleep 1
	: >meanwhile
	ended 0
	[ ! -e meanwhile ] || fail "nothing was asked meanwhile"
	[ -z "$(ls session)" ] || fail "the file was made anew"
	[ "$(count_tokens)" -le 1 ] || fail "a token is in no file"
}

chain_end()
{
	cp state/authz.conf conf
	echo "chain_life = 4" >>state/authz.conf
	make --timeout 2
	begin=$(date +%s)
	renews --timeout 2
	ended 1
	took=$(($(date +%s) - begin))
	cp conf state/authz.conf
	err_is "authzctl: AZ-CHAIN: The chain of regenerations of this profile token has come to its end."
	[ $took -ge 3 ] && [ $took -le 6 ] || fail "it took $took seconds"
	[ "$(seconds_left)" -eq 0 ] || fail "the token lives"
	alone
}

out_of_reach()
{
	make --timeout 4
	printf '#!/bin/sh\n[ ! -e %s/away ] || exit 1\nexec %s/helper\n' "$scratch" "$scratch" >moody
	chmod 755 moody
	using=$scratch/moody
	renews --timeout 4
	sleep 1
	: >away
	sleep 2
	rm away
	sleep 2.5
	kill -0 $pid 2>/dev/null || fail "it gave up"
	[ "$(seconds_left)" -gt 0 ] || fail "the token is dead"
	: >away
	ended 3
	using=
	rm -f away
	grep -q '^authzctl: AZ-DIED: ' err || fail "no AZ-DIED"
	alone
}

interrupted()
{
	make --timeout 2
	renews --timeout 2
	sleep 2.5
	kill -TERM $pid
	wait $pid
	status=$?
	status_is 143
	alone
	[ "$(seconds_left)" -gt 0 ] || fail "the token of the file is dead"
}

a_moment_for_readers()
{
	make --timeout 8
	cp -f session/token held
	renews --timeout 8
	turns=0
	while cmp -s held session/token && [ $turns -lt 600 ]; do sleep 0.01; turns=$((turns + 1)); done
	ctl token check "$owner" <held 2>err || fail "the old token was removed at once"
	sleep 2
	ctl token timeout <held >out 2>err && fail "the old token is still there"
	cp -f session/token held
	while cmp -s held session/token && [ $turns -lt 1200 ]; do sleep 0.01; turns=$((turns + 1)); done
	kill -TERM $pid
	wait $pid
	status=$?
	status_is 143
	ctl token timeout <held >out 2>err && fail "what ended it left the old token"
	alone
}

two_at_once()
{
	make --timeout 2
	before=$(count_tokens)
	renews --timeout 2
	first=$pid
	renews --timeout 2
	sleep 4
	[ "$(seconds_left)" -gt 0 ] || fail "the token of the file is dead"
	kill -0 $first 2>/dev/null && kill -0 $pid 2>/dev/null || fail "one of them gave up"
	rm -f session/token
	ended 0
	wait $first || fail "the other ended with $?"
	[ -z "$(ls session)" ] || fail "something was left or made"
}

check "token renew puts a new token into the file, with its mode, and then removes the old one (token_renew MUST 1)" once
check "what cannot be renewed is refused by name, and the file stays" short
check "what is no regular file of the user's own is not touched (token_file MUST 3)" what_is_no_file
check "a new token that cannot be put into the file is removed again (token_renew MUST 2)" cannot_write
check "whoever reads the file meanwhile finds a whole token (token_file MUST 1)" always_whole
check "token renew --watch keeps a token of two seconds alive until its file is gone (token_file MUST 2)" watches
check "a file that is taken away during a renewal is not made anew (token_file MUST 2)" file_taken_away
check "token renew --watch ends with the chain" chain_end
check "token renew --watch tries again as long as the token lives" out_of_reach
check "token renew --watch that is ended leaves a whole file with a token that lives" interrupted
check "who has just read the old token can use it yet, and it is removed then (token_renew MUST 1)" a_moment_for_readers
check "two of them at once do not disturb each other" two_at_once

echo "1..$number"
[ "$failed" -eq 0 ]
