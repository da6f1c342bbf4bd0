/* SPDX-License-Identifier: ISC */
/*
 * The threads of the service.  All wait at one epoll; whoever is told of a connection reads what is there, and when the
 * request is whole carries it out and answers: nothing is handed from thread to thread.
 */
#ifndef AUTHZ_HELPER_WORKER_H
#define AUTHZ_HELPER_WORKER_H

#include "dispatch.h"
#include "subuid.h"
#include "table.h"

#define WORKERS 12

struct service {
	const struct place *place;
	const struct identity *identity; /* of the service */
	struct table table;
	struct subuids subuids;
	struct keeps keeps;
	struct foreign_seats foreign;
};

/*
 * Start them, for the life of the process.  Each loads the filter of system calls itself, before its first request, so
 * that the filter needs no call by which threads are started.  false: there are not all of them.
 */
bool workers_start(struct service *service);

#endif
