/* SPDX-License-Identifier: ISC */
/*
 * What authz-run ends with where the command did not run.  env(1), nice(1) and timeout(1) keep 125 to 127 for themselves,
 * so programs avoid them, and 124 is timeout's: authzctl's 1, 2 and 3 are 121, 122 and 123 here, its 4 is 125.
 */
#ifndef AUTHZ_RUN_STATUS_H
#define AUTHZ_RUN_STATUS_H

enum run_status {
	RUN_REFUSED = 121,
	RUN_USAGE = 122,
	RUN_OUT_OF_REACH = 123,
	RUN_INTERNAL = 125,
	RUN_NOT_EXECUTABLE = 126,
	RUN_NOT_FOUND = 127,
};

#endif
