#!/bin/sh
# SPDX-License-Identifier: ISC
# In a master's session a process asks the service for a token, and is gone before the service looks whose session it is in.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/master_lib.sh"

cat >"$work/gone.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* A child connects, and ends; the socket stays here. */
int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
	int status;
	pid_t child = address->sa_family == AF_UNIX ? fork() : -1;
	if (child < 0)
		return next(fd, address, length);
	if (child == 0)
		_exit(next(fd, address, length) != 0);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}
END
cc -shared -fPIC -o "$work/gone.so" "$work/gone.c" -ldl && chmod 755 "$work" "$work/gone.so"

# in_session LOGINUID COMMAND...: as portal, who may use alice
in_session()
{
	(
		[ ! -e /proc/self/loginuid ] || echo "$1" >/proc/self/loginuid || exit 1
		shift
		as portal "$@"
	)
}

generate_gone()
{
	in_session "$1" env LD_PRELOAD="$work/gone.so" authzctl token generate alice --timeout 60 >"$work/gone" 2>&1
	got=$?
	sed 's/prftkn_.*/(token)/' "$work/gone"
	return $got
}

# with the kernel's word there is none; without it nobody's session is known to anybody
refused_gone()
{
	if [ -e /proc/self/loginuid ]; then
		! generate_gone "$1" && grep -q AZ-INTERNAL "$work/gone"
	else
		generate_gone "$1"
	fi
}

stays()
{
	in_session "$(uid_of helpdesk)" authzctl token generate alice --timeout 60 >"$work/gone"
}

plan 3
grant_rights
carry socket
check "where there are no masters a process may end before it is answered" generate_gone "$(uid_of portal)"
make_helpdesk
authzctl master define helpdesk && authzctl master grant helpdesk portal
check "from a master's session it gets no token without the master's name (token_mark MUST 5)" refused_gone "$(uid_of helpdesk)"
check "who stays gets one" stays
done_testing
