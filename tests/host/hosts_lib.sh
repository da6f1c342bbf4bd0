# SPDX-License-Identifier: ISC
# What the scripts about login programs share: each program under one name, run many at once, and the carriers.
#
#   su sudo login           on a terminal                     vsftpd      uploads a file by curl
#   sshd-password           asks once                         imap        Dovecot; makes a mailbox by curl
#   sshd-keyboard           keyboard-interactive              ask         a PAM program without privilege (askpam)
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

every_host='su sudo login sshd-password sshd-keyboard vsftpd imap ask'

# How clients reach the helper: by a child, or by the socket of a service.  A test is run once for each carrier.
carriers='child socket'
carrier=child

vsftpd_pid='' dovecot_pid='' cron_pid='' ftp_port='' imap_port=''

stop_hosts()
{
	for pid in $vsftpd_pid $dovecot_pid $cron_pid ${faulty_service-}; do
		kill "$pid" 2>/dev/null || :
	done
	if [ -e "$work/before" ]; then
		rm -rf /etc/pam.d /etc/sudoers.d/authz-test
		cp -a "$work/before/pam.d" "$work/before/login.defs" /etc/
	fi
	end
}
trap stop_hosts EXIT

# carry CARRIER: from now on clients reach the helper by that
carry()
{
	carrier=$1
	[ -z "$service" ] || stop_service TERM
	[ "$carrier" = child ] || start_service
}

# ---- a helper that is faulty: what it does is in faulty_helper.c

cp -p "$helper" "$work/helper.real"

# faulty MODE: owner and set-user-ID bit as the real one has them
faulty()
{
	echo "$1" >"$helper.mode"
	cp "$tools/faulty_helper" "$helper.new" && chown authz:shadow "$helper.new" && chmod 6511 "$helper.new" &&
		mv "$helper.new" "$helper"
}

# the real one is there again
not_faulty()
{
	rm -f "$helper.mode" "$helper.started"
	cp -p "$work/helper.real" "$helper.new" && mv "$helper.new" "$helper"
}

# start_faulty_service MODE: at the socket of the service, which goes on beside it
start_faulty_service()
{
	mv "$socket" "$socket.away"
	: >"$work/faulty"
	"$tools/faulty_helper" "$socket" "$1" </dev/null >"$work/faulty" 2>&1 &
	faulty_service=$!
	within 5 grep -q . "$work/faulty"
}

stop_faulty_service()
{
	pkill -KILL -P "$faulty_service" || :
	kill -KILL "$faulty_service"
	wait "$faulty_service" || :
	faulty_service=
	mv "$socket.away" "$socket"
}

# helpers that were started for one request: all but the service
helpers()
{
	pgrep -x authz-helper | grep -vx "${service:-none}"
}

# is somebody asked at this moment?
asked()
{
	if [ "$carrier" = child ]; then
		helpers >/dev/null
	elif [ -n "${faulty_service-}" ]; then
		pgrep -P "$faulty_service" >/dev/null
	else
		ss -Hx state connected | grep -qF "$socket "
	fi
}

# while a service runs: every helper that is started leaves a line
watch_child()
{
	: >"$helper.started"
	chmod 666 "$helper.started"
	faulty witness
}

home_of()
{
	getent passwd "$1" | cut -d : -f 6
}

# a port of loopback that nobody has: the network is not private
free_port()
{
	while :; do
		candidate=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		ss -Htln "sport = :$candidate" | grep -q . || break
	done
	echo "$candidate"
}

is_listening()
{
	ss -Htln "sport = :$1" | grep -q .
}
# listening PORT: within five seconds
listening()
{
	within 5 is_listening "$1" >&2
}

start_vsftpd()
{
	mkdir -p /run/vsftpd/empty
	ftp_port=$(free_port)
	cat >"$work/vsftpd.conf" <<-END
	listen=YES
	listen_address=127.0.0.1
	listen_port=$ftp_port
	background=NO
	anonymous_enable=NO
	local_enable=YES
	write_enable=YES
	pam_service_name=vsftpd
	secure_chroot_dir=/run/vsftpd/empty
	xferlog_enable=NO
	isolate_network=NO
	max_login_fails=1
	END
	/usr/sbin/vsftpd "$work/vsftpd.conf" </dev/null >"$work/vsftpd.out" 2>&1 &
	vsftpd_pid=$!
	listening "$ftp_port"
}

# Dovecot's blocks for passwords, of version 2.4 on and of those before; see start_dovecot for the words
passwords_2_4()
{
	case $words in *' masters '*)
		printf 'passdb masters {\n driver = pam\n service_name = dovecot\n master = yes\n}\nauth_master_user_separator = *\n' ;;
	esac
	case $words in *' tokens-first '*)
		printf 'passdb tokens {\n driver = pam\n service_name = authz-token\n use_cache = no\n}\n' ;;
	esac
	echo 'passdb pam {'
	echo ' service_name = dovecot'
	case $words in *' session '*) echo ' session = yes' ;; esac
	case $words in *' cache '*) echo ' use_cache = no' ;; esac
	printf '}\nuserdb passwd {\n}\n'
	case $words in *' one-worker '*) printf 'service auth-worker {\n process_limit = 1\n}\n' ;; esac
}
passwords_2_3()
{
	case $words in *' masters '*)
		printf 'passdb {\n driver = pam\n args = dovecot\n master = yes\n}\nauth_master_user_separator = *\n' ;;
	esac
	case $words in *' tokens-first '*) printf 'passdb {\n driver = pam\n args = authz-token\n}\n' ;; esac
	arguments=dovecot
	case $words in *' session '*) arguments="session=yes $arguments" ;; esac
	case $words in *' cache-key '*) arguments="cache_key=%u%s $arguments" ;; esac
	printf 'passdb {\n driver = pam\n args = %s\n}\n' "$arguments"
	printf 'userdb {\n driver = passwd\n}\n'
	case $words in *' one-worker '*) echo 'auth_worker_max_count = 1' ;; esac
}

# Who fails often is not kept waiting for it: the tests fail on purpose.
#
# start_dovecot [WORD]...: session     opens and closes a PAM session at each login
#                          cache       has a cache, which PAM's answers do not go into
#                          cache-key   has a cache, which PAM's answers go into
#                          tokens-first asks the PAM service authz-token before, past the cache
#                          one-worker  one process asks PAM
#                          masters     Dovecot's own master users, by PAM: OWNER*MASTER and the master's password
#                          page        is the host's own, with what stands about passwords in /etc/dovecot/local.conf
start_dovecot()
{
	words=" $* "
	imap_port=$(free_port)
	case $words in
	*' page '*) conf=/etc/dovecot/dovecot.conf base=/run/dovecot ;;
	*) conf=$work/dovecot.conf base=$work/dovecot ;;
	esac
	mkdir -p "$base"
	case $(dovecot --version) in
	2.[0-3].*) passwords=passwords_2_3 address=address settings='disable_plaintext_auth = no
mail_location = maildir:~/Maildir' ;;
	*) passwords=passwords_2_4 address=listen settings='auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir' ;;
	esac
	{
		[ $passwords = passwords_2_3 ] || printf 'dovecot_%s_version = 2.4.0\n' config storage
		cat <<-END
		base_dir = $base
		state_dir = $base
		log_path = $work/dovecot.log
		protocols = imap
		ssl = no
		$settings
		first_valid_uid = 1
		auth_failure_delay = 1 secs
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		service imap-login {
		  inet_listener imap {
		    $address = 127.0.0.1
		    port = $imap_port
		  }
		}
		END
		case $words in *' cache'*) printf 'auth_cache_size = 1M\nauth_cache_ttl = 1 hour\n' ;; esac
		case $words in
		*' page '*) echo '!include_try local.conf' ;;
		*) $passwords ;;
		esac
	} >"$conf"
	/usr/sbin/dovecot -F -c "$conf" </dev/null >"$work/dovecot.out" 2>&1 &
	dovecot_pid=$!
	listening "$imap_port" || {
		cat "$work/dovecot.out" >&2
		return 1
	}
}

stop_dovecot()
{
	kill "$dovecot_pid"
	wait "$dovecot_pid" || :
	dovecot_pid=''
}

# What the hosts need beside what prepare installs; stop_hosts leaves the next script what it found.
start_hosts()
{
	mkdir "$work/before.new"
	cp -a /etc/pam.d /etc/login.defs "$work/before.new/"
	mv "$work/before.new" "$work/before"
	start_sshd
	start_vsftpd
	start_dovecot
	# one try for a connection, so that a refused login ends
	sed -i 's/^LOGIN_RETRIES.*/LOGIN_RETRIES 1/' /etc/login.defs
	# sudo asks who is there already; the line is the manual's for a site that takes tokens there all the same
	printf 'Defaults timestamp_timeout=0, lecture=never, passwd_tries=1\nalice, bob ALL=(ALL:ALL) ALL\n' >/etc/sudoers.d/authz-test
	chmod 440 /etc/sudoers.d/authz-test
	sed -i '1i auth [success=done auth_err=die authinfo_unavail=die default=ignore] pam_prftkn.so services=sudo reauth' /etc/pam.d/sudo
	printf '@include common-auth\n@include common-account\n' >/etc/pam.d/authz-ask
}

# ---- one login: HOST_enter OWNER FILE|-ANSWER [FILE|-ANSWER]: "in: NAME" for whose rights the session really had.
# The second answer is to the second prompt.

# dialogue FILE|-ANSWER [FILE|-ANSWER]: for a terminal
dialogue()
{
	answers assword: "$1" ${2:+assword: "$2"}
}

who='echo "in: $(id -un)"'

su_enter()
{
	owner=$1
	shift
	dialogue "$@"
	"$tools/onpty" -t 40 -u portal -a "$work/answers" su "$owner" -c "$who"
}

# sudo asks its caller, and then is somebody else
sudo_enter()
{
	owner=$1
	shift
	dialogue "$@"
	"$tools/onpty" -t 40 -u "$owner" -a "$work/answers" sudo -k -p 'Password: ' -u stranger \
		sh -c '[ "$(id -un)" = stranger ] && echo "in: $SUDO_USER"'
}

# of who comes from another host
login_enter()
{
	login_by '-h 192.0.2.9' "$@"
}

# of who is at a terminal of this one
login_here_enter()
{
	login_by '' "$@"
}

# login_by OPTIONS OWNER FILE|-ANSWER...
login_by()
{
	options=$1 owner=$2
	shift 2
	dialogue "$@"
	printf '%s\n' '$ ' "$who; exit" >>"$work/answers"
	# shellcheck disable=SC2086 # a list of words
	"$tools/onpty" -t 40 -a "$work/answers" login -p $options "$owner"
}

ssh_enter()
{
	methods=$1 owner=$2
	shift 2
	dialogue "$@"
	"$tools/onpty" -t 60 -u portal -a "$work/answers" ssh -F none -p "$port" -o PreferredAuthentications="$methods" \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR "$owner@127.0.0.1" "$who"
}

sshd_password_enter()
{
	ssh_enter password "$@"
}

sshd_keyboard_enter()
{
	ssh_enter keyboard-interactive "$@"
}

# curl_enter OWNER FILE|-ANSWER OPTION...: the answer is in no argument
curl_enter()
{
	case $2 in
	-*) secret=${2#-} ;;
	*) secret=$(cat "$2") ;;
	esac
	owner=$1
	shift 2
	printf 'user = "%s:%s"\n' "$owner" "$secret" | curl -sS -m 60 -K - "$@"
}

# what the server made, and whose it is
vsftpd_enter()
{
	made=upload.$$.$(basename "$work")
	rm -f "$(home_of "$1")/$made"
	curl_enter "$1" "$2" -T /etc/hostname "ftp://127.0.0.1:$ftp_port/$made" || return
	stat -c 'in: %U' "$(home_of "$1")/$made"
}

imap_enter()
{
	made=box-$(od -An -N6 -tx1 /dev/urandom | tr -d ' ')
	curl_enter "$1" "$2" -X "CREATE $made" "imap://127.0.0.1:$imap_port/" || return
	stat -c 'in: %U' "$(home_of "$1")/Maildir/.$made"
}

# A token is tried by portal, who is somebody else; a password by its owner, as pam_unix checks no other's for her.
ask_enter()
{
	case $2 in
	-*) as "$1" "$tools/askpam" authz-ask "$1" <<-END ;;
	${2#-}
	END
	*) as portal "$tools/askpam" authz-ask "$1" <"$2" ;;
	esac >"$work/asked" 2>&1 || {
		cat "$work/asked"
		return 1
	}
	cat "$work/asked"
	echo "in: $1"
}

# enter HOST OWNER FILE|-ANSWER [FILE|-ANSWER]
enter()
{
	host=$1
	shift
	case $host in
	sshd-*) sshd_"${host#sshd-}"_enter "$@" ;;
	*) "${host}_enter" "$@" ;;
	esac
}

# gets_in HOST OWNER FILE|-ANSWER [FILE|-ANSWER]
gets_in()
{
	shows "^in: $2\$" enter "$@"
}

# refused in time, and nobody was told why; the status is the client's affair, login's is 0
kept_out()
{
	got=0
	enter "$@" >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" != 124 ] || return 1
	! grep -E '^in: |CPF|AZ-|oken|expired|spent|disabled' "$work/said" || {
		echo "this was to be refused, and no cause told"
		return 1
	}
}

# login of util-linux asks PAM in another name for who comes from another host, that of shadow does not; it has no --version
case $(login --version 2>/dev/null </dev/null || :) in
*util-linux*) login_service=remote ;;
*) login_service=login ;;
esac

# the name by which PAM and the log know a host
service_of()
{
	case $1 in
	login) echo $login_service ;;
	login_here) echo login ;;
	sshd-*) echo sshd ;;
	imap) echo dovecot ;;
	ask) echo authz-ask ;;
	*) echo "$1" ;;
	esac
}

# ---- many at once: a login that is refused takes seconds that are the host's own

# begin CASE HOST [ARGUMENT]...: run it in the background, in a folder of its own, where its result stays
begin()
{
	name=$1.$2
	mkdir -p "$work/$name"
	(
		trap - EXIT
		work=$work/$name
		if "$@"; then echo passed >"$work/result"; else echo failed >"$work/result"; fi
	) </dev/null >"$work/$name.out" 2>&1 &
	begun="${begun-} $!"
}

begin_all()
{
	this=$1
	shift
	for each; do
		begin "$this" "$each"
	done
}

# until all of them have ended
gather()
{
	for pid in ${begun-}; do
		wait "$pid" || :
	done
	begun=
}

# went_well CASE HOST: what begin began
went_well()
{
	cat "$work/$1.$2.out"
	[ "$(cat "$work/$1.$2/result")" = passed ]
}

# begin and gather, then one result for each HOST: at_once SENTENCE CASE HOST...
at_once()
{
	outcome=$1 this=$2
	shift 2
	begin_all "$this" "$@"
	gather
	results "$outcome" "$this" "$@"
}

# results SENTENCE CASE HOST...: of what begin began and gather waited for
results()
{
	outcome=$1 this=$2
	shift 2
	for each; do
		check "$each, $carrier: $outcome" went_well "$this" "$each"
	done
}

# a last check of each script
no_secret()
{
	authzctl audit >"$work/audit" && ! grep 'prftkn_[A-Za-z0-9_-]' "$work/audit" "$log" && ! grep -- '-password' "$work/audit" "$log"
}
