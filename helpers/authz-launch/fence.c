/* SPDX-License-Identifier: ISC */
#include "fence.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_landlock_create_ruleset
/* As in <linux/landlock.h>, whose older editions lack some. */
struct ruleset {
	uint64_t files, network, scopes;
};
struct beneath {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));
#define RULESET_VERSION (1u << 0)
#define RULE_BENEATH 1
#define FILES_REFER (UINT64_C(1) << 13)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)
#define ABI_WITH_REFER 2
#define ABI_WITH_SCOPES 6

/* To rename from one folder to another is what every domain that has to do with files denies: this one allows it. */
static bool allow_refer(int domain)
{
	const struct beneath root = {.allowed = FILES_REFER, .folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
	bool done = root.folder >= 0 && syscall(SYS_landlock_add_rule, domain, RULE_BENEATH, &root, 0u) == 0;

	if (root.folder >= 0)
		close(root.folder);
	return done;
}

/*
 * That it is in a domain is what counts: nobody in one may trace what is not in it.  A domain has to be about
 * something: signals, or, before Linux 6.12, what it then allows.
 */
bool fence_in(void)
{
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, RULESET_VERSION);
	const bool scopes = abi >= ABI_WITH_SCOPES;
	const struct ruleset rules = {.files = scopes ? 0 : FILES_REFER, .scopes = scopes ? SCOPE_SIGNAL : 0};
	int domain;
	bool done;

	if (abi < ABI_WITH_REFER)
		return false;
	domain = (int)syscall(SYS_landlock_create_ruleset, &rules, scopes ? sizeof rules : sizeof rules.files, 0u);
	if (domain < 0)
		return false;
	done = (scopes || allow_refer(domain)) && syscall(SYS_landlock_restrict_self, domain, 0u) == 0;
	close(domain);
	return done;
}
#else
bool fence_in(void)
{
	return false;
}
#endif
