#!/bin/sh
# SPDX-License-Identifier: ISC
# What authzctl does with tokens that it is given, and with passwords: against the real helper, as in test_authzctl.sh.
. "$(dirname "$0")/authzctl_lib.sh"

# crypt("right $password")
# shellcheck disable=SC2016
hash='$6$salt$GvHV2eRSMfGBRBYYEP37XLZKChjra4jYKKvz0Q7gsy6v8qSTF.XwbEwsPYuyeB3Ha3dG4gj5dQNodlRw8i2hR/'
sed -i "s|^$owner:[^:]*:|$owner:$hash:|" shadow
printf '%s\n' "right \$password" >right
printf '%s\n' "wrong one" >wrong

# a text of the right form, that is no token
nobodys=prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

make()
{
	ctl token generate "$owner" --type regenerable "$@" >token || fail "no token"
}

# held COMMAND...: with the token as standard input
held()
{
	ctl "$@" <token >out 2>err
	status=$?
}

held_refused()
{
	held_code=$1
	shift
	held "$@"
	status_is 1
	out_is ""
	grep -q "^authzctl: $held_code: " err || fail "no $held_code: $*"
}

count_tokens()
{
	ctl --json token list "$@" | wc -l
}

# ---- a token from a token

regenerate()
{
	make --timeout 100
	held token regenerate
	status_is 0
	err_is ""
	grep -qx 'prftkn_[A-Za-z0-9_-]\{43\}' out && [ "$(wc -c <out)" -eq 51 ] || fail "standard output is not a token's text alone"
	cmp -s token out && fail "it is the same"
	ctl token check "$owner" <out 2>err || fail "the new one does not stand for the user"
	held token check "$owner"
	status_is 0
	held token regenerate --json --timeout 77 --type multiple
	grep -qx '{"result":"OK","number":0,"text":"Done.","token":"prftkn_[A-Za-z0-9_-]\{43\}","user":"'"$owner"'","seconds":77,"id":"[0-9a-f]\{16\}"}' out ||
		fail "the object is not as described"
	make --bind service=sshd
	[ "$(ctl --json token list | grep -c '"type":"multiple","state":"live",.*"left":7[0-9],')" -eq 1 ] || fail "not of the wished type"
	exec 7<token
	ctl token regenerate --token-fd 7 --bind service=sshd >out 2>err </dev/null
	status=$?
	exec 7<&-
	status_is 1
	grep -q '^authzctl: AZ-SERVICE: ' err || fail "a bound token was taken where it is not bound to"
}

regenerate_refusals()
{
	ctl token generate "$owner" --type multiple >token
	held_refused AZ-NOREGEN token regenerate
	make
	held_refused CPF4AAB token regenerate --timeout 0
	echo $nobodys >token
	held_refused CPF2274 token regenerate
	usage "unknown --type walrus" ctl token regenerate --type walrus
	usage "unexpected word" ctl token regenerate "$owner"
	usage "unknown option --password" ctl token regenerate --password nopwd
	echo walrus >token
	held_refused CPF3C3C token regenerate
}

not_handed_over()
{
	make
	before=$(count_tokens)
	ctl token regenerate <token >/dev/full 2>err
	status=$?
	status_is 4
	[ "$(count_tokens)" -eq "$before" ] || fail "a token that nobody has"
}

# ---- what is asked about a token

timeouts()
{
	make --timeout 100
	held token timeout
	status_is 0
	err_is ""
	[ "$(cat out)" -ge 90 ] && [ "$(cat out)" -le 100 ] || fail "not the seconds"
	held --json token timeout
	grep -qx '{"result":"OK","number":0,"text":"Done.","seconds":[0-9]*}' out || fail "the object is not as described"
	make --timeout 1
	sleep 1.2
	held token timeout
	status_is 0
	out_is 0
	make
	ctl token invalidate <token
	held token timeout
	status_is 0
	out_is 0
	echo $nobodys >token
	held_refused CPF2274 token timeout
	usage "unexpected word" ctl token timeout "$owner"
}

checks()
{
	make
	held token check "$owner"
	status_is 0
	out_is ""
	err_is ""
	held --json token check "$owner"
	grep -qx '{"result":"OK","number":0,"text":"Done.","user":"'"$owner"'","uid":'"$(id -u "$owner")"',"seconds":[0-9]*}' out ||
		fail "the object is not as described"
	held_refused AZ-OTHER token check "$other"
	err_is "authzctl: AZ-OTHER: Profile token does not stand for user $other."
	held_refused AZ-OTHER token check
	held_refused AZ-OTHER token check no-such-user
	held_refused CPF3C3C token check ""
	ctl token generate "$me" --password nopwdsts >token
	held token check
	status_is 0
	held token check "$me"
	status_is 0
	ctl token invalidate <token
	held_refused CPF2274 token check "$me"
	held --json token check
	status_is 1
	out_is '{"result":"CPF2274","number":14,"text":"Profile token is not valid."}'
	echo $nobodys >token
	held_refused CPF2274 token check
}

invalidates()
{
	make
	before=$(count_tokens)
	held token invalidate
	status_is 0
	out_is ""
	err_is ""
	[ "$(count_tokens)" -eq "$before" ] || fail "its place is free"
	held_refused AZ-INVALID token regenerate
	held --json token invalidate
	out_is '{"result":"OK","number":0,"text":"Done."}'
	echo $nobodys >token
	held_refused CPF2274 token invalidate
}

# ---- all at once

removes_of_user()
{
	ctl token remove --all 2>err
	make
	ctl token generate "$owner" >/dev/null
	ctl token generate "$other" >/dev/null
	run ctl token remove --user "$owner"
	status_is 0
	out_is ""
	err_is "authzctl: 2 removed, 1 left."
	held_refused CPF2274 token timeout
	[ "$(count_tokens)" -eq 1 ] || fail "not one left"
	refused CPF2204 1 ctl token remove --user no-such-user
	refused CPF3C3C 1 ctl token remove --user ""
}

removes_all()
{
	make
	ctl token generate "$other" >/dev/null
	before=$(count_tokens)
	run ctl --json token remove --all
	status_is 0
	err_is ""
	out_is '{"result":"OK","number":0,"text":"Done.","removed":'"$before"',"left":0,"whole":true}'
	held_refused CPF2274 token check "$owner"
	make
	done_by ctl --quiet token remove --all
	held_refused CPF2274 token timeout
	usage "only one of --token-fd, --user and --all" ctl token remove --all --user "$owner"
	usage "only one of" ctl token remove --all --token-fd 0
}

# Each page is a request of its own; what interrupts one is heeded when it is answered.
broken_off()
{
	make
	ctl token generate "$other" >/dev/null
	printf '#!/bin/sh\n: >%s/asked\nsleep 1\nexec %s/helper\n' "$scratch" "$scratch" >slow
	chmod 755 slow
	rm -f asked
	"$build/helpers/authzctl/authzctl" --helper "$scratch/slow" --socket none token remove --user "$owner" >out 2>err &
	pid=$!
	turns=0
	until [ -e asked ] || [ $turns -ge 100 ]; do sleep 0.1; turns=$((turns + 1)); done
	kill -TERM $pid
	wait $pid
	status=$?
	status_is 143
	err_is "authzctl: Broken off, but all of them are good for nothing from now on: 1 removed, 1 left, whose places are freed as if they had expired."
	held_refused CPF2274 token timeout
}

# ---- passwords

ask()
{
	run ctl token generate "$owner" --password nopwd
	ctl token generate "$owner" --password ask <right >out 2>err
	status=$?
	status_is 0
	err_is ""
	grep -qx 'prftkn_[A-Za-z0-9_-]\{43\}' out || fail "no token"
	cat right - >both <<-END
	rest
	END
	exec 7<both
	ctl token generate "$owner" --password ask --password-fd 7 >out 2>err </dev/null || fail "refused from descriptor 7"
	read -r rest <&7
	exec 7<&-
	[ "$rest" = rest ] || fail "more than a line was read"
	printf '%s' "right \$password" | ctl token generate "$owner" --password ask >out 2>err || fail "refused without an end of line"
}

ask_wrong()
{
	ctl token generate "$owner" --password ask <wrong >out 2>err
	status=$?
	status_is 1
	out_is ""
	err_is "authzctl: CPF22E2: Password not correct for user profile $owner."
	run ctl profile show "$owner"
	out_has "Wrong passwords:      1"
	run ctl --json profile show "$owner"
	out_has '"wrong_passwords":1}'
	for _ in 2 3 4 5; do ctl token generate "$owner" --password ask <wrong 2>/dev/null; done
	ctl token generate "$owner" --password ask <right >out 2>err
	status=$?
	status_is 1
	grep -q '^authzctl: AZ-TRIES: ' err || fail "a sixth password was looked at"
	ctl token generate "$owner" >/dev/null
	run ctl profile show "$owner"
	out_has "Wrong passwords:      0"
	ctl token generate "$owner" --password ask <right >out 2>err && fail "a token without a password gave new tries"
	echo "password_pause = 1" >>state/authz.conf # from here on
	sleep 1
	ctl token generate "$owner" --password ask <right >out 2>err || fail "the tries are not forgotten"
	mv state/tokens state/tokens.away
	run ctl profile show "$owner"
	mv state/tokens.away state/tokens
	out_has "Wrong passwords:      not known"
}

no_passwords()
{
	printf '\n' >bad.1
	: >bad.2
	printf '%0513d\n' 1 >bad.3
	printf 'right\0 $password\n' >bad.4
	for bad in bad.1 bad.2 bad.3 bad.4; do
		ctl token generate "$owner" --password ask <$bad >out 2>err
		status=$?
		status_is 1
		err_is "authzctl: CPF3C3C: Value for parameter password not valid."
	done
	run ctl profile show "$owner"
	out_has "Wrong passwords:      0"
	printf '%0512d\n' 1 | ctl token generate "$owner" --password ask >out 2>err
	grep -q '^authzctl: CPF22E2: ' err || fail "512 bytes are not looked at"
	usage "--password-fd is for --password ask" ctl token generate "$owner" --password-fd 0
	usage "--password-fd x is no descriptor" ctl token generate "$owner" --password ask --password-fd x
	run ctl token generate "$owner" --password ask --password-fd 9
	status_is 2
	err_is "authzctl: no password could be read from descriptor 9: Bad file descriptor"
	ctl token generate "$owner" >/dev/null
}

terminal()
{
	type_at_terminal 'Password of ' "$(cat right)
" "token generate '$owner' --password ask"
	grep -q "Password of $owner: " screen || fail "no prompt"
	grep -q 'status 0' screen || fail "refused"
	terminal_hid password right
	type_at_terminal 'Password of ' "right$(printf '\003')" "token generate '$(printf 'x\033[31m')' --password ask"
	grep -qF 'Password of x?[31m: ' screen || fail "the prompt has control characters"
	grep -q 'status 130' screen || fail "not ended by the interrupt"
	terminal_hid password right
}

nowhere_else()
{
	printf '#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >>%s/spied\nexec %s/helper\n' \
		"$scratch" "$scratch" >spy
	chmod 755 spy
	: >spied
	for secret in right wrong; do
		ctl --helper "$scratch/spy" token generate "$owner" --password ask <$secret >>said 2>&1
	done
	ctl audit >>said
	ctl --json token list >>said
	[ -s spied ] && [ -s said ] || fail "nothing was spied"
	if grep -qaF -e 'right $password' -e 'wrong one' spied said; then fail "a password is in an argument, the environment or a message"; fi
	if grep -rqaF -e 'right $password' -e 'wrong one' state; then fail "the state has a password"; fi
}

# ---- authorities

objmgt()
{
	done_by ctl authority grant -t profile -n "$owner" -p "$other" +use +objmgt
	run ctl audit
	out_has "event=authority.grant"
	done_by ctl authority revoke -t profile -n "$owner" -p "$other" -objmgt
	usage "grant takes +objmgt; -objmgt is for revoke" ctl authority grant -t profile -n "$owner" -p "$other" -objmgt
	done_by ctl authority revoke -t profile -n "$owner" -p "$other" +use +objmgt
}

check "token regenerate takes a token in and gives a new one out, of the wished kind" regenerate
check "what cannot be regenerated is refused by name" regenerate_refusals
check "a regenerated token that could not be written is removed again (token MUST 2)" not_handed_over
check "token timeout prints the seconds that are left, and 0 for a token that is dead" timeouts
check "token check tells whom a token stands for, from one that is dead" checks
check "token invalidate leaves a token good for nothing, and its place taken" invalidates
check "token remove --user removes all tokens of a user, and says how many" removes_of_user
check "token remove --all removes all tokens" removes_all
check "a removal that is broken off says that what was to be removed is dead already" broken_off
check "a password is taken from standard input or any descriptor, one line and nothing after it" ask
check "wrong passwords are refused, counted, shown, and limited" ask_wrong
check "what cannot be a password is refused and not tried" no_passwords
check "a terminal is asked for the password of a named user, and shows nothing of it (token_generate MUST 1)" terminal
check "a password is never in an argument, the environment, a message or the state (token_generate MUST 1)" nowhere_else
check "authority grant and revoke know +objmgt" objmgt

echo "1..$number"
[ "$failed" -eq 0 ]
