#!/bin/sh
# SPDX-License-Identifier: ISC
# The installed units, as systemd's own tools and mount(8) take them.  systemd itself does not run here.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

value()
{
	sed -n "s/^$1 = //p" "$AUTHZ_NAMESPACE/data/Makefile"
}
folder=$(value systemdsystemunitdir)
tokens=$(value AUTHZ_RUNDIR)/tokens
mount_unit=$(value AUTHZ_TOKENS_UNIT)

installed()
{
	for unit in authz-helper.socket authz-helper.service authz-launch.socket authz-launch.service authz-nscd.path authz-nscd.service \
		"$mount_unit"; do
		[ "$(stat -c '%a %U:%G' "$folder/$unit")" = '644 root:root' ] || {
			echo "$folder/$unit"
			return 1
		}
	done
	! ls /etc/systemd/system/*/authz* 2>/dev/null
}

escaped()
{
	systemd-escape --path --suffix=mount "$tokens" && [ "$mount_unit" = "$(systemd-escape --path --suffix=mount "$tokens")" ]
}

# systemd-analyze has its say on the units that it finds on its way, too: on ours there must be none
verified()
{
	systemd-analyze verify --man=no authz-helper.socket authz-helper.service authz-launch.socket authz-launch.service authz-nscd.path \
		"$mount_unit" >"$work/verify" 2>&1 || :
	cat "$work/verify"
	! grep -F -e authz -e "$mount_unit" "$work/verify"
}

# a mistake in a unit is seen by the check above
verified_at_all()
{
	mkdir "$work/units"
	sed 's/^Type=notify/Type=nothing/; s/^ProtectHome=/ProtectHoem=/' "$folder/authz-helper.service" >"$work/units/authz-helper.service"
	cp "$folder/authz-helper.socket" "$folder/$mount_unit" "$work/units/"
	SYSTEMD_UNIT_PATH=$work/units: systemd-analyze verify --man=no authz-helper.service >"$work/verify" 2>&1 || :
	cat "$work/verify"
	grep 'authz-helper.service.*nothing' "$work/verify" && grep "authz-helper.service.*ProtectHoem" "$work/verify"
}

exposure()
{
	said=$(sed -n 's/^ *Overall exposure level: at most \([0-9.]*\).*/\1/p' "$AUTHZ_SOURCE/doc/SERVICE")
	systemd-analyze security --offline=true --no-pager authz-helper.service >"$work/security"
	is=$(sed -n 's/.*Overall exposure level for authz-helper.service: \([0-9.]*\) .*/\1/p' "$work/security")
	echo "it is ${is:-unknown}, doc/SERVICE says ${said:-nothing}"
	grep '✗' "$work/security"
	[ -n "$is" ] && [ -n "$said" ] && awk -v is="$is" -v said="$said" 'BEGIN { exit !(is <= said) }'
}

# each exposure that systemd-analyze sees stands in doc/SERVICE with its reason
reasons()
{
	bad=0
	for setting in $(awk '$1 == "✗" { print $2 }' "$work/security"); do
		grep -F -q -- " ${setting%%=*}" "$AUTHZ_SOURCE/doc/SERVICE" || {
			echo "doc/SERVICE does not speak of $setting"
			bad=1
		}
	done
	return $bad
}

# as systemd does: mount(8), with the unit's options
mount_as_unit()
{
	mount -t tmpfs -o "$(sed -n 's/^Options=//p' "$folder/$mount_unit")" tmpfs "$tokens"
}

root_of_tokens()
{
	# a client of root's that found no folder gives it another group
	systemd-tmpfiles --create authz.conf && before=$(stat -c '%a %U:%G' "$tokens")
	mount_as_unit && findmnt --noheadings -o FSTYPE,OPTIONS "$tokens" >"$work/mount" || return 1
	cat "$work/mount"
	for option in tmpfs nosuid nodev noexec size=1048576k; do
		grep -Fqw "$option" "$work/mount" || return 1
	done
	[ "$(stat -c '%a %U:%G' "$tokens")" = '700 authz:authz' ] && [ "$before" = '700 authz:authz' ]
}

tmpfiles_agrees()
{
	mountpoint "$tokens" && systemd-tmpfiles --create authz.conf && [ "$(stat -c '%a %U:%G' "$tokens")" = '700 authz:authz' ] &&
		[ "$(stat -c '%a %U:%G' /run/authz)" = '755 root:root' ]
}

login_with_mount()
{
	mountpoint "$tokens" && token "$work/token" portal alice && shows '^alice$' su_login stranger alice "$work/token" 'id -un' &&
		[ -f "$tokens/a" ]
}

unmounted_lazily()
{
	grep '^LazyUnmount=yes$' "$folder/$mount_unit" && umount -l "$tokens" && ! mountpoint "$tokens" &&
		token "$work/token" portal alice && shows '^alice$' su_login stranger alice "$work/token" 'id -un'
}

grant_rights
plan 10
check "the units are installed, root's, and none is enabled by make install" installed
check "the mount unit has the name that systemd-escape gives the tokens' folder" escaped
check "systemd-analyze verify has nothing to say about the units" verified
check "... and would have, if one had a mistake" verified_at_all
check "the service's exposure is no higher than doc/SERVICE says" exposure
check "each exposure that is left has its reason in doc/SERVICE" reasons
check "mount takes the unit's options, names of users too, and the root is authz's alone, as the folder below is" root_of_tokens
check "systemd-tmpfiles leaves the mounted root as it is" tmpfiles_agrees
check "tokens are made and used on the file system of their own" login_with_mount
check "tokens work again in the folder when it is unmounted" unmounted_lazily
done_testing
