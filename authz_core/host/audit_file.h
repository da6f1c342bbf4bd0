/* SPDX-License-Identifier: ISC */
/*
 * The audit's file: audit.log in a folder of its own, and audit.log.1, audit.log.2, …, those before it.  The file "number"
 * counts the records.  All under the lock of the folder.
 */
#ifndef AUTHZ_HOST_AUDIT_FILE_H
#define AUTHZ_HOST_AUDIT_FILE_H

#include "host/audit_lock.h"
#include "host/host.h"

#define AUDIT_FILE "audit.log"
#define AUDIT_FILE_OLD "audit.log.1"
#define AUDIT_KEEP_MAX 99
#define AUDIT_NAME_SIZE 16
#define AUDIT_NUMBER "number"
#define AUDIT_STAMP_SIZE 28 /* "2026-11-21T07:00:00.000000Z" */

struct audit_file {
	struct audit_folder *folder;
	uint64_t next; /* the number that a new record gets */
};

/* audit.log for age 0, audit.log.1 for 1, … */
void audit_file_name(char name[AUDIT_NAME_SIZE], unsigned age);
/* The folder is locked, and stays so as long as "f" is used.  false: the file cannot take a record now. */
bool audit_file_open(struct audit_file *f, struct audit_folder *folder);
/* Count a record.  Its number, or 0 if it could not be counted. */
uint64_t audit_file_count(struct audit_file *f);
/*
 * Append a line, which gets its time here.  Whole or not at all.  When the file is larger than "most" it becomes
 * audit.log.1, and so on; "keep" files are kept beside the current one.
 */
bool audit_file_append(struct audit_file *f, const char *line, uint64_t most, unsigned keep);

#endif
