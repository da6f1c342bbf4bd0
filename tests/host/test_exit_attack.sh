#!/bin/sh
# SPDX-License-Identifier: ISC
# A program of the site's that means harm, asked as an exit: what it can read, become, and say to the helper.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
start_log
grant_rights
start_exits
carry socket
session=/run/authz/sessions
[ -d "$session" ] || install -d -m 711 "$session"
(umask 077 && echo "a session's token" >"$session/secret")

# attack, from stdin: asked once; it says *YES, and what it could do is in $seen/could
attack()
{
	forget
	{
		printf '#!/bin/sh\nexec 2>>%s 3>%s\n' "$seen/errors" "$seen/could"
		cat
		printf '\nexec sed -n "s/^destination .*/*YES/p"\n'
	} | program harm
	deploys 10 harm && answered 0 '*YES' ask root alice a && cat "$seen/could" "$seen/errors" && [ ! -s "$seen/could" ]
}

reads_nothing()
{
	token "$work/t" portal alice --timeout 60
	attack <<-END
	for path in /var/lib/authz/store /var/lib/authz/audit /run/authz/tokens $session/secret /etc/shadow /etc/gshadow /root $work/t; do
		if [ -d \$path ]; then ls \$path; else cat \$path; fi >/dev/null && echo "reads \$path" >&3
	done
	for path in /var/lib/authz /run/authz $session /etc/authz /etc/pam.d /etc $site /usr/libexec/authz /; do
		touch \$path/x && echo "writes in \$path" >&3
	done
	(: >>\$0) && echo "writes itself" >&3
	mv \$0 \$0.x && echo "moves itself" >&3
	END
}

is_nobody_else()
{
	cp /usr/bin/id "$site/root-id" && chmod 4755 "$site/root-id"
	install -o authz -m 4755 /usr/bin/id "$site/helper-id"
	attack <<-END
	[ "\$(id -un)" = $exit_user ] || echo "is \$(id)" >&3
	for each in root-id helper-id; do
		[ "\$($site/\$each -u)" = $(id -u "$exit_user") ] || echo "is another by \$each" >&3
	done
	sudo -n true && echo "is root by sudo" >&3
	su root -c true </dev/null && echo "is root by su" >&3
	setpriv --reuid=authz true && echo "is the helper's user" >&3
	authz-run -- true <$work/t && echo "is alice" >&3
	grep -q 'NoNewPrivs:.1' /proc/self/status || echo "may gain privileges" >&3
	END
}

# with the service there it is heard as who it is, and has no right
speaks_for_itself()
{
	"$tools/attack_ask" frame EXIT_SIGNON USER=alice SERVICE=sshd >"$site/frame.signon" &&
		"$tools/attack_ask" frame EXIT_COMMAND USER=alice PRINCIPAL=root DATA=/usr/bin/id >"$site/frame.command" ||
		return 1
	attack <<-END
	for words in "exit list" "exit remove QIBM_QNS_SDDSTAUTH AUTH0100 10" "exit add QIBM_QNS_SDDSTAUTH AUTH0100 1 /bin/true" \
		"token generate alice" "token remove --all" "audit" "store dump" "store load -" "profile enable locked" \
		"authority grant -t profile -n alice -p $exit_user +use" "master define $exit_user" "view rebuild"; do
		authzctl \$words </dev/null >/dev/null && echo "may \$words" >&3
	done
	authzctl exit check QIBM_QNS_SDDSTAUTH AUTH0100 change-request=C sequence=1 activity=A 'type=*OBJ' 'transport=*HOST' \
		'verb=*SND' user=alice a && echo "asks about alice" >&3
	for each in signon command; do
		$tools/attack_ask socket $socket <$site/frame.\$each | tee -a $seen/errors | grep -q '^OK' &&
			echo "may \$each" >&3
	done
	END
	status=$?
	[ "$(grep -c '^AZ-ROOT' "$seen/errors")" = 2 ] || status=1 # both were asked
	return $status
}

# nor is it heard as the helper: by authz-launch, or at the place of the service
not_the_helper()
{
	attack <<-END
	cp $tools/launch_ask /tmp/authz-test-ask
	/tmp/authz-test-ask /bin/echo 1000 </dev/null >&2 && echo "asks authz-launch" >&3
	rm -f /tmp/authz-test-ask
	rm -f $socket && echo "takes the service away" >&3
	mv $socket $socket.away && echo "moves the service away" >&3
	$helper --serve </dev/null >&2 && echo "is the service" >&3
	END
}

# no service: the helper as a child has no privilege in it
not_by_a_child()
{
	attack <<-END
	authzctl profile show $exit_user >&2 && echo "has a helper of its own" >&3
	$helper </dev/null >&2 && echo "runs the helper" >&3
	authzctl exit list >&2 && echo "lists" >&3
	END
	status=$?
	grep -q AZ-NNP "$seen/errors" || status=1 # it was tried
	return $status
}

# an exit that asks exits asks itself, and so on: that ends, and others are served
asks_itself()
{
	program harm <<-END
	#!/bin/sh
	echo asked >>$seen/calls
	authzctl exit check QIBM_QNS_SDDSTAUTH AUTH0100 change-request=C sequence=1 activity=A 'type=*OBJ' 'transport=*HOST' 'verb=*SND' \
		user=$exit_user a || exit 1
	END
	forget
	deploys 10 harm --time 3000 && nothing "$site/harm" ask root alice a && cat "$seen/calls" &&
		[ "$(wc -l <"$seen/calls")" -lt 10 ] &&
		says harm '*YES' && within 10 answered 0 '*YES' ask root alice a
}

# the memory of who asks, and of who runs it, is not its own; nor is another program's input
looks_at_nobody()
{
	attack <<-END
	for process in /proc/[0-9]*; do
		[ \$process != /proc/\$\$ ] || continue
		grep -q "^PPid:.\$\$\$" \$process/status && continue
		cat \$process/environ >/dev/null && echo "reads the environment of \$(cat \$process/comm)" >&3
		cat \$process/fd/0 </dev/null >/dev/null && echo "reads the input of \$(cat \$process/comm)" >&3
	done
	[ "\$(env | cut -d = -f 1 | sort | tr '\n' ' ')" = 'LANG PATH PWD ' ] || env >&3
	[ \$# = 0 ] || echo "has arguments: \$*" >&3
	ls /proc/self/fd | grep -v '^[0123]\$' | while read -r fd; do [ ! -e /proc/\$\$/fd/\$fd ] ||
		echo "has \$fd open" >&3; done
	(: >/dev/tty) && echo "has a terminal" >&3
	END
}

# what it leaves behind is gone with it
leaves_nothing()
{
	attack <<-END
	(setsid sleep 1000 &) >/dev/null 2>&1
	sleep 1000 &
	END
	none_runs
}

plan 8
check "an exit reads no store, no audit, no token, no shadow, and writes nothing of root's" reads_nothing
check "it becomes neither root nor the helper's user, nor who made a token that it found" is_nobody_else
check "it has no right at the service: it registers nothing, makes no token, asks for nobody" speaks_for_itself
check "it does not act as the helper: not to authz-launch, and not in the service's place" not_the_helper
check "an exit that asks itself comes to an end, and nothing is performed" asks_itself
check "it sees no process's environment or input, has no environment, argument or terminal of who asks" looks_at_nobody
check "what it leaves in the background is gone with it" leaves_nothing
carry child
check "without the service it has no helper of its own either" not_by_a_child
done_testing
