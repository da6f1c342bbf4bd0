/* SPDX-License-Identifier: ISC */
#include "host/origin.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Whoever has one address of an IPv6 network of 64 bits has them all. */
static void place_text(const char *rhost, char *text, size_t size)
{
	struct in6_addr address;
	char bare[INET6_ADDRSTRLEN];
	const size_t length = strcspn(rhost, "%");

	snprintf(text, size, "%s", rhost);
	if (length >= sizeof bare)
		return;
	memcpy(bare, rhost, length);
	bare[length] = '\0';
	if (inet_pton(AF_INET6, bare, &address) != 1)
		return;
	if (!IN6_IS_ADDR_V4MAPPED(&address))
		memset(address.s6_addr + 8, 0, 8);
	(void)inet_ntop(AF_INET6, &address, text, (socklen_t)size);
}

static uint32_t slot_of(const unsigned char key[REFUSALS_KEY_SIZE], const char *text)
{
	unsigned char hash[crypto_shorthash_BYTES];

	(void)crypto_shorthash(hash, (const unsigned char *)text, strlen(text), key);
	return (uint32_t)(hash[0] | hash[1] << 8) % REFUSALS_SLOTS;
}

static const char *or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

size_t origin_buckets(struct audit_folder *folder, const struct audit_event *e, struct refusals_bucket out[REFUSALS_BUCKETS_MAX])
{
	const char *service = or_nothing(e->service), *rhost = or_nothing(e->rhost), *tty = or_nothing(e->tty);
	unsigned char key[REFUSALS_KEY_SIZE];
	char place[320], text[512];

	if (!refusals_key(folder, key))
		return 0;
	if (!e->caller->is_host) {
		/* numbers without a name are one: a user has 65536 of them below her own */
		snprintf(text, sizeof text, e->caller->name[0] != '\0' ? "%u" : "?", (unsigned)e->caller->uid);
		out[0] = (struct refusals_bucket){REFUSALS_CALLER, slot_of(key, text), REFUSALS_OF_CALLER};
		return 1;
	}
	if (*service == '\0' && *rhost == '\0')
		return 0;
	place_text(rhost, place, sizeof place);
	/* a terminal last: whoever is logged in has as many of them as she likes */
	snprintf(text, sizeof text, "%u\n%s\n%s\n%s", (unsigned)e->caller->loginuid, service, place,
	         e->caller->loginuid == UINT32_MAX && *rhost == '\0' ? tty : "");
	out[0] = (struct refusals_bucket){REFUSALS_ORIGIN, slot_of(key, text), REFUSALS_OF_ORIGIN};
	out[1] = (struct refusals_bucket){REFUSALS_USER, slot_of(key, or_nothing(e->owner)), REFUSALS_OF_USER};
	return 2;
}
