#define _GNU_SOURCE /* memmem */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool parse_length(const char *text, const char *end, uint64_t *length);

enum parse_result http_parse(const char *bytes, size_t length, struct request *request)
{
    const char *empty_line = memmem(bytes, length, "\r\n\r\n", 4);
    if (empty_line == NULL)
        return PARSE_INCOMPLETE;
    const char *end = empty_line + 2; /* every line up to here ends in CRLF */
    *request = (struct request){.method = bytes, .head_length = (size_t)(end + 2 - bytes)};

    /* METHOD SP target SP HTTP/1.x */
    const char *line_end = memmem(bytes, (size_t)(end - bytes), "\r\n", 2);
    const char *target = memchr(bytes, ' ', (size_t)(line_end - bytes));
    if (target == NULL)
        return PARSE_BAD;
    request->method_length = (size_t)(target++ - bytes);
    const char *version = memchr(target, ' ', (size_t)(line_end - target));
    if (version == NULL || line_end - version < 8 || memcmp(version, " HTTP/1.", 8) != 0)
        return PARSE_BAD;
    request->target = target;
    request->target_length = (size_t)(version - target);

    for (const char *line = line_end + 2; line < end; line = line_end + 2) {
        line_end = memmem(line, (size_t)(end - line), "\r\n", 2);
        if (line_end - line > 15 && strncasecmp(line, "content-length:", 15) == 0 &&
            !parse_length(line + 15, line_end, &request->body_length))
            return PARSE_BAD;
        if (line_end - line > 18 && strncasecmp(line, "transfer-encoding:", 18) == 0)
            return PARSE_BAD;
    }
    return PARSE_DONE;
}

bool http_is(const struct request *request, const char *method, const char *path)
{
    const char *query = memchr(request->target, '?', request->target_length);
    size_t path_length = query == NULL ? request->target_length : (size_t)(query - request->target);
    return strlen(method) == request->method_length && memcmp(request->method, method, request->method_length) == 0 &&
           strlen(path) == path_length && memcmp(request->target, path, path_length) == 0;
}

double http_query(const struct request *request, const char *name, double fallback)
{
    const char *end = request->target + request->target_length;
    const char *at = memchr(request->target, '?', request->target_length);
    size_t length = strlen(name);
    for (; at != NULL; at = memchr(at, '&', (size_t)(end - at))) {
        at++;
        if ((size_t)(end - at) > length && memcmp(at, name, length) == 0 && at[length] == '=')
            return strtod(at + length + 1, NULL); /* it stops at the blank behind the target at the latest */
    }
    return fallback;
}

static bool parse_length(const char *text, const char *end, uint64_t *length)
{
    while (text < end && *text == ' ')
        text++;
    if (text == end || end - text > 15)
        return false;
    *length = 0;
    for (; text < end && *text != ' '; text++) {
        if (*text < '0' || *text > '9')
            return false;
        *length = *length * 10 + (uint64_t)(*text - '0');
    }
    return true;
}
