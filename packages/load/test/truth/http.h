/* The part of HTTP/1.1 that a load generator sends. No I/O. */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parse_result {
    PARSE_DONE,       /* the head is complete, `request` is filled */
    PARSE_INCOMPLETE, /* more bytes are needed */
    PARSE_BAD,        /* not HTTP/1.x, or a body whose length is not given beforehand */
};

/* A head; method and target point into the bytes that were parsed. */
struct request {
    const char *method, *target;
    size_t method_length, target_length;
    size_t head_length; /* up to and with the empty line */
    uint64_t body_length;
};

enum parse_result http_parse(const char *bytes, size_t length, struct request *request);

/* Whether the request is this one, whatever its query. */
bool http_is(const struct request *request, const char *method, const char *path);

/* A number of the query, or `fallback` when the query does not have it. */
double http_query(const struct request *request, const char *name, double fallback);

#endif
