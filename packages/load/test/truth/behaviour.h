/* When a request is to be answered: the behaviours whose truth is known. No I/O, no clock. */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* What a behaviour may know of a request. */
struct facts {
    int64_t arrival_ns;
    uint64_t number;     /* 1 for the first since the start or since all was forgotten */
    uint64_t connection; /* 1 for the first connection that asked for anything */
    uint64_t body_length;
    uint64_t digest; /* of path and body */
};

struct behaviour {
    struct settings settings;
    int64_t first_ns; /* the first request's arrival */
    int64_t free_ns;  /* when the queue's one worker has worked through what it was given so far */
    uint64_t random;
    uint64_t *seen; /* digests of what the cache holds: an open hash table, 0 where empty */
    uint64_t seen_count;
    uint64_t backend_calls; /* requests that were not answered from the cache */
};

void behaviour_start(struct behaviour *b, const struct settings *settings);

/* As it was at the start: a new first request, an empty cache, the same random numbers again. */
void behaviour_forget(struct behaviour *b);

/* When this request is to be answered, or NEVER. With KIND_BUSY the order of these instants is what counts. */
int64_t behaviour_due(struct behaviour *b, const struct facts *facts);

#endif
