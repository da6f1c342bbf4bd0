#!/bin/sh
# SPDX-License-Identifier: ISC
# A token for each session: real su, login, sshd and sudo with "pam_prftkn.so issue" in what their PAM files include.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/hosts_lib.sh"
start_log
grant_rights
start_sshd
printf 'Defaults timestamp_timeout=0, lecture=never, passwd_tries=1\nalice, bob ALL=(ALL:ALL) ALL\n' >/etc/sudoers.d/authz-test
chmod 440 /etc/sudoers.d/authz-test
mkdir "$work/before"
cp -a /etc/pam.d "$work/before/"
cp -a /etc/login.defs "$work/before/"
folder=/run/authz/sessions
own=$folder/$(id -u alice)

# sessions_get [WORD]...: what stands behind the module's name
sessions_get()
{
	for file in common-session common-session-noninteractive; do
		cp "$work/before/pam.d/$file" /etc/pam.d/
		[ $# -eq 0 ] || echo "session optional pam_prftkn.so $*" >>/etc/pam.d/$file
	done
}

# What runs in a session: it says what it sees, hands its token to the test, and stays until it is told to go.
seen=$work/seen
cat >"$work/inside" <<END
#!/bin/sh
cd $seen
{
	echo "user \$(id -un)"
	echo "variable \$AUTHZ_TOKEN_FILE"
	if [ -n "\$AUTHZ_TOKEN_FILE" ]; then
		stat -c 'file %F %a %U:%G %s' "\$AUTHZ_TOKEN_FILE"
		stat -c 'folder %a %U' "\${AUTHZ_TOKEN_FILE%/*}"
		authzctl token check <"\$AUTHZ_TOKEN_FILE" && echo "it stands for me"
		[ "\$(env | grep -c prftkn_)" = 0 ] && echo "environment without a token"
		cp "\$AUTHZ_TOKEN_FILE" token
	fi
} >said 2>&1
: >ready
tries=300
until [ -e go ] || [ \$tries = 0 ]; do sleep 0.1; tries=\$((tries - 1)); done
END
chmod 755 "$work/inside"
who=$work/inside

su_l_enter()
{
	su_login portal "$1" "$2" "$who" -l
}

# sudo to her, by somebody else who gives his password
sudo_u_enter()
{
	answers assword: -bob-password
	"$tools/onpty" -t 40 -u bob -a "$work/answers" sudo -k -p 'Password: ' -u "$1" "$who"
}

# begin_session HOST: alice's, by her password; it goes on in the background
begin_session()
{
	rm -rf "$seen"
	mkdir "$seen"
	chown alice "$seen"
	case $1 in
	su-l) su_l_enter alice -alice-password ;;
	sudo-u) sudo_u_enter alice ;;
	*) enter "$1" alice -alice-password ;;
	esac >"$work/entered" 2>&1 &
	entered=$!
	within 30 test -e "$seen/ready" && cat "$seen/said" && [ "$(sed -n 's/^user //p' "$seen/said")" = alice ] && return 0
	cat "$work/entered"
	return 1
}

end_session()
{
	: >"$seen/go"
	wait "$entered" || :
	cat "$work/entered"
}

file_of_session()
{
	sed -n 's/^variable //p' "$seen/said"
}

is_dead()
{
	! authzctl token timeout <"$1" >"$work/left" 2>&1 && cat "$work/left" && grep -q CPF2274 "$work/left"
}

gets_token()
{
	begin_session "$1" || return 1
	file=$(file_of_session)
	case $file in "$own"/token.????????????????) ;; *) return 1 ;; esac
	grep -qx 'file regular file 400 alice:alice 51' "$seen/said" && grep -qx 'folder 700 alice' "$seen/said" &&
		grep -qx 'it stands for me' "$seen/said" && grep -qx 'environment without a token' "$seen/said" &&
		[ "$(stat -c '%a %U' $folder)" = '711 root' ] || return 1
	! as bob cat "$file" && ! as bob ls "$own" || return 1
	shows '^alice$' su_login portal alice "$seen/token" 'id -un' || return 1
	end_session
	[ ! -e "$file" ] && [ ! -e "$own" ] && is_dead "$seen/token"
}

proves_nothing_to_sudo()
{
	sed -i '1i auth [success=done auth_err=die authinfo_unavail=die default=ignore] pam_prftkn.so services=sudo reauth' /etc/pam.d/sudo
	begin_session su-l || return 1
	mark
	status=0
	answers assword "$seen/token"
	fails "$tools/onpty" -t 30 -u alice -a "$work/answers" sudo -k -p 'Password: ' id -un || status=1
	logged 'pam_prftkn\(sudo:auth\): token refused: user=alice .*AZ-REAUTH: ' && logged 'event=token.redeem.*AZ-REAUTH' || status=1
	end_session
	cp "$work/before/pam.d/sudo" /etc/pam.d/sudo
	return $status
}

counts_as_hers()
{
	mark
	begin_session su-l && logged 'event=token.generate phase=done.* owner=alice .*maker=alice ' || return 1
	end_session
}

two_at_once()
{
	begin_session su-l || return 1
	first=$entered
	mv "$seen" "$seen.1"
	begin_session sshd-password || return 1
	[ "$(find "$own" -type f | wc -l)" = 2 ] || return 1
	end_session
	[ -e "$(sed -n 's/^variable //p' "$seen.1/said")" ] && authzctl token timeout <"$seen.1/token" && is_dead "$seen/token" || return 1
	: >"$seen.1/go"
	wait "$first" || :
	is_dead "$seen.1/token" && [ ! -e "$own" ]
}

# what the user puts in the place of the file is read by nobody's rights but hers
link_to_shadow()
{
	begin_session su-l || return 1
	as alice ln -sf /etc/shadow "$(file_of_session)"
	ls -l "$own"
	end_session
	[ ! -e "$own" ] && [ -s /etc/shadow ]
}

a_mount()
{
	mkdir -p "$own" && mount -t tmpfs -o mode=777 elsewhere "$own" || return 1
	mark
	begin_session su-l
	status=$?
	end_session
	logged 'pam_prftkn\(su-l:session\): no token for the session: user=alice .*Invalid cross-device link' || status=1
	[ -z "$(ls -A "$own")" ] || status=1
	[ -z "$(file_of_session)" ] || status=1
	umount "$own"
	rmdir "$own"
	return $status
}

root_gets_none()
{
	mark
	su -l root -c 'echo "variable $AUTHZ_TOKEN_FILE"' >"$work/said" 2>&1 && cat "$work/said" && grep -qx 'variable ' "$work/said" &&
		! since_mark | grep -E 'token.generate|pam_prftkn'
}

# hung_helper SECONDS: root's su to alice asks nobody for a password
hung_helper()
{
	mark
	begun=$(date +%s)
	su -l alice -c 'echo "variable $AUTHZ_TOKEN_FILE"' >"$work/said" 2>&1
	status=$?
	took=$(($(date +%s) - begun))
	cat "$work/said"
	echo "$took seconds"
	[ $status = 0 ] && grep -qx 'variable ' "$work/said" && [ $took -le 5 ] && logged 'no token for the session: user=alice AZ-LATE: '
}

by_hung_child()
{
	faulty hang
	status=0
	hung_helper || status=1
	not_faulty
	return $status
}

by_hung_service()
{
	start_faulty_service hang || return 1
	status=0
	hung_helper || status=1
	stop_faulty_service
	return $status
}

renewed()
{
	cat >"$work/renews" <<-END
	#!/bin/sh
	exec >$seen/said 2>&1
	cp "\$AUTHZ_TOKEN_FILE" $seen/first
	authzctl token renew --watch --timeout 4 &
	for second in 1 2 3 4 5 6 7 8 9 10 11; do
		sleep 1
		authzctl token check <"\$AUTHZ_TOKEN_FILE" || echo "dead after \$second"
	done
	cp "\$AUTHZ_TOKEN_FILE" $seen/token
	echo "file \$AUTHZ_TOKEN_FILE"
	stat -c 'mode %a' "\$AUTHZ_TOKEN_FILE"
	echo "watch \$!"
	END
	chmod 755 "$work/renews"
	rm -rf "$seen"
	mkdir "$seen"
	chown alice "$seen"
	who=$work/renews
	enter sshd-password alice -alice-password
	who=$work/inside
	cat "$seen/said"
	! grep 'dead' "$seen/said" && grep -qx 'mode 400' "$seen/said" && ! cmp "$seen/first" "$seen/token" || return 1
	within 5 is_dead "$seen/token" && is_dead "$seen/first" && [ ! -e "$(sed -n 's/^file //p' "$seen/said")" ] || return 1
	within 10 watch_ended
}

watch_ended()
{
	! kill -0 "$(sed -n 's/^watch //p' "$seen/said")" 2>/dev/null
}

killed()
{
	begin_session su-l || return 1
	file=$(file_of_session)
	pkill -KILL -P "$entered" -x onpty || kill -KILL "$entered"
	pkill -KILL -x su
	: >"$seen/go"
	wait "$entered" || :
	[ -e "$file" ] && systemd-tmpfiles --boot --create --remove authz.conf && [ ! -e "$own" ] &&
		[ "$(stat -c '%a %U' $folder)" = '711 root' ]
}

no_folder()
{
	rmdir "$folder" && gets_token su-l && [ "$(stat -c '%a %U' "$folder")" = '711 root' ]
}

nothing_without()
{
	sessions_get
	begin_session su-l && [ -z "$(file_of_session)" ] || return 1
	end_session
}

plan 21
sessions_get issue
for host in su su-l login sshd-password sshd-keyboard sudo-u; do
	check "$host: a session gets a token in a file of its user's own; it logs in elsewhere, and dies with the session" gets_token $host
done
check "the token of a session proves nothing to sudo" proves_nothing_to_sudo
check "the token of a session counts as made by its user" counts_as_hers
check "two sessions of a user each have a token, and end with their own" two_at_once
check "a link in the place of the file is not followed (session_file MUST 1)" link_to_shadow
check "a file system mounted on the user's folder is not entered, and the login goes on (session_file MUST 1)" a_mount
check "a session of root's gets no token, and nobody is asked" root_gets_none
check "a folder that is missing is made" no_folder
check "what a killed login leaves is swept at the next start of the host" killed
sessions_get issue timeout=2
check "a login waits for a hung helper until the time-out, and goes on without a token (session MUST 2)" by_hung_child
start_service
carrier=socket
check "a login waits for a hung service until the time-out, and goes on without a token (session MUST 2)" by_hung_service
for host in su-l sshd-password; do
	check "$host, by the service: a session gets a token, which dies with it" gets_token $host
done
sessions_get issue=regenerable lifetime=4
check "a token of four seconds that is renewed lives as long as the session, and no longer" renewed
check "without the option issue a session gets none" nothing_without
sessions_get
check "no token and no password stands in audit or log" no_secret
done_testing
