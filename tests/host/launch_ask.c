/* SPDX-License-Identifier: ISC */
/*
 * launch_ask PATH WAIT-MS: runs it as the installed helper does (host/foreign.c), whoever this is.  Its input is stdin's, its
 * output goes to stdout, with status 0; else why not, with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "host/foreign.h"
#include "host/launch_wire.h"
#include "host/machine.h"

int main(int argc, char **argv)
{
	static struct machine machine = {.foreign = {.socket = AUTHZ_LAUNCH_SOCKET}};
	static char input[LAUNCHER_INPUT_MAX], output[LAUNCHER_OUTPUT_MAX];
	char why[HOST_SUBJECT_SIZE];
	struct host_launch what = {.path = argv[1], .input = input, .output = output, .output_size = sizeof output};

	if (argc != 3)
		return 2;
	what.wait_ms = (unsigned)atoi(argv[2]);
	what.input_length = fread(input, 1, sizeof input, stdin);
	if (foreign_run(&machine, &what, why) != AUTHZ_OK) {
		printf("%s\n", why);
		return 1;
	}
	return fwrite(output, 1, what.output_length, stdout) == what.output_length ? 0 : 2;
}
