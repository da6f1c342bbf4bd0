#!/bin/sh
# SPDX-License-Identifier: ISC
# Exits under which something goes away: a program, authz-launch, the helper, the registration, room on the disk; and many at once.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
start_log
grant_rights
start_exits
says yes '*YES'
says no '*NO'
# one that has begun, and goes on when the test says so
program waits <<END
#!/bin/sh
echo \$\$ >$seen/waits
until [ -e $site/go ]; do sleep 0.05; done
exec sed -n 's/^destination .*/*YES/p'
END

# in_background COMMAND...: until the waiting program has begun; ended STATUS is how it ends
in_background()
{
	rm -f "$site/go" "$work/result"
	(
		result=0
		"$@" >"$work/answers.out" 2>"$work/answers.err" || result=$?
		echo $result >"$work/result"
	) &
	within 10 test -s "$seen/waits"
}
ends_with()
{
	within 40 test -s "$work/result" && cat "$work/answers.out" "$work/answers.err" &&
		[ "$(cat "$work/result")" = "$1" ]
}
# it ends with nothing allowed, by an error of that code, in which that stands
ends_by()
{
	ends_with 3 && [ ! -s "$work/answers.out" ] && grep -Eq -- "^authzctl: $1: .*$2" "$work/answers.err"
}

waiting()
{
	forget
	deploys 10 yes && deploys 20 waits && in_background ask root alice a b
}
# afterwards all is as it was
goes_on()
{
	: >"$site/go"
	answered 0 '*YES,*YES' ask root alice a b
}

# ---- what goes away meanwhile

program_is_killed()
{
	waiting && kill -KILL "$(cat "$seen/waits")" && ends_by AZ-EXIT "20.*$site/waits.*signal 9" && goes_on
}

launch_is_killed()
{
	waiting && kill -KILL "$(cat "$work/launch.pid")" && ends_by AZ-EXIT "20.*$site/waits" || return 1
	within 5 launch_is_gone && none_runs && ! pgrep -u "$exit_user" >/dev/null || return 1
	nothing 'out of reach' ask root alice a || return 1
	start_launch && goes_on
}

launch_hangs()
{
	forget
	deploys 10 yes --time 1000 && kill -STOP "$(cat "$work/launch.pid")" || return 1
	result=0
	nothing "10.*$site/yes" ask root alice a || result=1
	kill -CONT "$(cat "$work/launch.pid")"
	answered 0 '*YES' ask root alice a || result=1
	return $result
}

# by child the helper that is asking, by socket the service
helper_is_killed()
{
	waiting || return 1
	if [ "$carrier" = child ]; then pkill -KILL -x authz-helper; else kill -KILL "$service"; fi
	ends_by AZ-DIED '' || return 1
	# its program has nobody to answer to
	within 5 eval "! kill -0 $(cat "$seen/waits") 2>/dev/null"
}

# a list is read once: this asking has what was registered when it began
list_changes()
{
	waiting && deploys 5 no && authzctl exit remove QIBM_QNS_SDDSTAUTH AUTH0100 10 && deploys 30 no && : >"$site/go" &&
		ends_with 0 && answered 1 '*NO 5' ask root alice a
}

# who asks goes away: so does the program
asker_is_killed()
{
	waiting && pkill -KILL -x authzctl && within 10 eval "! kill -0 $(cat "$seen/waits") 2>/dev/null" && goes_on
}

# while a program takes its time others are served
others_are_served()
{
	waiting || return 1
	result=0
	shows '^alice$' su_login portal alice -alice-password 'id -un' || result=1
	token "$work/t" portal alice --timeout 60 && shows '^alice$' su_login portal alice "$work/t" 'id -un' || result=1
	authzctl authority set -t queue -n Q -p bob +get && authzctl authority check -t queue -n Q -p bob +get || result=1
	deploys 30 yes || result=1
	: >"$site/go"
	ends_with 0 || result=1
	return $result
}

# ---- whose the program is, also when that changes after it was registered

whose()
{
	forget
	deploys 10 yes && answered 0 '*YES' ask root alice a || return 1
	result=0
	chown portal "$site/yes" && nothing "$site/yes.*not root" ask root alice a || result=1
	chown root "$site/yes" && chmod 775 "$site/yes" && nothing "$site/yes.*writable by others" ask root alice a ||
		result=1
	chmod 755 "$site/yes" && chmod 777 "$site" && nothing "$site/yes.*writable by others" ask root alice a || result=1
	chmod 755 "$site" && chown portal "$site" && nothing "$site/yes.*not root" ask root alice a || result=1
	chown root "$site" && setfacl -m u:portal:rwx "$site/yes" &&
		nothing "$site/yes.*writable by others" ask root alice a || result=1
	setfacl -b "$site/yes" && chmod 644 "$site/yes" && nothing "$site/yes" ask root alice a || result=1
	chmod 755 "$site/yes" && mv "$site/yes" "$site/away" && nothing "$site/yes.*No such file" ask root alice a ||
		result=1
	# another one at its place, of root's, is what is asked from then on
	cp "$site/no" "$site/yes" && answered 1 '*NO 10' ask root alice a || result=1
	mv "$site/away" "$site/yes" && answered 0 '*YES' ask root alice a || result=1
	return $result
}

# ---- many at once

one_of_crowd()
{
	result=0
	authzctl exit check QIBM_QNS_SDDSTAUTH AUTH0100 change-request=CR0815 sequence=1 activity=ACT01 'type=*OBJ' 'transport=*HOST' \
		'verb=*SND' user=alice "a$1" b c >"$work/crowd.$1.out" 2>"$work/crowd.$1.err" || result=$?
	echo $result >"$work/crowd.$1.result"
}

crowd()
{
	program slow <<-'END'
	#!/bin/sh
	sleep 0.1
	exec awk '$1 == "destination" { print $2 == "b" ? "*NO" : "*YES" }'
	END
	forget
	deploys 10 slow && deploys 20 yes || return 1
	begun=
	for turn in $(seq 64); do
		one_of_crowd "$turn" &
		begun="$begun $!"
	done
	# shellcheck disable=SC2086 # a list of words
	wait $begun
	good=0
	for turn in $(seq 64); do
		case $(cat "$work/crowd.$turn.result") in
		1)
			printf 'a%s *YES\nb *NO 10\nc *YES\n' "$turn" | cmp - "$work/crowd.$turn.out" || return 1
			good=$((good + 1)) ;;
		3)
			[ ! -s "$work/crowd.$turn.out" ] &&
				grep -E '^authzctl: AZ-(EXIT|TOOMANY|LATE): ' "$work/crowd.$turn.err" || return 1 ;;
		*)
			cat "$work/crowd.$turn".*
			return 1 ;;
		esac
	done
	echo "$good of 64"
	[ $good -gt 0 ] && answered 1 '*YES,*NO 10,*YES' ask root alice a b c
}

# ---- what is kept

# small_disk, disk_again: all that is kept is on a file system with a mebibyte of room, and then where it was
small_disk()
{
	carry child
	mkdir "$work/kept"
	cp -a /var/lib/authz "$work/kept/"
	mount -t tmpfs -o "mode=755,size=$(($(du -sk /var/lib/authz | cut -f 1) + 1024))k" small /var/lib/authz
	chown --reference="$work/kept/authz" /var/lib/authz
	chmod --reference="$work/kept/authz" /var/lib/authz
	cp -a "$work/kept/authz/." /var/lib/authz/
	carry "$1"
}
disk_again()
{
	carry child
	umount /var/lib/authz
	rm -rf "$work/kept"
	carry "$1"
}

# what was acknowledged is there, and what was not is not
disk_full()
{
	forget
	head -c 2048 /dev/zero | tr '\0' x >"$work/data"
	made=0
	while authzctl exit add "P$((made / 16))" AUTH0100 '*LOW' "$site/yes" --data-file "$work/data" >/dev/null 2>"$work/said"; do
		made=$((made + 1))
		[ $made -lt 1000 ] || return 1
	done
	cat "$work/said"
	echo "full after $made"
	grep -q '^authzctl: AZ-NOROOM: ' "$work/said" && [ "$(authzctl exit list | grep -c "$site/yes")" = $made ] &&
		refused 3 AZ-NOROOM authzctl exit add "P$((made / 16))" AUTH0100 '*LOW' "$site/no" --data-file "$work/data" &&
		answered 0 '*YES' authzctl exit check P0 AUTH0100 change-request=C sequence=1 activity=A 'type=*OBJ' 'transport=*HOST' \
			'verb=*SND' user=alice a && authzctl exit remove P0 AUTH0100 '*ALL' && authzctl store check
}

register_two()
{
	forget
	deploys 10 no --data 'kept text' --text why --time 2345 && deploys '*HIGH' yes && authzctl exit list >"$work/list"
}
still_there()
{
	authzctl exit list | diff "$work/list" - && answered 1 '*NO 10' ask root alice a
}
comes_back()
{
	rm -f "$work/dump"
	authzctl store backup "$work/dump" && forget && answered 0 '*YES' ask root alice a &&
		authzctl store load "$work/dump" && still_there &&
		authzctl store check
}

total=12
plan $((2 * total))
for each in $carriers; do
	carry "$each"
	check "$each: a program that is killed is named, and nothing is performed" program_is_killed
	check "$each: authz-launch killed while it runs one: nothing is performed, and the program is gone" launch_is_killed
	check "$each: authz-launch that hangs: nothing is performed, in time" launch_hangs
	check "$each: the helper killed while it asks: nothing is performed, and the program is gone" helper_is_killed
	[ "$each" = child ] || carry "$each"
	check "$each: what is registered and removed meanwhile is not in this asking" list_changes
	check "$each: who asks is killed: the program has its time, and others are asked" asker_is_killed
	check "$each: while a program takes its time logins, tokens, authorities and registration go on" others_are_served
	check "$each: a program is looked at each time: what root alone could not have changed is not run" whose
	check "$each: 64 at once: each has a whole answer, or an error that says why" crowd
	small_disk "$each"
	check "$each: a full disk: what was acknowledged is registered, and nothing else" disk_full
	disk_again "$each"
	register_two >/dev/null
	[ "$each" = child ] || stop_service KILL
	carry "$each"
	check "$each: what is registered survives a helper that was killed" still_there
	check "$each: a dump has it, and a load brings it back" comes_back
done
done_testing
