#!/bin/sh
# SPDX-License-Identifier: ISC
# What becomes of cabinets when a user of the host is removed, and another one gets the name.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/real_lib.sh"
hook=$(sed -n 's/^userdeldir = //p' "$AUTHZ_NAMESPACE/Makefile")/authz

end_userdel()
{
	for each in carol dave; do
		! getent passwd $each >/dev/null || userdel $each 2>/dev/null || :
	done
	end_real
}
trap end_userdel EXIT

make_user()
{
	useradd --no-create-home --shell /bin/sh --user-group "$@" carol && echo carol:carol-password | chpasswd
}

# sales, which carol administers, with her; north in it, with her; and a private cabinet that a password opens
make_all()
{
	make_user && cabinet root create sales && cabinet root create north && cabinet root add-member sales north &&
		cabinet root admin sales +carol && cabinet carol add-member sales carol && cabinet root set sales --text x &&
		cabinet root remove-member sales north && cabinet root add-member north carol &&
		cabinet root add-member sales north &&
		cabinet root add-member sales bob && cabinet carol authorize bob --security 7000 &&
		cabinet bob authorize carol --security 7000 && among carol cabinet bob memberships && echo secret-of-carol | cabinet carol passwd carol &&
		prints "$prefix"sales:!:carol:bob,carol sorted getent gshadow "$prefix"sales &&
		among "$prefix"north id -Gn carol
}

# nothing of hers, whoever has the name
nothing_left()
{
	prints "$prefix"sales:!::bob getent gshadow "$prefix"sales &&
		prints "$prefix"north:x:"$(gid north)": getent group "$prefix"north &&
		not_among carol cabinet root members sales --users &&
		not_among carol cabinet root members sales --administrators &&
		not_among carol cabinet root members north && not_among carol cabinet bob memberships &&
		not_among carol cabinet bob members bob
}

# another carol, of the same uid or not
next_has_nothing()
{
	nothing_left && make_user "$@" && nothing_left && prints carol id -Gn carol &&
		prints carol as carol sh -c 'id -Gn' && says 15 cabinet carol add-member sales carol || return 1
	echo secret-of-carol >"$work/password"
	says 03 cabinet stranger add-member sales stranger --as carol <"$work/password" && authzctl store check &&
		authzctl view check
}

clean()
{
	for each in sales north; do cabinet root delete $each || return 1; done
	cabinet root purge && userdel carol
}

installed()
{
	prints '755 root:root' stat -c '%a %U:%G' "$hook"
}

removed()
{
	make_all && uid=$(id -u carol) && gives 0 "$@" carol && next_has_nothing --uid "$uid" && clean
}

other_uid()
{
	make_all && gives 0 userdel carol && next_has_nothing --uid 54321 && clean
}

# Debian's, which starts userdel
by_deluser()
{
	make_all && deluser --quiet carol && next_has_nothing && clean
}

in_no_cabinet()
{
	make_user && gives 0 userdel carol && useradd --no-create-home 'dave$' 2>/dev/null && gives 0 userdel 'dave$'
}

# users of other files than this host's
of_another_tree()
{
	make_all && mkdir -p "$work/tree/etc" && printf 'carol:x:4711:4711::/:/bin/sh\n' >"$work/tree/etc/passwd" &&
		printf 'carol:!:19000::::::\n' >"$work/tree/etc/shadow" && printf 'carol:x:4711:\n' >"$work/tree/etc/group" &&
		: >"$work/tree/etc/gshadow" || return 1
	userdel --prefix "$work/tree" carol
	! grep carol "$work/tree/etc/passwd" && among carol cabinet root members sales &&
		among "$prefix"north id -Gn carol &&
		gives 0 userdel carol && next_has_nothing && clean
}

# where the store cannot be written userdel says so, and the word of the manual does the rest
store_gone()
{
	make_all && mv "$state/store" "$state/away" || return 1
	got=0
	userdel carol >"$work/said" 2>&1 || got=$?
	mv "$state/away" "$state/store"
	cat "$work/said"
	echo "status $got"
	! getent passwd carol && [ $got = 1 ] && grep '^authzctl: ' "$work/said" && cabinet root forget-user carol &&
		next_has_nothing && clean
}

# a package that was removed leaves the file
without_authzctl()
{
	mv /usr/bin/authzctl "$work/authzctl" && make_user
	got=0
	userdel carol >"$work/said" 2>&1 || got=$?
	mv "$work/authzctl" /usr/bin/authzctl
	cat "$work/said"
	[ $got = 0 ] && ! [ -s "$work/said" ]
}

# The gap that the manual names: nobody is told, and groups go by names.
by_hand()
{
	make_all && cp -p /etc/passwd "$work/passwd" &&
		sed -i '/^carol:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow &&
		prints "$prefix"sales:!:carol:bob,carol sorted getent gshadow "$prefix"sales && make_user --uid 54322 &&
		among "$prefix"sales id -Gn carol && among "$prefix"north as carol id -Gn &&
		not_among carol cabinet bob memberships && not_among bob cabinet carol memberships &&
		says 15 cabinet carol add-member sales stranger || return 1
	shows '^removed: *[56]$' authzctl cabinet forget-user carol && userdel carol && next_has_nothing && clean
}

roots_alone()
{
	make_all && says AZ-ROOT cabinet carol forget-user bob && says AZ-ROOT cabinet stranger forget-user carol &&
		userdel carol && next_has_nothing && clean
}

printf "[authz]\npassword_tries = 100\n" >/etc/authz/authz.conf
plan 19
check "the file that userdel starts is root's, and executable" installed
for way in child socket; do
	"by_$way"
	check "userdel takes the user out of all cabinets, and the next of that name and uid is in none ($way)" \
		removed userdel
	check "so does userdel --force ($way)" removed userdel --force
	check "the next of that name has nothing with another uid either ($way)" other_uid
	check "deluser of Debian does it by that ($way)" by_deluser
	check "a user who is in no cabinet is removed without a word, as is one whose name is odd ($way)" in_no_cabinet
	check "a removal from the files of another tree takes nobody of this host out ($way)" of_another_tree
	check "who removed a user by hand says forget-user; until then the name is in its groups, as the manual says ($way)" \
		by_hand
	check "only root says forget-user ($way)" roots_alone
done
by_child
check "without the store userdel says so and fails, and forget-user does it later" store_gone
check "without authzctl userdel works" without_authzctl
done_testing
