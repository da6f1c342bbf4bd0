#!/bin/sh
# SPDX-License-Identifier: ISC
# A password server for one request, as authz-launch runs it (doc/MASTERS has the lines): a site's own, in few lines of sh.
#
# Beside it are "passwords", a folder with a file per owner that it may write, and "mode", what is wrong with it today.
here=${0%/*}
command='' owner='' password='' new=''
read -r hello || exit 1
while IFS= read -r line; do
	case $line in
	'command '*) command=${line#* } ;;
	'owner '*) owner=${line#* } ;;
	'password '*) password=${line#* } ;;
	'new-password '*) new=${line#* } ;;
	esac
done
echo "$command $owner" >>"$here/passwords/.asked"

# what is right and what is done; the file is there whole or not at all
keep()
{
	printf '%s\n' "$2" >"$here/passwords/.new" && mv "$here/passwords/.new" "$here/passwords/$1"
}
is()
{
	[ -f "$here/passwords/$owner" ] && [ "$(cat "$here/passwords/$owner")" = "$1" ]
}
act()
{
	[ "$hello" = 'authz-password-server 1' ] || return 1
	case $owner in '' | .* | */*) return 1 ;; esac
	case $command in
	bind) is "$password" ;;
	register) is "$password" && keep "$owner" "$new" ;;
	add) [ ! -e "$here/passwords/$owner" ] && keep "$owner" "$password" ;;
	alter) [ -e "$here/passwords/$owner" ] && { [ -z "$password" ] || keep "$owner" "$password"; } ;;
	delete) rm "$here/passwords/$owner" ;;
	*) return 1 ;;
	esac
}
answer()
{
	if act; then echo ok; else echo "error $command is not what this server does for $owner"; fi
}

mode=$(cat "$here/mode")
case $mode in
right) answer ;;
refuses) echo "error it is against the site's rules" ;;
hangs) exec sleep 600 ;;
late) sleep 6 && answer ;;
garbles) printf 'yes\377, ok\n' ;;
says-nothing) : ;;
says-half) printf 'o' ;;
says-twice) printf 'ok\nok\n' ;;
says-without-end) while echo ok; do :; done ;;
fails) echo ok && exit 3 ;;
dies) kill -KILL $$ ;;
dies-having-acted-once)
	[ ! -e "$here/passwords/.died" ] || { answer && exit; }
	act && : >"$here/passwords/.died" && kill -KILL $$ ;;
esac
