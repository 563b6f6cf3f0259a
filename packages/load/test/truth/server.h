/* One thread that answers HTTP as a behaviour wants it, and tells what it did. */
#ifndef SERVER_H
#define SERVER_H

#include "settings.h"

/* Listens on the loopback, prints `listening PORT`, and serves until the process is ended. */
void server_run(const struct settings *settings) __attribute__((noreturn));

#endif
