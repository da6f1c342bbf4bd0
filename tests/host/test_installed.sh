#!/bin/sh
# SPDX-License-Identifier: ISC
# What make install leaves, as the linker, the file system and a compiler see it.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

value()
{
	sed -n "s/^$1 = //p" "$AUTHZ_NAMESPACE/Makefile"
}
libdir=$(value AUTHZ_LIBDIR)
pam=$(value AUTHZ_PAMDIR)/pam_prftkn.so
helper=$(value AUTHZ_HELPER)
launch=$(value AUTHZ_LAUNCH)
library=$libdir/libauthz_core.so.0
compat=$libdir/libauthz_compat.so.0
nss=$libdir/libnss_cabinet.so.2
approval=$(value AUTHZ_SUDO_PLUGIN_DIR)/authz_approval.so

exported()
{
	nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort
}
needed()
{
	objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }' | sort
}
# is FILE TEXT...: the file's mode, owner and group
is()
{
	for path in $(shift; echo "$@"); do
		[ "$(stat -c '%a %U:%G' "$path")" = "$1" ] || {
			stat -c '%n is %a %U:%G' "$path"
			return 1
		}
	done
}
only_needs()
{
	file=$1
	shift
	needed "$file" >"$work/needed"
	printf '%s\n' "$@" | sort | diff - "$work/needed"
}

pam_symbols()
{
	exported "$pam" >"$work/exported"
	printf 'pam_sm_%s\n' acct_mgmt authenticate chauthtok close_session open_session setcred | diff - "$work/exported"
}

library_symbols()
{
	exported "$library" >"$work/exported"
	grep -c . "$work/exported" && ! grep -v '^authz_' "$work/exported" &&
		! nm -D --defined-only "$library" | awk '$2 != "A"' | grep -v '@@AUTHZ_0$' &&
		objdump -p "$library" | grep 'SONAME *libauthz_core.so.0'
}

nss_symbols()
{
	exported "$nss" >"$work/exported"
	printf '_nss_cabinet_%s\n' endgrent endsgent getgrent_r getgrgid_r getgrnam_r getsgent_r getsgnam_r initgroups_dyn setgrent setsgent |
		diff - "$work/exported" && objdump -p "$nss" | grep 'SONAME *libnss_cabinet.so.2$' &&
		[ ! -e "$libdir/libnss_cabinet.so" ] && [ ! -e "$libdir/libnss_cabinet.la" ]
}

# as an ordinary user, found as the C library finds it; no cabinet was made yet
nss_loads()
{
	as alice getent -s 'group:files cabinet' group root && [ -z "$(as alice getent -s cabinet group)" ] || return 1
	as alice env LD_DEBUG=libs getent -s cabinet group cab-x >"$work/trace" 2>&1
	[ $? = 2 ] && grep 'calling init: .*/libnss_cabinet.so.2$' "$work/trace"
}

compat_symbols()
{
	exported "$compat" >"$work/exported"
	grep -c . "$work/exported" && ! grep -Ev '^Qsy|^QSY|^Z_|^MQZ_' "$work/exported" &&
		! nm -D --defined-only "$compat" | awk '$2 != "A"' | grep -v '@@AUTHZ_COMPAT_0$' &&
		objdump -p "$compat" | grep 'SONAME *libauthz_compat.so.0'
}

helper_alone()
{
	needed "$helper" >"$work/needed"
	grep '^libgdbm\.' "$work/needed" && grep '^libsodium\.' "$work/needed" && grep '^libinih\.' "$work/needed" || return 1
	needed /usr/bin/authzctl >"$work/needed"
	grep '^libjansson\.' "$work/needed" && ! grep -E 'gdbm|sodium|inih|seccomp|libpam' "$work/needed" &&
		! needed "$helper" | grep -E 'jansson|libpam'
}

hardened()
{
	for file in "$pam" "$nss" "$approval" "$library" "$compat" "$helper" "$launch" /usr/bin/authzctl /usr/bin/authz-run; do
		readelf -lW "$file" | grep -q GNU_RELRO && readelf -dW "$file" | grep -Eq 'BIND_NOW|NOW' &&
			readelf -hW "$file" | grep -q 'Type: *DYN' && ! readelf -dW "$file" | grep -E 'TEXTREL|RPATH|RUNPATH' &&
			readelf -lW "$file" | grep GNU_STACK | grep -q 'RW ' || {
			echo "$file"
			return 1
		}
	done
}

# sudo itself loads it: it says its version, and sudoers is still the policy
sudo_loads()
{
	is '644 root:root' "$approval" && [ "$(exported "$approval")" = authz_approval ] && [ ! -e "${approval%.so}.la" ] || return 1
	cp -p /etc/sudo.conf "$work/sudo.conf"
	echo 'Plugin authz_approval authz_approval.so' >>/etc/sudo.conf
	status=0
	sudo -V >"$work/said" 2>&1 && grep '^authz_approval plugin version ' "$work/said" && grep '^Sudoers policy plugin version ' "$work/said" || status=1
	cp -p "$work/sudo.conf" /etc/sudo.conf
	return $status
}

dlopen_without_libpam()
{
	cat >"$work/open.c" <<-END
	#include <dlfcn.h>
	#include <stdio.h>
	int main(int argc, char **argv)
	{
		void *module = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
		if (module == NULL || dlsym(module, "pam_sm_authenticate") == NULL) {
			puts(dlerror());
			return 1;
		}
		return dlclose(module);
	}
	END
	cc -o "$work/open" "$work/open.c" && ! needed "$work/open" | grep libpam && "$work/open" "$pam"
}

program()
{
	cat >"$work/program.c" <<-'END'
	#include <authz.h>
	#include <stdio.h>
	#include <string.h>
	int main(void)
	{
		struct authz_token_request request = {.user = "alice", .password = AUTHZ_NOPWD, .timeout = 60,
			.type = AUTHZ_SINGLE_USE, .bind_uid = (uid_t)-1};
		unsigned char token[AUTHZ_TOKEN_SIZE], again[AUTHZ_TOKEN_SIZE];
		char text[AUTHZ_TOKEN_TEXT_SIZE], sentence[512];
		struct authz_identity who;
		struct authz_error error;
		enum authz_result result = authz_token_generate(NULL, &request, token, &error);

		puts(authz_result_text(result, &error, sentence, sizeof sentence));
		if (result != AUTHZ_OK)
			return authz_result_exit(result);
		authz_token_to_text(token, text);
		if (authz_token_from_text(again, text) != 0 || memcmp(token, again, sizeof token) != 0)
			return 10;
		result = authz_token_redeem(NULL, token, "alice", NULL, &who, &error);
		printf("%s %s\n", authz_result_code(result), who.user);
		if (result != AUTHZ_OK)
			return authz_result_exit(result);
		result = authz_token_redeem(NULL, token, "alice", NULL, &who, &error);
		return result == AUTHZ_TOKEN_SPENT ? 0 : 11;
	}
	END
	# shellcheck disable=SC2046 # options are words
	cc -Wall -Wextra -Werror -o "$work/program" "$work/program.c" $(PKG_CONFIG_PATH="$libdir/pkgconfig" pkg-config --cflags --libs authz_core) &&
		chmod 755 "$work/program" && authzctl authority grant -t profile -n alice -p portal +use &&
		shows '^OK alice' as portal "$work/program" && refused 1 'USE authority' as stranger "$work/program"
}

# compiles COMPILER OPTION...: the same program as C and as C++
compiles()
{
	cat >"$work/documents.c" <<-'END'
	#include <qsyptkn.h>
	#include <stdio.h>
	#include <string.h>
	static Qus_EC_t error;
	static int fails(const char *call)
	{
		if (error.Bytes_Available != 0)
			printf("%s: %.7s\n", call, error.Exception_Id);
		return error.Bytes_Available != 0;
	}
	int main(void)
	{
		unsigned char token[32], other[32];
		int seconds = 60, left = 0, same = 1;

		error.Bytes_Provided = sizeof error;
		QsyGenPrfTkn(token, "alice     ", "*NOPWD    ", &seconds, "3", &error);
		if (fails("QsyGenPrfTkn"))
			return 1;
		QsyGenPrfTknFromPrfTkn(other, token, &seconds, "1", &error);
		if (fails("QsyGenPrfTknFromPrfTkn"))
			return 2;
		QsyGetPrfTknTimeOut(&left, other, &error);
		if (fails("QsyGetPrfTknTimeOut") || left < 50 || left > 60)
			return 3;
		QsyChkPrfTknUser(&same, token, &error);
		if (fails("QsyChkPrfTknUser") || same != 0)
			return 4;
		QsyInvalidatePrfTkn(token, &error);
		QsyRemovePrfTkn(token, &error);
		if (fails("QsyRemovePrfTkn"))
			return 5;
		QSYGETPT(&left, token, &error);
		if (memcmp(error.Exception_Id, "CPF2274", 7) != 0)
			return 6;
		QSYRMVPT("*PRFTKN   ", &error, other);
		QSYGENPT(token, "alice     ", "wrong", &seconds, "1", &error, &seconds, &seconds);
		if (memcmp(error.Exception_Id, "CPF3C3C", 7) != 0)
			return 7;
		QSYGENPT(token, "alice     ", "*NOPWDSTS ", &seconds, "1", &error);
		if (fails("QSYGENPT"))
			return 8;
		QsyRemoveAllPrfTkns(&error);
		puts(memcmp(error.Exception_Id, "CPF222E", 7) == 0 ? "done" : "anybody may remove all");
		return 0;
	}
	END
	# shellcheck disable=SC2046 # options are words
	"$@" -pedantic -Wall -Wextra -Werror -o "$work/documents" "$work/documents.c" \
		$(PKG_CONFIG_PATH="$libdir/pkgconfig" pkg-config --cflags --libs authz_compat) && chmod 755 "$work/documents"
}

documents()
{
	compiles "$@" && authzctl authority grant -t profile -n alice -p portal +use && shows '^done$' as portal "$work/documents" &&
		refused 1 '^QsyGenPrfTkn: CPF22E9$' as stranger "$work/documents"
}

# root's program becomes alice by a token of the portal's, once, and nobody else's does
becomes()
{
	cat >"$work/become.c" <<-'END'
	#include <qsyptkn.h>
	#include <stdio.h>
	#include <string.h>
	#include <unistd.h>
	int main(void)
	{
		unsigned char token[32];
		int second = 0, seconds = 60;
		struct { Qus_EC_t ec; char data[24]; } error = {.ec = {.Bytes_Provided = sizeof error}};

		QsyGenPrfTkn(token, "alice     ", "*NOPWD    ", &seconds, "1", &error);
		if (error.ec.Bytes_Available != 0)
			return 1;
		QsySetToPrfTkn(token, &error);
		if (error.ec.Bytes_Available != 0) {
			memcpy(&second, error.data + 20, sizeof second);
			printf("%.7s %d\n", error.ec.Exception_Id, second);
			return getuid() == 0 ? 2 : 3;
		}
		if (setuid(0) == 0)
			return 4;
		QsyGetPrfTknTimeOut(&second, token, &error);
		printf("%d %d\n", error.ec.Bytes_Available, second);
		fflush(stdout);
		execlp("id", "id", (char *)0);
		return 5;
	}
	END
	# shellcheck disable=SC2046 # options are words
	cc -Wall -Wextra -Werror -o "$work/become" "$work/become.c" \
		$(PKG_CONFIG_PATH="$libdir/pkgconfig" pkg-config --cflags --libs authz_compat) && chmod 755 "$work/become" &&
		authzctl authority grant -t profile -n alice -p portal +use && "$work/become" >"$work/became" &&
		{ echo 0 0; id alice; } | diff - "$work/became" &&
		refused 3 '^CPF9872 46$' as portal "$work/become"
}

header_in_cplusplus()
{
	printf '#include <authz.h>\n' >"$work/header.c" &&
		cc -x c -std=c11 -pedantic -Wall -Wextra -Werror -c -o "$work/header.o" -I"$(value includedir | sed 's|${prefix}|/usr|')/authz" "$work/header.c"
}

modes()
{
	is '6511 authz:shadow' "$helper" && is '755 root:root' "$launch" "${helper%/*}" /etc/authz /var/lib/authz /run/authz /usr/bin/authzctl &&
		is '4755 root:root' /usr/bin/authz-run && is '644 root:root' /etc/pam.d/authz-run /etc/pam.d/authz-master && is '700 root:root' /run/authz/entries && is '755 root:root' /etc/shadow-maint/userdel-post.d /etc/shadow-maint/userdel-post.d/authz && is '711 root:root' /run/authz/sessions &&
		is '700 authz:authz' /var/lib/authz/store /var/lib/authz/audit /run/authz/tokens && is '755 authz:authz' /var/lib/authz/view && is '644 root:root' /etc/authz/authz.conf "$pam" ||
		is '755 root:root' "$pam"
}

files()
{
	for file in /usr/share/man/man1/authzctl.1 /usr/share/man/man1/authz-run.1 /etc/pam.d/authz-run /etc/pam.d/authz-master /usr/share/man/man8/authz-helper.8 /usr/share/man/man8/authz-launch.8 /usr/share/man/man8/pam_prftkn.8 /usr/share/man/man8/nss_cabinet.8 /usr/share/man/man8/authz_approval.8 \
		/usr/share/man/man5/authz.conf.5 /usr/share/man/man3/authz_core.3 /usr/lib/tmpfiles.d/authz.conf \
		/usr/lib/sysusers.d/authz.conf /usr/share/pam-configs/prftkn /usr/include/authz/authz.h \
		/usr/include/authz/qsyptkn.h /usr/share/man/man3/qsyptkn.3 /usr/include/authz/z_cabinet.h \
		/usr/share/man/man3/z_cabinet.3; do
		[ -f "$file" ] || {
			echo "no $file"
			return 1
		}
	done
	! find "${pam%/*}" -name '*.la' | grep .
}

nothing_world_writable()
{
	! find /etc/authz /var/lib/authz "${helper%/*}" "$pam" "$nss" "$approval" "$library" "$compat" /usr/bin/authzctl /usr/bin/authz-run /etc/pam.d/authz-run /etc/pam.d/authz-master /etc/shadow-maint ! -type l -perm /022 | grep .
}

system_user()
{
	for user in authz authz-exit; do
		entry=$(getent passwd $user) && case $entry in *:*:*:*:*:/*:*nologin) ;; *) echo "$entry"; return 1 ;; esac &&
			[ "$(id -u $user)" -lt 1000 ] && getent shadow $user | grep "^$user:[!*]" || return 1
	done
	[ "$(id -Gn authz-exit)" = authz-exit ]
}

config_is_kept()
{
	echo '# mine' >>/etc/authz/authz.conf && make -C "$AUTHZ_NAMESPACE" -s install && grep '^# mine$' /etc/authz/authz.conf && modes
}

destdir()
{
	rm -rf "$work/dest"
	make -C "$AUTHZ_NAMESPACE" -s install DESTDIR="$work/dest" >"$work/said" 2>&1 || return 1
	cat "$work/said"
	grep 'chmod 6511' "$work/said" && grep 'chmod 4755' "$work/said" && is '755 root:root' "$work/dest/usr/bin/authz-run" && [ -x "$work/dest$helper" ] && is '755 root:root' "$work/dest$helper" && [ ! -e "$work/dest/var/lib/authz" ] &&
		make -C "$AUTHZ_NAMESPACE" -s uninstall DESTDIR="$work/dest" && ! find "$work/dest" ! -type d | grep .
}

uninstall()
{
	make -C "$AUTHZ_NAMESPACE" -s uninstall || return 1
	status=0
	! grep pam_prftkn /etc/pam.d/common-auth /etc/pam.d/common-session /etc/pam.d/common-password && [ ! -e "$pam" ] && [ ! -e "$nss" ] && [ ! -e "$approval" ] && [ ! -e "$helper" ] && [ ! -e "$launch" ] && [ ! -e /usr/bin/authz-run ] && [ ! -e /etc/pam.d/authz-run ] && [ ! -e /etc/pam.d/authz-master ] && [ ! -e /etc/shadow-maint/userdel-post.d/authz ] && [ -f /etc/authz/authz.conf ] && [ -d /var/lib/authz/store ] || status=1
	make -C "$AUTHZ_NAMESPACE" -s install && pam-auth-update --package --enable prftkn && grep pam_prftkn /etc/pam.d/common-auth || status=1
	return $status
}

no_build_folder()
{
	for file in "$helper" "$launch" "$pam" "$nss" "$approval" "$library" "$compat" /usr/bin/authzctl /usr/bin/authz-run; do
		strip -o "$work/stripped" "$file" && ! grep -q --binary-files=text -F "$AUTHZ_SOURCE/" "$work/stripped" || {
			echo "$file"
			return 1
		}
	done
	! grep -F "$AUTHZ_SOURCE/" /usr/share/man/man*/*authz* "$libdir/pkgconfig/authz_core.pc" "$libdir/pkgconfig/authz_compat.pc"
}

plan 30
check "pam_prftkn.so defines the six entry points of a PAM module and nothing else" pam_symbols
check "libauthz_core.so.0 defines authz_ symbols of version AUTHZ_0 and nothing else" library_symbols
check "libauthz_compat.so.0 defines the documents' calls, of version AUTHZ_COMPAT_0, and nothing else" compat_symbols
check "libnss_cabinet.so.2 defines the calls of group, initgroups and gshadow and nothing else, and is no library to link" nss_symbols
check "libnss_cabinet.so.2 needs libc alone" only_needs "$nss" libc.so.6
check "the C library loads libnss_cabinet.so.2, which knows no group without a view" nss_loads
check "pam_prftkn.so needs libc and libpam alone" only_needs "$pam" libc.so.6 libpam.so.0
check "authz_approval.so needs libc alone" only_needs "$approval" libc.so.6
check "sudo loads authz_approval.so, which is root's and has one name" sudo_loads
check "authz-run needs libc and libpam alone" only_needs /usr/bin/authz-run libc.so.6 libpam.so.0
check "authz-launch needs libc alone" only_needs "$launch" libc.so.6
check "libauthz_core.so.0 needs libc alone" only_needs "$library" libc.so.6
check "libauthz_compat.so.0 needs libc and libauthz_core alone" only_needs "$compat" libauthz_core.so.0 libc.so.6
check "gdbm, sodium and inih are linked by the helper alone, jansson by authzctl alone" helper_alone
check "everything is position-independent, bound at start, without text relocation or run path" hardened
check "a program that links no libpam can dlopen pam_prftkn.so" dlopen_without_libpam
check "a program made with the installed header and pkg-config file makes and redeems a token" program
check "the installed header compiles as plain C11" header_in_cplusplus
check "a program of the documents, by qsyptkn.h and pkg-config alone, makes, looks at and removes tokens, in C" documents cc -std=c99
check "the same in C++" documents c++ -x c++ -std=c++11
check "QsySetToPrfTkn makes root's process that user, for good, and spends the token; others cannot" becomes
check "modes and owners of helper, folders, configuration and module are as designed" modes
check "manual pages, tmpfiles, sysusers, PAM profile and header are installed, no .la of the module" files
check "nothing of the installation can be written by group or others" nothing_world_writable
check "the users of the helper and of foreign programs are system users without password and login" system_user
check "a second make install keeps the administrator's authz.conf" config_is_kept
check "with DESTDIR files are copied, nothing else is done, the rest is said, and uninstall takes all back" destdir
check "uninstall takes the module out of the PAM stack first, and leaves state and a changed authz.conf" uninstall
check "after that a new installation works" eval 'authzctl profile show alice'
check "no file of the installation names the folder it was built in" no_build_folder
done_testing
