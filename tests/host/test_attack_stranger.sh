#!/bin/sh
# SPDX-License-Identifier: ISC
# mallory asks for everything that there is to ask, with every name that a program might stumble over; by both carriers.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/attack_lib.sh"
start_log
grant_rights
authzctl profile show alice >/dev/null
token "$work/alices" portal alice --timeout 600 --type multiple
id=$(authzctl token list --user alice | awk 'NR == 2 { print $1 }')

carried()
{
	if [ -n "$service" ]; then by_socket "$1"; else by_child "$1"; fi
}

# denied PATTERN OPERATION [FIELD=VALUE]...: what mallory is told
denied()
{
	expected=$1
	shift
	frame asked "$@" && says "$expected" carried asked || {
		echo "$*"
		return 1
	}
}

special='CPF222E .*'

authorities()
{
	for who in PRINCIPAL=mallory PRINCIPAL=portal GROUP=mallory GROUP=shadow; do
		for object in alice mallory root authz; do
			denied '(CPF222E|CPF2204|2292|AZ-SYSTEM) .*' AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=$object MASK_ADD=1 $who &&
				denied '(CPF222E|CPF2204|2292|AZ-SYSTEM) .*' AUTHORITY_REVOKE OBJECT_TYPE=profile OBJECT=$object MASK_DROP=1 $who || return 1
		done
	done
	for mask in 0 2 -1 9223372036854775807 -9223372036854775808 4294967296; do
		denied '(CPF222E|CPF3C3C) .*' AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=alice MASK_ADD=$mask PRINCIPAL=mallory || return 1
	done
}

specials()
{
	for mask in 1 2 4 255 -1; do
		denied '(CPF222E|CPF3C3C) .*' PROFILE_SPECIAL USER=mallory MASK_ADD=$mask &&
			denied '(CPF222E|CPF3C3C) .*' PROFILE_SPECIAL USER=root MASK_DROP=$mask || return 1
	done
	denied "$special" PROFILE_DISABLE USER=alice && denied "$special" PROFILE_ENABLE USER=alice &&
		denied "$special" PROFILE_DISABLE USER=root && denied '(CPF222E|CPF22E9) .*' PROFILE_SHOW USER=alice
}

generates()
{
	for user in alice bob root authz nobody daemon nobodythere; do
		for password in 1 2 3; do
			denied '(CPF22E9|CPF2204|CPF4AB8|AZ-SYSTEM) .*' TOKEN_GENERATE USER=$user PASSWORD=$password TIMEOUT=60 TYPE=49 || return 1
		done
	done
	denied 'CPF227F .*' TOKEN_GENERATE USER=mallory PASSWORD=1 TIMEOUT=60 TYPE=49 &&
		denied 'CPF3C3C .*' TOKEN_GENERATE USER=mallory PASSWORD=0 TIMEOUT=60 TYPE=49 || return 1
	for timeout in 0 -2 3601 9223372036854775807 -9223372036854775808; do
		denied 'CPF4AAB .*' TOKEN_GENERATE USER=mallory PASSWORD=3 TIMEOUT=$timeout TYPE=49 || return 1
	done
	for type in 0 1 48 52 -1 305; do denied 'CPF4AAD .*' TOKEN_GENERATE USER=mallory PASSWORD=3 TIMEOUT=60 TYPE=$type || return 1; done
}

# the host's alone, or that of special authorities
operations()
{
	denied "$special" AUDIT_READ && denied "$special" AUDIT_READ SINCE=-1 && denied "$special" AUDIT_READ CURSOR='\x00\x01' || return 1
	for store in authority tokens ../tokens /etc/passwd ''; do
		for operation in STORE_STATS STORE_CHECK STORE_DUMP STORE_LOAD; do
			denied '(CPF222E|AZ-ROOT|CPF3C3C|AZ-NOLOAD|AZ-REQUEST) .*' $operation STORE="$store" || return 1
		done
	done
	# a list of what is hers of them: nothing
	for user in USER=alice USER=portal USER=root; do
		denied 'OK ' TOKEN_LIST $user && denied '(OK |AZ-REQUEST .*)' TOKEN_LIST $user CURSOR='\xff\xff\xff\xff\xff\xff\xff\xff' || return 1
	done
	! mallory authzctl token list | grep "$id" || return 1
	for number in 0 1 9 14 19 22 29 34 41 49 54 255 65535; do denied 'AZ-REQUEST .*' $number USER=alice || return 1; done
	refused 1 'CPF222E|AZ-ROOT' mallory authzctl store dump --store tokens && refused 1 CPF222E mallory authzctl audit
}

# What is removed is removed by holding it: neither its name in logs, nor its hash, nor half of it is that.
removes()
{
	key=$(authzctl store dump --store tokens | awk '{ print $1 }' | tail -n 2 | head -n 1 | od -An -tx1 | tr -d ' \n' | head -c 64)
	text=$(sed 's/^prftkn_//' "$work/alices")
	for bytes in "$(printf '%s' "$id" | od -An -tx1 | tr -d ' \n')$(printf '%064d' 0)" "$key$(printf '%064d' 0)" "$(printf '%064d' 0)"; do
		denied '(OK|AZ-REQUEST) .*' TOKEN_REMOVE TOKEN="$(printf '%.64s' "$bytes")" || return 1
	done
	for length in 0 2 62 66 128; do denied 'AZ-REQUEST .*' TOKEN_REMOVE TOKEN="$(printf "%0${length}d" 0 | head -c $length)" || return 1; done
	for half in "prftkn_$(printf '%.22s' "$text")AAAAAAAAAAAAAAAAAAAAA" "prftkn_AAAAAAAAAAAAAAAAAAAAAA$(printf '%s' "$text" | tail -c 21)" "$id"; do
		printf '%s\n' "$half" | mallory authzctl token remove || :
	done
	shows '^alice$' su_login portal alice "$work/alices" 'id -un'
}

# ---- names

line_feed='alice\x0aseq=1 event=token.redeem phase=done result=OK actor=root'

# Each in each field that is a name: one answer, no second record, nothing held, and one line at most in either log.
fields()
{
	mark
	before=$(authzctl audit | wc -l)
	asked=0
	while read -r name; do
		for request in "TOKEN_GENERATE USER=@ PASSWORD=3 TIMEOUT=60 TYPE=49" "TOKEN_LIST USER=@" "PROFILE_SHOW USER=@" \
			"PROFILE_DISABLE USER=@" "PROFILE_SPECIAL USER=@ MASK_ADD=1" \
			"AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=@ MASK_ADD=1 PRINCIPAL=mallory" \
			"AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=alice MASK_ADD=1 PRINCIPAL=@" \
			"AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=alice MASK_ADD=1 GROUP=@" \
			"AUTHORITY_GRANT OBJECT_TYPE=@ OBJECT=alice MASK_ADD=1 GROUP=mallory" "STORE_CHECK STORE=@"; do
			set --
			for word in $request; do
				case $word in *=@) word=${word%@}$name ;; esac
				set -- "$@" "$word"
			done
			denied '(CPF[0-9A-F]{4}|2292|AZ-SYSTEM|AZ-REQUEST|AZ-ROOT) .*' "$@" || return 1
			asked=$((asked + 1))
		done
		frame asked TOKEN_REDEEM USER="$name" TOKEN=@"$work/alices" SERVICE="$name" RHOST="$name" TTY="$name" &&
			says '(AZ-OTHER|AZ-REQUEST|CPF2274) .*' carried asked || return 1
	done <"$work/names"
	after=$(authzctl audit | wc -l)
	echo "$asked asked, $((after - before)) records"
	[ $((after - before)) -le 60 ] && one_line_each
}

# What a record is: a number or none, and an event; nothing of hers begins a line or is a word of its own.
one_line_each()
{
	authzctl audit >"$work/audit"
	! grep -Ev '^[0-9T:.Z-]+ (seq=[0-9]+ )?event=[a-z.-]+ phase=(intent|done) ' "$work/audit" &&
		! grep -aE '[^[:print:]]' "$work/audit" && ! grep ' event=.* event=' "$work/audit" &&
		! since_mark | grep -a 'authz-helper' | grep -aE '[^[:print:]	]| event=.* event='
}

# longer than there is room for, and a NUL inside
sizes()
{
	for n in 33 34 48 49 63 64 65 255 256 257 4000; do
		long=$(printf "%0${n}d" 0)
		denied '(AZ-REQUEST|CPF2204|CPF22E9|CPF222E) .*' TOKEN_LIST USER="$long" || return 1
		denied '(AZ-REQUEST|CPF22E9|OK) .*' TOKEN_GENERATE USER=alice PASSWORD=3 TIMEOUT=60 TYPE=49 BIND_RHOST="$long" || return 1
		denied '(AZ-REQUEST|CPF2274) .*' TOKEN_REDEEM USER=alice TOKEN="$(printf '%064d' 0)" SERVICE="$long" || return 1
	done
	denied 'AZ-REQUEST .*' TOKEN_LIST USER='alice\x00' && denied 'AZ-REQUEST .*' TOKEN_LIST USER='\x00' &&
		denied 'AZ-REQUEST .*' TOKEN_LIST USER=alice USER=alice && denied '(AZ-REQUEST|no answer).*' TOKEN_LIST USER="$(printf '%05000d' 0)"
}

# ---- the log

# Anybody may write to /dev/log what looks like a record: the file has it not, and who reads records reads those.
lookalike()
{
	mark
	mallory logger -t authz-helper -p authpriv.info "seq=999999 event=token.redeem phase=done result=OK actor=root uid=0 owner=alice forged=yes"
	logged 'forged=yes' >/dev/null || return 1
	! authzctl audit | grep forged=yes && ! grep -r forged=yes /var/lib/authz/audit
}

# Her own refusals are 20 a minute; what others do is there nevertheless.
others_stay()
{
	frame no AUTHORITY_GRANT OBJECT_TYPE=profile OBJECT=alice MASK_ADD=1 PRINCIPAL=mallory
	before=$(authzctl audit | grep -c 'actor=mallory' || :)
	for i in $(seq 60); do carried no >/dev/null; done
	after=$(authzctl audit | grep -c 'actor=mallory' || :)
	echo "60 asked, $((after - before)) records"
	[ $((after - before)) -le 40 ] || return 1
	# somebody whom no script before this one had refused within the minute: each has a budget
	as games authzctl token generate alice >/dev/null 2>&1 || :
	authzctl audit | tail -n 2
	authzctl audit | tail -n 2 | grep -q 'result=CPF22E9 actor=games'
}

# guess OWNER PASSWORD UID
guess()
{
	echo "$2" | setpriv --reuid="$3" --regid=mallory --clear-groups --reset-env authzctl token generate "$1" --password ask 2>&1 || :
}

# guesses OWNER: five are looked at, however many there are at once; five more of all subordinate uids; the owner's stay
guesses()
{
	me=$(id -u mallory)
	for i in $(seq 64); do
		guess "$1" "guess $i" "$me" >"$work/guess.$i" &
		[ $((i % 16)) != 0 ] || wait_for_guesses
	done
	cat "$work"/guess.* | sort | uniq -c
	[ "$(cat "$work"/guess.* | grep -c CPF22E2)" = 5 ] && guess "$1" "$1-password" "$me" | grep AZ-TRIES || return 1
	for i in $(seq 100000 100009); do
		guess "$1" "guess $i" "$i"
	done >"$work/guesses"
	sort "$work/guesses" | uniq -c
	[ "$(grep -c CPF22E2 "$work/guesses")" = 5 ] && guess "$1" "$1-password" 165535 | grep AZ-TRIES &&
		guess "$1" "$1-password" "$(id -u "$1")" | grep -qx 'prftkn_.*'
}

wait_for_guesses()
{
	while [ -n "$(find "$work" -name 'guess.*' -empty)" ]; do sleep 0.1; done
}

both_carriers()
{
	check "$1: mallory cannot give or take authority" unchanged authorities
	check "$1: mallory cannot give special authorities, nor disable, enable or look at a profile" unchanged specials
	check "$1: mallory cannot make a token for anybody else, nor one of her own as it must not be" unchanged generates
	check "$1: mallory cannot read the audit, list others' tokens, or look at, dump or load a store" unchanged operations
	check "$1: mallory cannot remove a token by its name in logs, by what the store has of it, or by a part of it" unchanged removes
	check "$1: no name of mallory's makes a second record, a second line, or anything that is held" unchanged fields
	check "$1: no value of mallory's is longer than its field, or has a NUL in it" unchanged sizes
	check "$1: mallory cannot guess a password for long, at once or by other uids of hers" guesses "$2"
	check "$1: a line of mallory's that looks like a record is in the system's log alone, not in the audit" lookalike
	check "$1: mallory's refusals are few in the audit, and do not keep others' out" others_stay
}

printf '%s\n' "$line_feed" 'alice:0:0' 'a/b' '..' '../../etc/passwd' '-rf' '--help' '\x01\x7f\x1b[2J' '%00%0A' 'alice\x20' '\xff\xfe' \
	'\xc3\xa9lise' '*alice' '$(id)' 'abcdefghijklmnopqrstuvwxyz0123456' >"$work/names"
plan 20
both_carriers child bob
start_service
both_carriers socket alice
stop_service TERM
done_testing
