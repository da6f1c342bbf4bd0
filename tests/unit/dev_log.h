/* SPDX-License-Identifier: ISC */
/* A listener in place of /dev/log: this program's connect() to that path goes to one in a scratch folder. */
#ifndef TEST_UNIT_DEV_LOG_H
#define TEST_UNIT_DEV_LOG_H

#include <stddef.h>

/* Nobody listens (the path is below the folder, and not there). */
void dev_log_none(const char *folder);
/* Listen, as SOCK_DGRAM or SOCK_STREAM; ends what listened before. */
void dev_log_listen(const char *folder, int type);
/* The next message, without waiting: its length with the NUL of a stream, or -1. */
int dev_log_read(char *text, size_t size);
void dev_log_close(void);
/* Whoever listens now holds the socket open for good, though the next one takes its place. */
void dev_log_hold(void);

#endif
