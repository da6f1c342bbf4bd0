#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl store: check, stats, dump, load, backup, by the helper as a child and as a service.
. "$(dirname "$0")/authzctl_lib.sh"

# a store with something in it: rights and a disabled profile
furnish()
{
	ctl authority grant -t profile -n "$owner" -p "$other" +use && ctl authority grant -t profile -n "$owner" -p mail +use &&
		ctl profile disable games
}

# what a dump says, but for the order of records and what hangs on it
content()
{
	sed -e '1d' -e '$d' -e 's/ [0-9a-f]*$//' "$1" | sort
}

same_content()
{
	content "$1" >content.1
	content "$2" >content.2
	[ -s content.1 ] || fail "nothing in $1"
	cmp -s content.1 content.2 || fail "$1 and $2 are not the same"
}

current()
{
	echo "state/store/$(readlink state/store/current)"
}

# ---- stats and check

stats()
{
	run ctl store stats
	status_is 0
	err_is ""
	for name in records bytes commits free; do
		grep -Eq "^$name: +[0-9]+\$" out || fail "no number of $name"
	done
	! grep -q tokens out || fail "the authority store has no tokens"
	run ctl store stats --store tokens
	grep -Eq '^tokens: +[0-9]+$' out && grep -Eq '^quota_total: +2000000$' out || fail "no number of tokens"
	run ctl --json store stats
	grep -Eq '^\{"result":"OK",.*"records":[0-9]+,"bytes":[0-9]+,"commits":[0-9]+,"free":[0-9]+\}$' out || fail "not the object"
	refused CPF3C3C 1 ctl store stats --store tockens
	usage 'unexpected word' ctl store stats authority
}

whole()
{
	run ctl store check
	status_is 0
	err_is "Every record is whole."
	grep -Eq '^records: +[0-9]+$' out || fail "no number of records"
	run ctl --quiet store check --store tokens
	status_is 0
	err_is ""
	run ctl --json store check
	err_is ""
	grep -Eq '^\{"result":"OK",.*"records":[0-9]+\}$' out || fail "not the object"
}

# one byte of the name of a record
damage()
{
	place=$(grep -obUa "A.profile.$owner.p.$other" "$(current)" | head -n 1 | cut -d : -f 1)
	[ -n "$place" ] || fail "the record is not in $(current)"
	printf X | dd of="$(current)" bs=1 seek=$((place + 4)) conv=notrunc 2>/dev/null
}

damaged()
{
	done_by ctl store backup good
	damage
	refused AZ-DAMAGED 3 ctl store check
	grep -Eq "AZ-DAMAGED: The store $scratch/$(current) at byte [0-9]+ is damaged\.\$" err || fail "the place is not said"
	refused AZ-DAMAGED 3 ctl store backup half
	[ -z "$(find . -maxdepth 1 -name 'half*')" ] || fail "something of the backup is left"
	run ctl store dump
	status_is 3
	! grep -q '^end' out || fail "the dump has its end"
	run ctl store load good
	status_is 0
	run ctl store check
	status_is 0
	done_by ctl store backup again
	same_content good again
}

# a store that has lost its files altogether but one
lost()
{
	done_by ctl store backup good
	rm "$(current)" state/store/current
	refused AZ-DAMAGED 3 ctl store stats
	run ctl store load good
	status_is 0
	done_by ctl store backup again
	same_content good again
	done_by ctl profile disable games
}

failed_load_of_damaged()
{
	done_by ctl store backup good
	spare=state/store/$(readlink state/store/current | tr ab ba)
	cp "$(current)" "$spare"
	damage
	sed '2s/ /  /' good >bad
	refused AZ-DUMP 1 ctl store load bad
	cmp -s "$spare" "$(current)" && fail "the good twin is gone"
	ln -sf "$(basename "$spare")" state/store/current
	rm -f state/store/journal
	run ctl store check
	status_is 0
}

# ---- dump and load

there_and_back()
{
	run ctl store dump
	status_is 0
	err_is ""
	cp out one
	grep -q '^authz-store 1 authority ' one || fail "the first line does not say what it is"
	tail -n 1 one | grep -q '^end ' || fail "the last line is no end"
	[ "$(wc -l <one)" -eq "$(($(ctl store stats | sed -n 's/^records: *//p') + 2))" ] || fail "not a line for each record"
	done_by ctl profile enable games
	done_by ctl authority revoke -t profile -n "$owner" -p "$other" -use
	run ctl store load one
	status_is 0
	grep -Eq '^records: +[0-9]+$' out || fail "it does not say how many there are"
	ctl store dump >two
	same_content one two
	ctl profile show games | grep -q '^Status: *disabled$' || fail "games is not disabled again"
}

by_pipes()
{
	ctl store dump >one
	# shellcheck disable=SC2002
	cat one | ctl --quiet store load - >/dev/null || fail "not loaded from standard input"
	ctl store dump >two
	same_content one two
}

tokens_not_loaded()
{
	ctl token generate "$owner" >token
	ctl store dump --store tokens >tokens || fail "the tokens are not dumped"
	grep -q '^authz-store 1 tokens ' tokens || fail "the first line does not say that these are tokens"
	! grep -qF "$(cut -c 8-40 token)" tokens || fail "a token is in the dump"
	refused AZ-DUMP 1 ctl store load tokens
	usage 'unknown option --store' ctl store load tokens --store tokens
	ctl token remove <token
}

# bad_text WHERE SED: a dump that is changed so is refused, and changes nothing
bad_text()
{
	sed "$2" good >bad
	! cmp -s good bad || fail "sed $2 changed nothing"
	refused AZ-DUMP 1 ctl store load bad
	grep -Eq "AZ-DUMP: The text is not a whole dump of a store: line $1 " err || fail "line $1 is not named: $(cat err)"
}

damaged_text()
{
	ctl store dump >good
	last=$(wc -l <good)
	bad_text 2 '2s/.$/x/'
	bad_text 3 '3s/profile/profilf/;3s/./x/'
	bad_text 2 '2d'
	bad_text 3 '2{p;}'
	bad_text 2 '2{h;d;};3{G;}'
	bad_text 1 '1s/authority/tokens/'
	bad_text 1 '1s/ 1 / 2 /'
	bad_text 1 '1d'
	bad_text "$last" '$d'
	bad_text $((last + 1)) '$a more'
	head -c $(($(wc -c <good) - 1)) good >bad
	refused AZ-DUMP 1 ctl store load bad
	refused AZ-DUMP 1 ctl store load /dev/null
	ctl store dump >after
	same_content good after
}

no_file()
{
	run ctl store load nowhere
	status_is 4
	err_is "authzctl: cannot read nowhere: No such file or directory"
	run ctl store load .
	status_is 4
	err_is "authzctl: cannot read .: Is a directory"
	usage 'FILE is missing' ctl store load
}

# whoever loads goes away in the middle
gone()
{
	ctl store dump >good
	half=$(($(wc -c <good) / 2))
	{ head -c $half good; sleep 3; } | ctl store load - >/dev/null 2>&1 &
	loader=$!
	sleep 0.5
	refused CPF2225 3 ctl profile enable games
	kill "$(pgrep -P $loader -x authzctl || echo $loader)" 2>/dev/null
	wait $loader 2>/dev/null
	ctl store dump >after
	same_content good after
	tries=40
	until ctl profile disable games 2>/dev/null || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.1; done
	done_by ctl profile disable games
}

# ---- backup

backup()
{
	echo old >kept
	done_by ctl store backup kept
	[ "$(stat -c %a kept)" = 600 ] || fail "mode $(stat -c %a kept)"
	ctl store dump >one
	same_content one kept
	[ -z "$(find . -maxdepth 1 -name 'kept.*')" ] || fail "something else is left"
	run ctl --json store backup kept
	out_is '{"result":"OK","number":0,"text":"Done."}'
	run ctl store backup nowhere/kept
	status_is 4
	err_is "authzctl: cannot write nowhere/kept: No such file or directory"
}

backup_out_of_reach()
{
	echo old >kept
	saved=$carrier
	carrier="--helper /nowhere --socket none"
	refused AZ-HELPER 3 ctl store backup kept
	carrier=$saved
	[ "$(cat kept)" = old ] && [ -z "$(find . -maxdepth 1 -name 'kept.*')" ] || fail "the old one is not as it was"
}

# by a signal in the middle of the text, with an old file and without
backup_ended()
{
	cat >in_two <<-END
		#!/bin/sh
		cd "$scratch"
		./helper | { head -c 300; dd bs=1 count=1 of=next 2>/dev/null; [ -s next ] || exit 0
			echo >middle; n=200; until [ -e go ] || [ \$((n -= 1)) -eq 0 ]; do sleep 0.05; done; cat next; cat; }
	END
	chmod 755 in_two
	for old in yes no; do
		for signal in TERM HUP KILL; do
			rm -rf bk middle go && mkdir bk
			[ $old = no ] || echo old >bk/kept
			"$build/helpers/authzctl/authzctl" --helper "$scratch/in_two" --socket none store backup bk/kept >out 2>err </dev/null &
			pid=$!
			tries=200
			until [ -e middle ] || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.02; done
			[ -e middle ] || fail "$signal: no middle"
			kill -$signal $pid
			wait $pid
			[ $? -gt 128 ] || fail "$signal: it was not ended"
			echo >go
			if [ $old = yes ]; then
				[ "$(ls -A bk)" = kept ] && [ "$(cat bk/kept)" = old ] || fail "$signal: there is $(ls -A bk)"
			else
				[ -z "$(ls -A bk)" ] || fail "$signal: there is $(ls -A bk)"
			fi
		done
	done
}

# what cannot be replaced, and names that are no files
backup_other_places()
{
	mkdir -p bk/folder && rm -f bk/link bk/aim && ln -s aim bk/link
	run ctl store backup bk/folder
	status_is 4
	err_is "authzctl: cannot write bk/folder: Is a directory"
	[ -z "$(find bk -name 'folder.*')" ] || fail "something is left"
	done_by ctl store backup bk/link
	[ ! -L bk/link ] && [ ! -e bk/aim ] || fail "a link was followed"
	done_by ctl store backup "$scratch/bk/new"
	ctl store dump >one
	same_content one bk/new
	[ "$(stat -c %a bk/new)" = 600 ] || fail "mode $(stat -c %a bk/new)"
}

full()
{
	ctl store dump >/dev/full 2>err
	status=$?
	status_is 4
	grep -q 'No space left on device' err || fail "it is not said: $(cat err)"
	run ctl store check
	status_is 0
}

# ---- on the way

bar()
{
	ctl store dump >good
	half=$(($(wc -c <good) / 2))
	cat >slowly <<-END
	{ head -c $half good; sleep 0.3; tail -c +$((half + 1)) good; } | "$build/helpers/authzctl/authzctl" $carrier store load -
	END
	timeout 20 script -qec "sh slowly" /dev/null </dev/null >out
	grep -q 'loading [0-9]' out || fail "no bar on a terminal"
	sh slowly >out 2>err </dev/null
	err_is ""
}

audited()
{
	done_by ctl store backup kept
	run ctl --quiet store load kept
	ctl audit --since 10s >records
	for event in dump load; do
		grep -q "event=store.$event phase=intent .*store=authority" records &&
			grep -q "event=store.$event phase=done result=OK .*store=authority" records || fail "no record of the $event"
	done
}

for way in child socket; do
	if [ $way = socket ]; then
		start_service
	fi
	furnish >/dev/null
	check "$way: stats says how much is in a store, and how much room there is" stats
	check "$way: check says how many records are whole" whole
	check "$way: a dump and its load are exact, and undo what was done between" there_and_back
	check "$way: dump and load go through pipes" by_pipes
	check "$way: tokens are dumped, without the tokens themselves, and never loaded" tokens_not_loaded
	check "$way: a dump with any line changed, missing, doubled, swapped or cut is refused with the line" damaged_text
	check "$way: a file that cannot be read is named" no_file
	check "$way: a load that its reader leaves in the middle changes nothing; others are CPF2225 meanwhile" gone
	check "$way: a backup is there whole, for its owner alone, under its name alone" backup
	check "$way: a backup that fails leaves the old one" backup_out_of_reach
	check "$way: a backup replaces a link, follows none, and names what it cannot replace" backup_other_places
	check "$way: a dump that cannot be written is an error of its own" full
	check "$way: a damaged record is named with its place by check, backup and dump, and a load brings all back" damaged
	check "$way: a load that fails leaves the good twin of a damaged store" failed_load_of_damaged
	check "$way: a load brings back a store whose files are lost" lost
	check "$way: a slow load shows on a terminal how far it is" bar
	check "$way: dump and load are in the audit" audited
done
check "a backup that a signal ends, kill -9 too, leaves nothing but the old one" backup_ended

echo "1..$number"
[ "$failed" -eq 0 ]
