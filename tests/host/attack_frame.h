/* SPDX-License-Identifier: ISC */
/* What the attackers share: requests with anything in them, and what came back, in words. */
#ifndef ATTACK_FRAME_H
#define ATTACK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "wire/request.h"

#define ATTACK_FRAME_MAX 70000 /* more than a request may have */

/*
 * The frame of OPERATION (a name of request.h, or a number) with fields "NAME=VALUE".  A string may have \xNN in it; a token
 * is @FILE with its text, or 64 hex digits.  No limit of the protocol is kept.  0: words that are not understood.
 */
size_t attack_frame(unsigned char frame[ATTACK_FRAME_MAX], const char *operation, char *const *fields);

/* Write all, if the other side lets us. */
bool attack_send(int fd, const unsigned char *bytes, size_t length);
/* Read until the end or so many bytes. */
size_t attack_read(int fd, unsigned char *bytes, size_t size);
/* Connected, or -1. */
int attack_connect(const char *path);
/* The helper as a child without arguments: its channel, or -1.  *pid is its process. */
int attack_child(const char *helper, pid_t *pid);

/*
 * What a reply says: its code, or "no answer", or "garbage" for what is none.  The sentence's subject and the
 * number of rows come behind the code, and "?" for what cannot be printed.  "text" has ATTACK_TEXT bytes.
 */
#define ATTACK_TEXT 512
const char *attack_says(char *text, const unsigned char *reply, size_t length);

#endif
