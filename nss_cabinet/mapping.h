/* SPDX-License-Identifier: ISC */
/*
 * The view as this process has it mapped: one mapping for all threads, kept from call to call, changed for the next one when a
 * later view is published.
 *
 * MUST 1: an answer is from the view that was published last when the call began, or from a later one.
 * MUST 2: nobody waits for anybody: no lock that a fork, a kill or a cancelled thread could leave behind.
 * MUST 3: a mapping goes when the last who uses it is done, and with the module; no thread loses the one that it uses.
 * MUST 4: where the limit of descriptors is reached, a view that is mapped already and still the current one answers.
 *
 * Why not a mapping for each call: that is 7 us, a descriptor, and a change of the page tables that all threads feel, for
 * a look-up of 100 ns.  Why not a mutex: a module can register no fork handler that would be gone with it.  So the current
 * mapping is one word, its number and how often it was taken; to take it and to count oneself in is one instruction.
 * Whoever sets another one adds what was counted to the old one's own count, from which each who is done takes one: it
 * comes to 0 once.
 * Counts without locked instructions, where the C library knows of one thread alone, were tried: 3 ns of 84.
 * The price: a thread that is in here while another forks is never done in the child, so the child keeps that mapping
 * (not its use: it still goes over to later views).
 */
#ifndef NSS_CABINET_MAPPING_H
#define NSS_CABINET_MAPPING_H

#include "view/view.h"

struct holder;

struct mapping {
	struct view view;
	struct holder *holder; /* NULL: a view of this call alone */
	int code;              /* errno of VIEW_FAILED */
};

/* errno stays as it is.  VIEW_FOUND: end with mapping_put.  Else as view_open, and there is nothing to end. */
enum view_answer mapping_get(struct mapping *m);
void mapping_put(struct mapping *m);

#endif
