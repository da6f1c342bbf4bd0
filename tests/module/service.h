/* SPDX-License-Identifier: ISC */
/*
 * authz-helper --serve, as a process with a state of its own (own_state.h), asked by the client and by hand.
 *
 * The client's child is the same helper with the same state; it leaves a file "started" there.
 */
#ifndef TEST_SERVICE_H
#define TEST_SERVICE_H

#include "own_state.h"

#include "authz.h"
#include "wire/reply.h"
#include "wire/request.h"

#define CROWD 64

/* Setup of a group, with state_close for its teardown; setup and teardown of a test, where it runs or not yet. */
int service_open(void **state);
/* The same with another file of the build in place of what is preloaded, so that start_with() has no "what". */
int service_open_with(const char *also);
int service_setup(void **state);
int service_setup_alone(void **state);
int service_teardown(void **state);
#define SERVED(sentence, function) {sentence, function, service_setup, service_teardown, NULL}
#define ALONE(sentence, function) {sentence, function, service_setup_alone, service_teardown, NULL}

/* ---- the service */

extern pid_t service;

/* What the preloaded object does (preload.c), or NULL; where to notify, or NULL; the socket handed over, or -1. */
void start_with(const char *what, const char *manager, int handed_over);
void start(void);
/* How it ends, as waitpid has it. */
int ended(void);
int stop_by(int signal);

/* ---- its manager */

/* A listening or a datagram socket. */
int listen_at(const char *path, int type);
/* What it says next; "" if nothing comes any more. */
void hear(int fd, char text[64]);

/* ---- the client */

enum carrier { SOCKET, CHILD, EITHER };

enum authz_result generate(enum carrier carrier, enum authz_token_type type, unsigned char token[TOKEN_SIZE]);
enum authz_result redeem(enum carrier carrier, const unsigned char token[TOKEN_SIZE]);
enum authz_result redeem_within(enum carrier carrier, const unsigned char token[TOKEN_SIZE], int timeout_ms);
/* Any request.  What streams to the client is thrown away. */
enum authz_result ask_service(enum carrier carrier, struct request *request, struct reply *reply);
void expect(enum authz_result got, enum authz_result expected);
/* The service is the one of before, and does its work. */
void unharmed(void);
/* In so many processes at once; how many of them say 0. */
int crowd(int count, int (*one)(int number, const unsigned char *token), const unsigned char *token);
/* One of a crowd: a token of its own, by socket; "unused" may be NULL. */
int make_and_use(int number, const unsigned char *unused);

/* ---- by hand */

int connect_to(const char *path); /* -1: nobody listens there */
int connect_service(void);
/* To make a token for this user, or for the owner; its id is 7. */
size_t request_for(const char *user, unsigned char frame[FRAME_REQUEST_MAX]);
size_t a_request(unsigned char frame[FRAME_REQUEST_MAX]);
/* It may be that nobody takes them. */
void send_bytes(int fd, const void *bytes, size_t length);
/* All that comes until the end of the stream. */
size_t receive_all(int fd, unsigned char *to, size_t size);
/* One whole reply to a_request, and the end; or nothing but the end.  Closes fd. */
enum authz_result answered(int fd);
void not_answered(int fd);

#endif
