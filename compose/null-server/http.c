#define _GNU_SOURCE
#include "http.h"

#include <string.h>
#include <strings.h>

static bool parse_request_line(const char *line, const char *end, struct request *request);
static enum parse_result parse_header(const char *line, const char *end, struct request *request);
static bool parse_length(const char *text, const char *end, uint64_t *length);
static bool has_token(const char *text, const char *end, const char *token);

enum parse_result http_parse(const char *bytes, size_t length, struct request *request)
{
    const char *empty_line = memmem(bytes, length, "\r\n\r\n", 4);
    if (empty_line == NULL)
        return PARSE_INCOMPLETE;

    const char *end = empty_line + 2; /* every line up to here ends in CRLF */
    *request = (struct request){.head_length = (size_t)(end + 2 - bytes)};

    const char *line_end = memmem(bytes, (size_t)(end - bytes), "\r\n", 2);
    if (!parse_request_line(bytes, line_end, request))
        return PARSE_BAD;

    for (const char *line = line_end + 2; line < end; line = line_end + 2) {
        line_end = memmem(line, (size_t)(end - line), "\r\n", 2);
        enum parse_result result = parse_header(line, line_end, request);
        if (result != PARSE_DONE)
            return result;
    }
    return PARSE_DONE;
}

/* METHOD SP target SP HTTP/1.x */
static bool parse_request_line(const char *line, const char *end, struct request *request)
{
    const char *target = memchr(line, ' ', (size_t)(end - line));
    if (target == NULL || target == line)
        return false;
    request->head_only = target - line == 4 && memcmp(line, "HEAD", 4) == 0;
    target++;

    const char *version = memchr(target, ' ', (size_t)(end - target));
    if (version == NULL || *target != '/')
        return false;
    size_t target_length = (size_t)(version - target);
    version++;

    if (end - version != 8 || memcmp(version, "HTTP/1.", 7) != 0)
        return false;
    request->keep_alive = version[7] != '0'; /* HTTP/1.0 closes unless it says otherwise */

    if (target_length == 7 && memcmp(target, "/health", 7) == 0)
        request->resource = RESOURCE_HEALTH;
    else if (target_length == 5 && memcmp(target, "/info", 5) == 0)
        request->resource = RESOURCE_INFO;
    else if (target_length == 6 && memcmp(target, "/bytes", 6) == 0)
        request->resource = RESOURCE_BYTES;
    else
        request->resource = RESOURCE_ANY;
    return true;
}

static enum parse_result parse_header(const char *line, const char *end, struct request *request)
{
    const char *colon = memchr(line, ':', (size_t)(end - line));
    if (colon == NULL)
        return PARSE_BAD;
    size_t name_length = (size_t)(colon - line);
    const char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;

    /* The three names that matter have different lengths, so most headers cost one comparison of integers. */
    if (name_length == 14 && strncasecmp(line, "content-length", 14) == 0)
        return parse_length(value, end, &request->body_length) ? PARSE_DONE : PARSE_BAD;
    if (name_length == 17 && strncasecmp(line, "transfer-encoding", 17) == 0)
        return PARSE_NO_LENGTH;
    if (name_length == 10 && strncasecmp(line, "connection", 10) == 0) {
        if (has_token(value, end, "close"))
            request->keep_alive = false;
        else if (has_token(value, end, "keep-alive"))
            request->keep_alive = true;
    }
    return PARSE_DONE;
}

static bool parse_length(const char *text, const char *end, uint64_t *length)
{
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    /* 18 digits fit into 64 bits, whatever they are. */
    if (text == end || end - text > 18)
        return false;
    *length = 0;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        *length = *length * 10 + (uint64_t)(*text - '0');
    }
    return true;
}

/* Whether a comma-separated list holds the token, whatever its case. */
static bool has_token(const char *text, const char *end, const char *token)
{
    size_t length = strlen(token);
    while (text < end) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *item_end = comma != NULL ? comma : end;
        while (text < item_end && (*text == ' ' || *text == '\t'))
            text++;
        const char *trimmed = item_end;
        while (trimmed > text && (trimmed[-1] == ' ' || trimmed[-1] == '\t'))
            trimmed--;
        if ((size_t)(trimmed - text) == length && strncasecmp(text, token, length) == 0)
            return true;
        text = item_end + 1;
    }
    return false;
}
