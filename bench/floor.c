/* SPDX-License-Identifier: ISC */
/*
 * The floor under a redemption by child: a program that is linked with the helper's libraries and asks NSS the helper's
 * questions, and does nothing else.  "floor USER"
 */
#include <crypt.h>
#include <gdbm.h>
#include <grp.h>
#include <ini.h>
#include <pwd.h>
#include <shadow.h>
#include <sodium.h>

/* So that the linker keeps every library; volatile, so that the compiler does. */
void *const volatile keep[] = {(void *)gdbm_open, (void *)ini_parse_file, (void *)crypto_generichash, (void *)crypt_r};

int main(int argc, char **argv)
{
	if (argc != 2 || keep[0] == NULL)
		return 2;
	(void)getpwuid(0);         /* who asks */
	(void)getpwnam(argv[1]);   /* the owner */
	(void)getspnam(argv[1]);   /* the state of the account */
	(void)getpwuid(0);         /* who made the token */
	return 0;
}
