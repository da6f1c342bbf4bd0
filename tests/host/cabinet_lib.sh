# SPDX-License-Identifier: ISC
# What the scripts about libnss_cabinet share: views that are crafted here.  No helper has a part in it.
#
#   sales  alice and bob, alice administers      short  alice and bob, of whom only bob, who administers, is listed
#   quiet  alice, nobody is listed
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/groups_lib.sh"
sales=${prefix}sales short=${prefix}short quiet=${prefix}quiet
sales_gid=$((low + 1)) short_gid=$((low + 2)) quiet_gid=$((low + 3))

made_folder=no
[ -d "$view" ] || made_folder=yes

# the next script finds the host as this one found it
end_cabinets()
{
	switch_back
	rm -rf "${view:?}/group" "$view/group.new" "$view/group.part" "$view/changed" "$view/telling" /etc/sudoers.d/authz-test
	[ $made_folder = no ] || rmdir "$view"
	end
}
trap end_cabinets EXIT
install -d -o authz -g authz -m 755 "$view"

# publish [-f]: the view that standard input describes (publish_view.c), as the helper's user; what of it was for
# readers to write is in no way different from the helper's
publish()
{
	setpriv --reuid=authz --regid=authz --clear-groups "$tools/publish_view" "$@" "$view"
}

# members NAMES...: of all three cabinets, with commas
members()
{
	publish <<-END
	group $quiet $quiet_gid none ${1:--} -
	group $sales $sales_gid all ${1:--} alice
	group $short $short_gid administrators ${1:--} bob
	END
}

with_alice()
{
	members alice,bob
}

without_alice()
{
	members bob
}

switch 'group: files cabinet' 'gshadow: files cabinet'
with_alice
