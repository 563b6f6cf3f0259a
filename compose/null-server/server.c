#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"

enum {
    EVENTS = 256,
    IN_SIZE = 16 * 1024,  /* the longest head; bodies pass through in pieces */
    OUT_SIZE = 160 * 1024, /* answers to pipelined requests collect here, and leave in one write */
    ANSWER_MAX = 66 * 1024,
};

struct connection {
    int socket;
    bool closing;       /* no more requests: close once `out` is empty */
    bool wants_write;   /* epoll watches for room in the socket, not for requests */
    bool answer_due;    /* `request` was read, its body perhaps not */
    uint64_t body_left; /* bytes of the body still to come */
    struct request request;
    size_t in_length, out_length, out_sent;
    char in[IN_SIZE], out[OUT_SIZE];
};

static void accept_all(int epoll, int listener);
static bool serve(int epoll, struct connection *c, const struct answers *answers);
static bool receive(struct connection *c);
static void answer_requests(struct connection *c, const struct answers *answers);
static const struct answer *answer_for(enum resource resource, const struct answers *answers);
static void refuse(struct connection *c, const char *status);
static void append(struct connection *c, const char *data, size_t length);
static bool flush(struct connection *c);
static bool watch(int epoll, struct connection *c, bool wants_write);
static void close_connection(struct connection *c);

int server_listen(uint16_t port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -1;
    int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        /* accepted sockets inherit it: an answer never waits for an acknowledgement */
        setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0) {
        int cause = errno;
        close(listener);
        errno = cause;
        return -1;
    }
    return listener;
}

void server_run(int listener, const struct answers *answers)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    /* A null pointer stands for the listener. */
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening) != 0) {
        perror("null-server: epoll");
        exit(1);
    }

    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR) {
            perror("null-server: epoll_wait");
            exit(1);
        }
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL)
                accept_all(epoll, listener);
            else if (!serve(epoll, c, answers))
                close_connection(c);
        }
    }
}

static void accept_all(int epoll, int listener)
{
    for (;;) {
        int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return; /* none is waiting, or no descriptor is free: those that wait are asked for again */
        }
        struct connection *c = malloc(sizeof *c);
        if (c == NULL) {
            close(socket);
            continue;
        }
        /* Only the state is cleared: the buffers are written before they are read. */
        memset(c, 0, offsetof(struct connection, in));
        c->socket = socket;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0)
            close_connection(c);
    }
}

/* One turn of a connection that epoll named: what it can read and write now. False when the connection is over. */
static bool serve(int epoll, struct connection *c, const struct answers *answers)
{
    /* While answers wait for room nothing more is read: a client that does not read its answers is not given more. */
    if (!c->wants_write && !receive(c))
        return false;

    for (;;) {
        answer_requests(c, answers);
        if (c->out_length == 0)
            return watch(epoll, c, false);
        if (!flush(c))
            return false;
        if (c->out_length > 0)
            return watch(epoll, c, true);
        if (c->closing)
            return false;
        /* `out` may have been full before `in` was empty: answer the rest. */
    }
}

/* Reads once. What does not fit is named by epoll again. False at the end of the stream or on an error. */
static bool receive(struct connection *c)
{
    ssize_t count = recv(c->socket, c->in + c->in_length, IN_SIZE - c->in_length, 0);
    if (count > 0) {
        c->in_length += (size_t)count;
        return true;
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Appends answers to `out` for all requests in `in`, as long as there is room for one more. */
static void answer_requests(struct connection *c, const struct answers *answers)
{
    size_t used = 0;
    while (!c->closing && OUT_SIZE - c->out_length >= ANSWER_MAX) {
        if (!c->answer_due) {
            enum parse_result result = http_parse(c->in + used, c->in_length - used, &c->request);
            if (result == PARSE_INCOMPLETE) {
                if (used == 0 && c->in_length == IN_SIZE)
                    refuse(c, "431 Request Header Fields Too Large");
                break;
            }
            if (result == PARSE_BAD)
                refuse(c, "400 Bad Request");
            if (result == PARSE_NO_LENGTH)
                refuse(c, "411 Length Required");
            if (result != PARSE_DONE)
                break;
            used += c->request.head_length;
            c->body_left = c->request.body_length;
            c->answer_due = true;
        }

        size_t available = c->in_length - used;
        size_t body = c->body_left < available ? (size_t)c->body_left : available;
        c->body_left -= body;
        used += body;
        if (c->body_left > 0)
            break;

        const struct answer *answer = answer_for(c->request.resource, answers);
        append(c, answer->full.data, c->request.head_only ? answer->head_length : answer->full.length);
        c->answer_due = false;
        c->closing = !c->request.keep_alive;
    }

    c->in_length -= used;
    if (used > 0 && c->in_length > 0)
        memmove(c->in, c->in + used, c->in_length);
}

static const struct answer *answer_for(enum resource resource, const struct answers *answers)
{
    switch (resource) {
    case RESOURCE_HEALTH:
        return &answers->health;
    case RESOURCE_INFO:
        return &answers->info;
    case RESOURCE_BYTES:
        return &answers->bytes;
    case RESOURCE_ANY:
        break;
    }
    return &answers->any;
}

/* The stream cannot be understood from here on: say why, and close. */
static void refuse(struct connection *c, const char *status)
{
    char answer[128];
    int length =
        snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
    append(c, answer, (size_t)length);
    c->closing = true;
}

static void append(struct connection *c, const char *data, size_t length)
{
    memcpy(c->out + c->out_length, data, length);
    c->out_length += length;
}

/* Writes what the socket takes; `out_length` is 0 afterwards when that was all. False when the client is gone. */
static bool flush(struct connection *c)
{
    while (c->out_sent < c->out_length) {
        ssize_t count = send(c->socket, c->out + c->out_sent, c->out_length - c->out_sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN;
        c->out_sent += (size_t)count;
    }
    c->out_length = c->out_sent = 0;
    return true;
}

/* Tells epoll what to wait for, if that has changed: on the usual path it costs no system call. */
static bool watch(int epoll, struct connection *c, bool wants_write)
{
    if (c->wants_write == wants_write)
        return true;
    c->wants_write = wants_write;
    struct epoll_event event = {.events = wants_write ? EPOLLOUT : EPOLLIN, .data.ptr = c};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, c->socket, &event) == 0;
}

static void close_connection(struct connection *c)
{
    close(c->socket); /* epoll forgets a closed socket by itself */
    free(c);
}
