#include "http.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void check(bool ok, const char *because)
{
    if (!ok) {
        fprintf(stderr, "not so: %s\n", because);
        failures++;
    }
}

static enum parse_result parse(const char *text, struct request *request)
{
    return http_parse(text, strlen(text), request);
}

int main(void)
{
    struct request r;

    const char *get = "GET /predict HTTP/1.1\r\nHost: a\r\n\r\n";
    check(parse(get, &r) == PARSE_DONE, "a GET is complete at its empty line");
    check(r.head_length == strlen(get) && r.body_length == 0 && r.keep_alive,
          "a GET has no body and keeps the connection");
    for (size_t cut = 0; cut < strlen(get); cut++)
        check(http_parse(get, cut, &r) == PARSE_INCOMPLETE, "a request cut anywhere is incomplete");

    check(parse("POST /rank HTTP/1.1\r\ncontent-LENGTH: 12 \r\n\r\n{\"user_id\"", &r) == PARSE_DONE &&
              r.body_length == 12,
          "the length of a body is found whatever the case of its name");
    check(parse("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.head_length == 18,
          "a pipelined request is left for the next call");

    check(parse("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", &r) == PARSE_DONE && !r.keep_alive, "close closes");
    check(parse("GET / HTTP/1.0\r\n\r\n", &r) == PARSE_DONE && !r.keep_alive, "HTTP/1.0 closes");
    check(parse("GET / HTTP/1.0\r\nConnection: x, keep-alive\r\n\r\n", &r) == PARSE_DONE && r.keep_alive,
          "HTTP/1.0 may ask to stay");
    check(parse("HEAD / HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.head_only, "HEAD wants no body");

    check(parse("GET /health HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.resource == RESOURCE_HEALTH, "/health is known");
    check(parse("GET /info HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.resource == RESOURCE_INFO, "/info is known");
    check(parse("GET /bytes HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.resource == RESOURCE_BYTES, "/bytes is known");
    check(parse("GET /infos HTTP/1.1\r\n\r\n", &r) == PARSE_DONE && r.resource == RESOURCE_ANY, "/infos is any path");

    check(parse("nonsense\r\n\r\n", &r) == PARSE_BAD, "a line without a target is bad");
    check(parse("GET / HTTP/2.0\r\n\r\n", &r) == PARSE_BAD, "another version is bad");
    check(parse("\r\n\r\n", &r) == PARSE_BAD, "an empty request is bad");
    check(parse("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", &r) == PARSE_BAD, "a negative length is bad");
    check(parse("POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", &r) == PARSE_BAD,
          "a length beyond 64 bits is bad");
    check(parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", &r) == PARSE_NO_LENGTH,
          "a chunked body has no length");

    return failures != 0;
}
