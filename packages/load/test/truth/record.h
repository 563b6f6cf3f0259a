/* The record of every request: when it came and when its answer was written. */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_MAX (1u << 23)   /* requests; memory is used as they come, 24 bytes each */
#define NOT_RECORDED UINT32_MAX /* the place of a request for which there was no room */
#define GONE (-1)               /* the end of a request whose client went away */

struct life {
    int64_t arrival_ns;
    int64_t end_ns;   /* 0: in flight */
    uint32_t read_ns; /* how long it lay in the kernel before this server read it */
    uint32_t late_ns; /* how much later its answer was written than it was due */
};

struct record {
    struct life *lives;
    uint32_t count;
    uint64_t requests, answered, gone; /* also of those for which there was no room */
    uint64_t in_flight;
};

void record_start(struct record *record);
void record_forget(struct record *record);

/* Returns the request's place in the record, for the two functions below. */
uint32_t record_arrival(struct record *record, int64_t arrival_ns, int64_t read_ns);
void record_end(struct record *record, uint32_t place, int64_t due_ns, int64_t end_ns);
void record_gone(struct record *record, uint32_t place);

/*
 * Writes the truth about an interval as JSON; returns its length. It reads the whole record, and answers nobody
 * meanwhile. `requests` to `backendCalls` are since the start or since all was forgotten, the rest is about the
 * interval:
 *
 *   arrived, completed   requests that came in it, that ended in it, whenever they did the other
 *   weighted             requests that ended, each with the share of its life that lies inside
 *   livedMs              the sum of all lives inside, also of those in flight
 *   unended, abandoned   of `arrived`: without an answer so far, and never one since the client went away
 *   meanMs … maxMs       lives of those that arrived, by nearest rank; null where it lies among those without an answer
 *   meanLateMs …         how much later than due they ended: the kernel's delay, and other work's
 *   readP90Ms            how long they lay in the kernel before they were read
 */
size_t record_tell(const struct record *record, int64_t from_ns, int64_t to_ns, uint64_t backend_calls, char *text,
                   size_t size);

#endif
