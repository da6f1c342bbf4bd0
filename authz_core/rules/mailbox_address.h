/* SPDX-License-Identifier: ISC */
/* Where owners come from: IPv4 and IPv6, with the length of a prefix or without, compared in binary. */
#ifndef AUTHZ_RULES_MAILBOX_ADDRESS_H
#define AUTHZ_RULES_MAILBOX_ADDRESS_H

#include <stdbool.h>

#include "wire/request.h"

/* The address of a mailbox, in the form that is kept: "192.0.2.7", "2001:db8::/32".  false: it is none. */
bool mailbox_address_net(const char *text, char net[ADDRESS_SIZE]);
/* The same of one host, without a prefix. */
bool mailbox_address_host(const char *text, char host[ADDRESS_SIZE]);
/* Is the host in it?  Not if either is no address.  An IPv4 address and the same one mapped into IPv6 are the same. */
bool mailbox_address_holds(const char *net, const char *host);

#endif
