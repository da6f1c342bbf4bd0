/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is no address in every byte is in no net, and none holds it.
 */
#include "rules/mailbox_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define BITS 128
#define MAPPED 96 /* bits before an IPv4 address that is mapped into IPv6 */

struct net {
	unsigned char bytes[16];
	unsigned bits, family_bits;
	int family;
	bool has_prefix;
};

static bool parse_address(const char *text, struct net *n)
{
	static const unsigned char mapped[MAPPED / 8] = {[10] = 0xff, [11] = 0xff};

	n->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	n->family_bits = n->family == AF_INET6 ? BITS : BITS - MAPPED;
	n->bits = BITS;
	if (n->family == AF_INET6)
		return inet_pton(AF_INET6, text, n->bytes) == 1;
	memcpy(n->bytes, mapped, sizeof mapped);
	return inet_pton(AF_INET, text, n->bytes + sizeof mapped) == 1;
}

/* Digits alone, no zero before others, at most as many bits as there are. */
static bool parse_prefix(const char *text, struct net *n)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 3; i++)
		bits = bits * 10 + (unsigned)(text[i] - '0');
	if (i == 0 || text[i] != '\0' || (text[0] == '0' && i > 1) || bits > n->family_bits)
		return false;
	n->has_prefix = true;
	n->bits = bits + BITS - n->family_bits;
	return true;
}

static bool parse(const char *text, struct net *n)
{
	char address[ADDRESS_SIZE];
	const size_t length = strcspn(text, "/");

	*n = (struct net){.bits = 0};
	if (length >= sizeof address)
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	return parse_address(address, n) && (text[length] == '\0' || parse_prefix(text + length + 1, n));
}

static bool print(const struct net *n, char text[ADDRESS_SIZE])
{
	const unsigned char *bytes = n->family == AF_INET6 ? n->bytes : n->bytes + MAPPED / 8;
	size_t used;

	if (inet_ntop(n->family, bytes, text, ADDRESS_SIZE) == NULL)
		return false;
	used = strlen(text);
	if (n->has_prefix)
		snprintf(text + used, ADDRESS_SIZE - used, "/%u", n->bits - (BITS - n->family_bits));
	return true;
}

bool mailbox_address_net(const char *text, char net[ADDRESS_SIZE])
{
	struct net n;

	return parse(text, &n) && print(&n, net);
}

bool mailbox_address_host(const char *text, char host[ADDRESS_SIZE])
{
	struct net n;

	return parse(text, &n) && !n.has_prefix && print(&n, host);
}

bool mailbox_address_holds(const char *net, const char *host)
{
	struct net n, h;
	unsigned whole, rest;

	if (!parse(net, &n) || !parse(host, &h) || h.has_prefix)
		return false;
	whole = n.bits / 8;
	rest = n.bits % 8;
	return memcmp(n.bytes, h.bytes, whole) == 0 &&
	       (rest == 0 || ((n.bytes[whole] ^ h.bytes[whole]) >> (8 - rest)) == 0);
}
