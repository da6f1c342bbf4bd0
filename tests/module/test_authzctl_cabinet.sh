#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl cabinet: every command against the real helper, as a child and as a service.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view

# fresh: a cabinet "$c" of this test alone
count=0
fresh()
{
	count=$((count + 1))
	c=c$way$count
	done_by ctl cabinet create "$c"
}

# ---- cabinets

created()
{
	fresh
	run ctl cabinet show "$c"
	status_is 0
	err_is ""
	for line in "name: $c" "type: shared" "group: cab-$c" "state: live" "security: 0000" "marks: none" "password: none" "users: 0"; do
		row "$line"
	done
	run ctl --json cabinet create "$c-2" --text 'for "you"'
	grep -Eq '^\{"result":"OK","number":0,"text":"Done.","isn":[0-9]+,"gid":21[0-9]{8}\}$' out || fail "not the object"
	run ctl --json cabinet show "$c-2"
	grep -q '^{"result":"OK","number":0,"text":"Done.","cabinet":{"name":"'"$c"'-2",.*"text":"for \\"you\\"",' out || fail "not the object"
	refused AZ-EXISTS 1 ctl cabinet create "$c"
	told AZ-TAKEN ctl cabinet create "$other"
	for type in public standalone; do
		done_by ctl cabinet create "$c-$type" --type $type
		run ctl cabinet show "$c-$type"
		row "type: $type"
		! grep -q '^gid' out || fail "a $type cabinet has a group"
	done
	refused 02 1 ctl cabinet show "$c-none"
}

listed()
{
	fresh
	done_by ctl cabinet set "$c" --text 'what it is for'
	run ctl cabinet list
	status_is 0
	head -1 out | tr -s ' ' | grep -qx 'NAME TYPE GID ISN MEMBERS STATE TEXT' || fail "not the titles"
	grep -Eq "^$c +shared +21[0-9]{8} +[0-9]+ +0 +live +what it is for\$" out || fail "not in the list"
	run ctl --json cabinet list
	grep -Eq '^\{"name":"'"$c"'","type":"shared","gid":21[0-9]{8},"isn":[0-9]+,"members":0,"state":"live","text":"what it is for"\}$' out ||
		fail "no such object"
}

# more of them than an answer has room for
pages()
{
	fresh
	long=$(printf '%064d' 0)
	i=0
	while [ $i -lt 5 ]; do
		done_by ctl cabinet create "$c-$i" --type standalone --text "$long"
		i=$((i + 1))
	done
	run ctl cabinet list
	[ "$(grep -c "^$c-[0-4] *standalone" out)" -eq 5 ] || fail "not five"
	[ "$(grep -c NAME out)" -eq 1 ] || fail "not one line of titles"
}

changed()
{
	fresh
	done_by ctl cabinet set "$c" --security 9071 --marks reply,show-items --list-members none
	run ctl cabinet show "$c"
	row "security: 9071"
	row "marks: reply,show-items"
	row "listing: none"
	done_by ctl cabinet set "$c" --marks all
	run ctl --json cabinet show "$c"
	grep -q '"listing":"none",.*"security":"9071","marks":511,' out || fail "not changed, or not that alone"
	done_by ctl cabinet set "$c" --marks none --text ''
	run ctl cabinet show "$c"
	row "marks: none"
	row "security: 9071"
	refused 98 1 ctl cabinet add-member "$c-none" "$other"
}

deleted()
{
	fresh
	done_by ctl cabinet add-member "$c" "$other"
	done_by ctl cabinet delete "$c" --from 2099-12-31
	run ctl cabinet list
	grep -Eq "^$c .* locked" out || fail "not locked"
	run ctl cabinet show "$c"
	row "from: 2099-12-31"
	refused AZ-LOCKED 1 ctl cabinet add-member "$c" "$owner"
	run ctl cabinet purge
	status_is 0
	err_is ""
	run ctl cabinet show "$c"
	status_is 0
	done_by ctl cabinet undelete "$c"
	refused AZ-MARK 1 ctl cabinet undelete "$c"
	run ctl cabinet members "$c"
	grep -q "user *$other " out || fail "its member is gone"
	done_by ctl cabinet delete "$c" --from 1999-12-31
	run ctl --json cabinet purge
	out_is '{"result":"OK","number":0,"text":"Done.","purged":1}'
	refused 02 1 ctl cabinet show "$c"
	run ctl cabinet purge
	out_is 'purged:             0'
}

# ---- members

members()
{
	fresh
	d=$c-in
	done_by ctl cabinet create "$d"
	done_by ctl cabinet add-member "$d" mail
	run ctl --json cabinet add-member "$c" "$owner"
	grep -Eqx '\{"result":"OK","number":0,"text":"Done.","isn":[0-9]+\}' out || fail "no ISN"
	isn=$(sed 's/.*"isn":\([0-9]*\).*/\1/' out)
	done_by ctl cabinet add-member "$c" "$other" --profile private
	done_by ctl cabinet add-member "$c" "$d" --profile special --special-profile "$c"
	run ctl cabinet members "$c"
	status_is 0
	row "ISN KIND NAME PROFILE SPECIAL THROUGH SECURITY MARKS"
	row "$isn user $owner shared - - -"
	row "$((isn + 1)) user $other private - - -"
	row "$((isn + 2)) cabinet $d special $c - 0000 none"
	run ctl --json cabinet members "$c" --users
	[ "$(wc -l <out)" -eq 3 ] || fail "not three users"
	grep -qx '{"isn":'$((isn + 2))',"kind":"user","name":"mail","profile":"special","special":"'"$c"'","through":"'"$d"'","security":"0000","marks":0}' out ||
		fail "mail is not in through $d"
	run ctl cabinet memberships mail
	grep -Eq "^$c +S +$((isn + 2)) +$d +special +0000 +none\$" out || fail "mail may not go to $c"
	grep -Eq "^$d +S +[0-9]+ +- +shared +- *\$" out || fail "nor to $d"
	done_by ctl cabinet set-member "$c" "$other"
	run ctl cabinet profile "$c" "$other"
	row "profile: shared"
	done_by ctl cabinet remove-member "$c" "$other"
	told AZ-MEMBER ctl cabinet remove-member "$c" "$other"
	told AZ-MEMBER ctl cabinet profile "$c" "$other"
}

# Z-ADD17A's own answers
refusals()
{
	fresh
	a=$c
	fresh
	b=$c
	fresh
	refused 98 1 ctl cabinet add-member nothing-here "$other"
	refused 97 1 ctl cabinet add-member "$a" "$a"
	refused 32 1 ctl cabinet add-member "$a" nobody-here
	done_by ctl cabinet add-member "$a" "$other"
	refused 95 1 ctl cabinet add-member "$a" "$other"
	done_by ctl cabinet add-member "$a" "$b"
	refused 90 1 ctl cabinet add-member "$c" "$a"
	refused 91 1 ctl cabinet add-member "$b" "$c"
	refused 99 1 ctl cabinet add-member "$a" "$owner" --profile special --special-profile nothing-here
	done_by ctl cabinet create "$c-pub" --type public
	refused 93 1 ctl cabinet add-member "$c" "$c-pub"
	refused 92 1 ctl cabinet add-member "$c" a-name-that-is-longer-than-any-user-name-can-be
	refused 92 1 ctl cabinet add-member "$c" ''
	run ctl --json cabinet add-member "$a" "$a"
	out_is '{"result":"97","number":110,"text":"A shared cabinet cannot be a member of itself."}'
	run ctl --quiet cabinet add-member "$a" "$a"
	status_is 1
	err_is ""
}

administrators()
{
	fresh
	done_by ctl cabinet admin "$c" +"$owner" +mail -mail
	run ctl cabinet members "$c" --administrators
	grep -q "user *$owner " out || fail "$owner is no administrator"
	! grep -q mail out || fail "mail is one"
	run ctl cabinet admin "$c" +mail +nobody-here +games
	status_is 1
	tail -1 err | grep -qx 'authzctl: Done for 1 of 3, in the order of the line.' || fail "it does not say how far it came"
	run ctl --json cabinet admin "$c" -mail -nobody-here
	grep -q '"done":1}$' out || fail "nor in JSON"
}

tree()
{
	fresh
	d=$c-in
	done_by ctl cabinet create "$d"
	done_by ctl cabinet add-member "$d" mail
	done_by ctl cabinet add-member "$c" "$other"
	done_by ctl cabinet add-member "$c" "$owner"
	done_by ctl cabinet add-member "$c" "$d"
	done_by ctl cabinet admin "$c" +"$other" +games
	run ctl cabinet tree "$c"
	status_is 0
	printf '%s/\n|- %s *\n|- %s\n|- games * (administrator alone)\n`- %s/\n   `- mail\n' "$c" "$other" "$owner" "$d" >expected
	cmp -s expected out || fail "not the picture: $(diff expected out)"
	LC_ALL=C.UTF-8 ctl cabinet tree "$c" >out
	printf '%s/\n├─ %s *\n├─ %s\n├─ games * (administrator alone)\n└─ %s/\n   └─ mail\n' "$c" "$other" "$owner" "$d" >expected
	cmp -s expected out || fail "not the picture in UTF-8"
	run ctl cabinet tree
	grep -qx "$c/" out || fail "not among all"
	! grep -qx "$d/" out || fail "$d is drawn twice"
	run ctl --json cabinet tree "$c"
	grep -q '^{"name":"'"$c"'","in":\[{"name":"'"$other"'","kind":"user","member":true,"administrator":true},' out || fail "not the object"
	grep -q '{"name":"'"$d"'","in":\[{"name":"mail",' out || fail "$d is not in it"
	refused 98 1 ctl cabinet tree nothing-here
}

guests()
{
	done_by ctl cabinet authorize "$owner" --of "$other" --security 7100 --marks reply,show-items
	run ctl cabinet memberships "$owner"
	status_is 0
	row "CABINET TYPE ISN THROUGH PROFILE SECURITY MARKS"
	grep -Eq "^$other +P +[0-9]+ +- +special +7100 +reply,show-items\$" out || fail "$owner may not go to $other"
	run ctl --json cabinet memberships "$owner"
	grep -Eqx '\{"cabinet":"'"$other"'","type":"P","isn":[0-9]+,"through":"","profile":"special","security":"7100","marks":66\}' out ||
		fail "no object"
	done_by ctl cabinet authorize "$owner" --of "$other" --marks none
	run ctl cabinet members "$other"
	grep -Eq "^[0-9]+ +user +$owner +special +- +- +7100 +none\$" out || fail "not in the list of $other"
	run ctl cabinet profile "$other" "$owner"
	row "security: 7100"
	row "marks: none"
	done_by ctl cabinet authorize mail
	run ctl cabinet members "$me"
	grep -q 'user *mail ' out || fail "not into one's own"
	refused 32 1 ctl cabinet authorize nobody-here
	refused 97 1 ctl cabinet authorize "$me"
	refused 02 1 ctl cabinet authorize mail --of nobody-here
	done_by ctl cabinet withdraw mail
	done_by ctl cabinet withdraw "$owner" --of "$other"
	told AZ-MEMBER ctl cabinet withdraw "$owner" --of "$other"
	run ctl cabinet memberships "$owner"
	! grep -q ' P ' out || fail "$owner may go to $other"
}

forgotten()
{
	fresh
	done_by ctl cabinet add-member "$c" games
	done_by ctl cabinet admin "$c" +games
	run ctl cabinet forget-user games
	status_is 0
	err_is ""
	grep -Eqx 'removed: +[1-9][0-9]*' out || fail "it does not say how many"
	run ctl cabinet memberships games
	[ "$(wc -l <out)" -eq 1 ] || fail "there is something left"
	run ctl --json cabinet forget-user games
	out_is '{"result":"OK","number":0,"text":"Done.","removed":0}'
}

# ---- many

loaded()
{
	fresh
	printf '%s,%s\n%s,%s,,2\n' "$c" "$owner" "$c" "$other" >lines
	run ctl cabinet load lines
	status_is 0
	err_is ""
	[ "$(tr -s ' ' <out | tr '\n' ';')" = "done: 2;lines: 2;" ] || fail "it does not say how many"
	printf '%s,%s,D\n%s,nobody-here\n%s,mail\n' "$c" "$other" "$c" "$c" >lines
	refused AZ-LOAD 1 ctl cabinet load lines
	grep -q 'line 2: 32: ' err || fail "the line is not said"
	run ctl cabinet members "$c"
	[ "$(wc -l <out)" -eq 3 ] || fail "something was changed"
	ctl cabinet load - --report <lines >out 2>err
	status=$?
	status_is 1
	err_is "authzctl: line 2: 32: Member (address) nobody-here could not be found."
	[ "$(tr -s ' ' <out | tr '\n' ';')" = "done: 2;lines: 3;" ] || fail "it does not say how many could be done"
	run ctl --json cabinet load lines --report
	status_is 1
	grep -q '^{"line":2,"code":"32","text":"Member (address) nobody-here could not be found."}$' out || fail "no object of the line"
	tail -1 out | grep -q '^{"result":"OK",.*"done":[0-9]*,"lines":3}$' || fail "no object of the whole"
	run ctl --quiet cabinet load lines --report
	status_is 1
	err_is ""
	run ctl cabinet load nowhere
	status_is 4
	err_is "authzctl: cannot read nowhere: No such file or directory"
}

bar()
{
	fresh
	printf '%s,%s\n' "$c" "$owner" >first
	cat >slowly <<-END
	{ cat first; sleep 0.3; echo "$c,$other"; } | "$build/helpers/authzctl/authzctl" $carrier cabinet load -
	END
	timeout 20 script -qec "sh slowly" /dev/null </dev/null >out
	grep -q 'loading [0-9]' out || fail "no bar on a terminal"
}

# ---- passwords

by_password()
{
	printf 'Geheim7\nmore\n' >two
	said ctl cabinet add-member sales mail --as boss <two
	asked_for 'as boss' 'secret Geheim7'
	! grep -q new_secret asked || fail "more than a line of it was taken"
	said ctl cabinet passwd sales --as boss <two
	asked_for 'as boss' 'secret Geheim7' 'new_secret more'
	said ctl cabinet passwd sales --as boss --password-fd 7 7<two </dev/null
	asked_for 'secret Geheim7' 'new_secret more'
	said ctl cabinet create sales --password ask <two
	asked_for 'new_secret Geheim7'
	said ctl cabinet create sales </dev/null
	! grep -q secret asked || fail "there is a password though none was asked for"
	said ctl cabinet passwd sales --remove </dev/null
	asked_for 'new_secret '
	run ctl cabinet members sales --as boss --password-fd 9
	status_is 2
	grep -q 'no password could be read from descriptor 9' err || fail "it is not said"
	refused CPF3C3C 1 ctl cabinet members sales --as boss
}

kept_secret()
{
	fresh
	done_by ctl cabinet admin "$c" +"$c"
	printf 'Geheim7\n' | ctl cabinet passwd "$c" >out 2>err || fail "no password was set: $(cat err)"
	run ctl cabinet show "$c"
	row "password: set"
	printf 'Geheim7\nmore\n' | { ctl cabinet add-member "$c" mail --as "$c" && read -r rest && [ "$rest" = more ]; } ||
		fail "not by its password, or more than a line of it was taken"
	done_by ctl cabinet passwd "$c" --remove
	run ctl cabinet show "$c"
	row "password: none"
	ctl audit --since 10m >records
	! grep -q Geheim7 records || fail "a password is in the audit"
}

# asked twice, and not shown
asked()
{
	fresh
	cat >typed <<-END
	stty -echo; "$build/helpers/authzctl/authzctl" $carrier cabinet passwd $c; echo status \$?
	END
	{ sleep 0.4; echo Geheim7; sleep 0.4; echo Geheim7; sleep 0.4; } | timeout 20 script -qec "sh typed" /dev/null >out
	grep -q "New password of $c: " out && grep -q "Again, new password of $c: " out && grep -q 'status 0' out || fail "not asked twice"
	! grep -q Geheim7 out || fail "it is shown"
	{ sleep 0.4; echo Geheim7; sleep 0.4; echo Geheim8; sleep 0.4; } | timeout 20 script -qec "sh typed" /dev/null >out
	grep -q 'two different passwords' out && grep -q 'status 2' out || fail "two passwords are one"
}

# ---- lines that are wrong

usages()
{
	usage 'CABINET is missing' ctl cabinet add-member
	usage 'MEMBER is missing' ctl cabinet add-member sales
	usage 'unexpected word' ctl cabinet add-member sales "$other" more
	usage 'NAME is missing' ctl cabinet create
	usage 'unknown --type group' ctl cabinet create sales --type group
	usage '--gid x is no number' ctl cabinet create sales --gid x
	usage 'unknown --list-members some' ctl cabinet create sales --list-members some
	usage '--special-profile is missing' ctl cabinet add-member sales "$other" --profile special
	usage '--special-profile is for --profile special' ctl cabinet add-member sales "$other" --special-profile x
	usage 'unknown --profile 1' ctl cabinet set-member sales "$other" --profile 1
	usage 'only one of --users and --administrators' ctl cabinet members sales --users --administrators
	usage 'nothing to set is given' ctl cabinet set sales
	usage '--security 123 is not four digits' ctl cabinet set sales --security 123
	usage 'USER is missing' ctl cabinet authorize
	usage '--security 71 is not four digits' ctl cabinet authorize "$other" --security 71
	usage 'unknown mark all-of-it' ctl cabinet authorize "$other" --marks all-of-it
	usage 'USER is missing' ctl cabinet withdraw
	refused CPF3C3C 1 ctl cabinet authorize "$other" --of ''
	usage '--security 12a4 is not four digits' ctl cabinet set sales --security 12a4
	usage 'unknown mark reply-all' ctl cabinet set sales --marks reply,reply-all
	usage 'unknown mark ' ctl cabinet set sales --marks reply,
	usage '--from 2026-02-30 is no day' ctl cabinet delete sales --from 2026-02-30
	usage 'no administrator given' ctl cabinet admin sales
	usage 'unknown command cabinet frob' ctl cabinet frob
	usage 'unknown command view frob' ctl view frob
	refused CPF3C3C 1 ctl cabinet show ''
	refused CPF3C3C 1 ctl cabinet set sales --text "$(printf '%065d' 0)"
	saved=$carrier
	carrier="--helper /nowhere --socket none"
	refused AZ-HELPER 3 ctl cabinet list
	refused AZ-HELPER 3 ctl cabinet tree
	refused AZ-HELPER 3 ctl view check
	carrier=$saved
}

for way in child socket; do
	if [ $way = socket ]; then
		start_service
	fi
	check "$way: a cabinet is made, and shown" created
	check "$way: cabinets are listed, in columns and as objects" listed
	check "$way: a list has one line of titles, and every row" pages
	check "$way: what is set is changed, and nothing else" changed
	check "$way: a cabinet is locked, brought back, and purged when its day has come" deleted
	check "$way: members are added, listed with what they are in through, changed and removed" members
	check "$way: each of the document's refusals has its code" refusals
	check "$way: administrators come and go, in the order of the line" administrators
	check "$way: a tree shows cabinets in cabinets, users, and administrators with a mark" tree
	check "$way: a user lets another into her private cabinet, says what he may there, and lets him in no more" guests
	check "$way: a user who is gone is forgotten everywhere" forgotten
	check "$way: many members are loaded whole or not at all, or with a report of the rest" loaded
	check "$way: a slow load shows on a terminal how far it is" bar
	check "$way: a cabinet's password opens it, and comes from a descriptor line by line" kept_secret
done
check "a password comes from a terminal or a descriptor, line by line, and goes to the helper alone (cabinet MUST 1)" by_password
check "a new password is asked for twice on a terminal, and not shown" asked
check "lines that are wrong are told from requests that are refused" usages

echo "1..$number"
[ "$failed" -eq 0 ]
