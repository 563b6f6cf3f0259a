/* One event loop: its own listening socket, its own connections, nothing shared with other loops. */
#ifndef SERVER_H
#define SERVER_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    const char *data;
    size_t length;
};

/* Whole answers, head and body, ready to be sent as they are. */
struct answer {
    struct bytes full;
    size_t head_length;
};

struct answers {
    struct answer any;
    struct answer health;
    struct answer info;
    struct answer bytes;
};

/* A socket that listens on all IPv4 addresses; the kernel spreads connections over those of one port. -1: see errno. */
int server_listen(uint16_t port);

/* Serves until the process ends. `answers` must live as long, and each answer must be shorter than 66 kB. */
void server_run(int listener, const struct answers *answers);

#endif
