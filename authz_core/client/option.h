/* SPDX-License-Identifier: ISC */
/* Values of the options by which modules in other people's programs are told how the helper is reached; all have the same. */
#ifndef AUTHZ_CLIENT_OPTION_H
#define AUTHZ_CLIENT_OPTION_H

#include <stdbool.h>

#define OPTION_TIMEOUT 5 /* seconds, without the option */
#define OPTION_TIMEOUT_MAX 60

/* Decimal digits, at most ten, in this range: no sign, no blank, no unit. */
bool option_number(const char *text, unsigned long long least, unsigned long long most, unsigned long long *value);

/* 1 to OPTION_TIMEOUT_MAX. */
bool option_timeout(const char *value, int *seconds);
/* An absolute path; "none" is "", as struct authz_client has it.  It points into the value. */
bool option_socket(const char *value, const char **path);
bool option_helper(const char *value, const char **path);

#endif
