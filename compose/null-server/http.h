/* The part of HTTP/1.1 that a load generator sends: finding the end of a request and what is asked. No I/O. */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parse_result {
    PARSE_DONE,       /* the head is complete, `request` is filled */
    PARSE_INCOMPLETE, /* more bytes are needed */
    PARSE_BAD,        /* not HTTP/1.x */
    PARSE_NO_LENGTH,  /* a body whose length is not given beforehand */
};

enum resource { RESOURCE_ANY, RESOURCE_HEALTH, RESOURCE_INFO, RESOURCE_BYTES };

struct request {
    size_t head_length;   /* bytes up to and with the empty line */
    uint64_t body_length; /* bytes that follow the head */
    enum resource resource;
    bool head_only;  /* HEAD: the answer has no body */
    bool keep_alive; /* the client wants the connection to stay */
};

/* Parses the head at the start of `bytes`. It reads each byte once per call and changes nothing. */
enum parse_result http_parse(const char *bytes, size_t length, struct request *request);

#endif
