/* SPDX-License-Identifier: ISC */
/*
 * Destinations of an activity (doc/EXITS): in which form they are compared.  Both sides of the protocol hold this: the
 * helper sees those of one call, and an activity of more than fit there has several.
 */
#ifndef AUTHZ_WIRE_EXIT_DESTINATION_H
#define AUTHZ_WIRE_EXIT_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>

#define EXIT_DESTINATION_SIZE 65 /* a host's name; NETWORK.NAME has at most 17 bytes */

struct exit_destination {
	char text[EXIT_DESTINATION_SIZE];
};

/* Is it one of the transport types? */
bool exit_transport_known(const char *transport);
/* Are its destinations nodes, of a network and a name, and not hosts? */
bool exit_transport_has_nodes(const char *transport);

/* A destination of this transport type in its canonical form.  false: it is none. */
bool exit_destination_canonical(const char *transport, const char *text, struct exit_destination *out);
/*
 * In destinations that are canonical one that is there twice, or NULL.  "sorted" has room for count pointers, and is theirs
 * in the order of strcmp afterwards.
 */
const struct exit_destination *exit_destinations_twice(const struct exit_destination *all, size_t count,
                                                       const struct exit_destination **sorted);

#endif
