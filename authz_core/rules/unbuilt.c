/* SPDX-License-Identifier: ISC */
#include "rules/exit.h"
#define B(f) enum authz_result f(struct rules *r, const struct request *q) { (void)q; return rules_refuse(r, AUTHZ_INTERNAL, #f); }
B(exit_signon) B(exit_command)
