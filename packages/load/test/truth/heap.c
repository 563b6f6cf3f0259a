#include "heap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool before(const struct waiting *a, const struct waiting *b);

void heap_put(struct heap *heap, int64_t due_ns, void *who)
{
    if (heap->count == heap->room) {
        heap->room = heap->room == 0 ? 1024 : heap->room * 2;
        heap->items = realloc(heap->items, heap->room * sizeof *heap->items);
        if (heap->items == NULL) {
            perror("truth-server: realloc");
            exit(1);
        }
    }
    struct waiting item = {.due_ns = due_ns, .order = heap->puts++, .who = who};
    size_t at = heap->count++;
    for (; at > 0 && before(&item, &heap->items[(at - 1) / 2]); at = (at - 1) / 2)
        heap->items[at] = heap->items[(at - 1) / 2];
    heap->items[at] = item;
}

const struct waiting *heap_first(const struct heap *heap)
{
    return heap->count == 0 ? NULL : &heap->items[0];
}

struct waiting heap_take(struct heap *heap)
{
    struct waiting first = heap->items[0], last = heap->items[--heap->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && before(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!before(&heap->items[child], &last))
            break;
        heap->items[at] = heap->items[child];
    }
    heap->items[at] = last;
    return first;
}

static bool before(const struct waiting *a, const struct waiting *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}
