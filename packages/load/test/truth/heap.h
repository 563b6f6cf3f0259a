/* What waits for its answer, the earliest first. */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

struct waiting {
    int64_t due_ns;
    uint64_t order; /* among those due at the same instant the one that was put in first */
    void *who;
};

struct heap {
    struct waiting *items;
    size_t count, room;
    uint64_t puts;
};

void heap_put(struct heap *heap, int64_t due_ns, void *who);

/* The earliest, which stays, or NULL; and the earliest, which goes. */
const struct waiting *heap_first(const struct heap *heap);
struct waiting heap_take(struct heap *heap);

#endif
