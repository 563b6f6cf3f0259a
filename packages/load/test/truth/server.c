#define _GNU_SOURCE /* accept4, SO_TIMESTAMPNS */
#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "behaviour.h"
#include "clock.h"
#include "heap.h"
#include "http.h"
#include "record.h"

#define PREDICTION "Prediction: Iris-Setosa"
#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u
#define AT_ONCE 0 /* an instant that has passed */
#define NO_GENERATION UINT64_MAX

enum {
    EVENTS = 256,
    IN_SIZE = 16 * 1024, /* the longest head; bodies pass through in pieces */
    CONTROL_SIZE = 2048,
    BURN_SLICE_NS = 20 * 1000, /* between two slices of burning, requests are read */
};

/* Bytes that live as long as they are needed. */
struct bytes {
    const char *data;
    size_t length;
};

enum state {
    STATE_HEAD, /* reads a request */
    STATE_BODY, /* its head was read */
    STATE_WAITING,
    STATE_WRITING,
};

struct connection {
    int socket;
    enum state state;
    bool readable;   /* epoll said so, and not all was read since */
    bool over;       /* closed, while the heap or the worker still holds it */
    bool held;       /* by the heap or by the worker */
    bool is_request; /* on the record, and not a question about it */
    uint32_t place;  /* in the record */
    uint64_t generation, number;
    struct bytes answer, out; /* what to answer, and what of it is still to be written */
    int64_t arrival_ns, read_ns, due_ns;
    uint64_t body_left;
    struct facts facts;
    size_t in_length;
    char in[IN_SIZE];
    char control[CONTROL_SIZE]; /* an answer of its own */
};

struct server {
    int epoll, listener, timer;
    struct behaviour behaviour;
    struct record record;
    struct heap due;
    struct bytes usual, prolonged, healthy;
    uint64_t generation; /* how often all was forgotten */
    uint64_t requests, connections;
    int64_t stall_from_ns, stall_to_ns;
    int64_t armed_ns;
    struct connection *burning;
    int64_t burn_begun_ns, burn_until_cpu_ns;
};

static void listen_on(struct server *server, const struct settings *settings);
static void watch(struct server *server, int fd, uint32_t events, void *who);
static void accept_all(struct server *server);
static void turn(struct server *server, struct connection *c, uint32_t events);
static bool advance(struct server *server, struct connection *c);
static bool receive(struct connection *c);
static int64_t arrival_of(const struct msghdr *message, int64_t read_ns);
static enum parse_result take(struct server *server, struct connection *c);
static void take_head(struct server *server, struct connection *c, const struct request *request);
static struct bytes control(struct server *server, struct connection *c, const struct request *request);
static void forget(struct server *server);
static void ask(struct server *server, struct connection *c);
static struct connection *first_waiting(struct server *server);
static int64_t answer_due(struct server *server);
static int64_t burn(struct server *server);
static void answer(struct server *server, struct connection *c);
static bool write_out(struct server *server, struct connection *c);
static void arm(struct server *server, int64_t due_ns);
static void close_connection(struct server *server, struct connection *c);
static uint64_t digest(uint64_t so_far, const char *bytes, size_t length);
static struct bytes make_answer(const char *content_type, const char *body, size_t length);
static void die(const char *what) __attribute__((noreturn));

void server_run(const struct settings *settings)
{
    static struct server server;
    behaviour_start(&server.behaviour, settings);
    record_start(&server.record);
    size_t length = (size_t)settings->answer_bytes;
    char *body = malloc(length);
    if (body == NULL)
        die("malloc");
    memset(body, '\n', length);
    memcpy(body, PREDICTION, strlen(PREDICTION));
    server.prolonged = make_answer("text/plain", body, length);
    server.usual = make_answer("text/plain", PREDICTION, strlen(PREDICTION));
    server.healthy = make_answer("text/plain", "ok", 2);
    free(body);
    listen_on(&server, settings);

    bool burns = settings->behaviour == KIND_BUSY;
    for (int64_t next_ns = NEVER;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(server.epoll, events, EVENTS, next_ns == AT_ONCE ? 0 : -1);
        if (count < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < count; i++) {
            /* The listener and the timer are named by the addresses of their descriptors. */
            void *who = events[i].data.ptr;
            if (who == &server.listener)
                accept_all(&server);
            else if (who != &server.timer)
                turn(&server, who, events[i].events);
        }
        next_ns = burns ? burn(&server) : answer_due(&server);
        arm(&server, next_ns);
    }
}

static void listen_on(struct server *server, const struct settings *settings)
{
    uint16_t port = (uint16_t)settings->port;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(settings->everywhere > 0 ? INADDR_ANY : INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (server->listener < 0 || setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        /* accepted sockets inherit these two */
        setsockopt(server->listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(server->listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
        bind(server->listener, (struct sockaddr *)&address, length) != 0 || listen(server->listener, 4096) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
        die("listen");
    server->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->timer < 0 || server->epoll < 0)
        die("epoll");
    watch(server, server->listener, EPOLLIN, &server->listener);
    /* Edge-triggered it need not be read: setting it anew clears what it counted. */
    watch(server, server->timer, EPOLLIN | EPOLLET, &server->timer);
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
}

static void watch(struct server *server, int fd, uint32_t events, void *who)
{
    struct epoll_event event = {.events = events, .data.ptr = who};
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("epoll_ctl");
}

static void accept_all(struct server *server)
{
    for (;;) {
        int socket = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            if (errno == EAGAIN)
                return;
            die("accept"); /* out of descriptors, most likely: what is not served would miss in the truth */
        }
        struct connection *c = malloc(sizeof *c);
        if (c == NULL)
            die("malloc");
        /* Only the state is cleared: the buffers are written before they are read. */
        memset(c, 0, offsetof(struct connection, in));
        c->socket = socket;
        c->generation = NO_GENERATION;
        watch(server, socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, c);
    }
}

/* One turn of a connection that epoll named. */
static void turn(struct server *server, struct connection *c, uint32_t events)
{
    bool gone = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    c->readable |= (events & EPOLLIN) != 0;
    if (!gone && c->state == STATE_WRITING && (events & EPOLLOUT) != 0)
        gone = !write_out(server, c);
    if (gone || !advance(server, c))
        close_connection(server, c);
}

/* Reads until a request waits for its answer or nothing more is there. False when the connection is over. */
static bool advance(struct server *server, struct connection *c)
{
    while (c->state == STATE_HEAD || c->state == STATE_BODY) {
        enum parse_result result = take(server, c);
        if (result == PARSE_BAD)
            return false;
        if (result == PARSE_DONE)
            continue;
        if (!c->readable)
            return true;
        if (!receive(c))
            return false;
    }
    return true;
}

/* Reads once, and when what was read had come. False at the end of the stream or on an error. */
static bool receive(struct connection *c)
{
    union {
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr aligned;
    } ancillary;
    size_t room = IN_SIZE - c->in_length;
    struct iovec into = {.iov_base = c->in + c->in_length, .iov_len = room};
    struct msghdr message = {
        .msg_iov = &into, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary};
    ssize_t count = recvmsg(c->socket, &message, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        c->readable = errno == EINTR;
        return true;
    }
    if (count <= 0)
        return false;
    c->read_ns = now_ns();
    c->arrival_ns = arrival_of(&message, c->read_ns);
    c->in_length += (size_t)count;
    c->readable = (size_t)count == room; /* less than asked for was all there was */
    return true;
}

/*
 * When the kernel got the last of these bytes: while this thread was busy or kept waiting they lay in the socket, and
 * that time too passed before the answer. The kernel stamps with the wall clock.
 */
static int64_t arrival_of(const struct msghdr *message, int64_t read_ns)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS)
        return read_ns;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
    int64_t age_ns = clock_ns(CLOCK_REALTIME) - (stamp.tv_sec * NS_PER_S + stamp.tv_nsec);
    return age_ns > 0 ? read_ns - age_ns : read_ns;
}

/* Takes a head, or what is there of a body, out of what was read. */
static enum parse_result take(struct server *server, struct connection *c)
{
    size_t used;
    if (c->state == STATE_HEAD) {
        struct request request;
        enum parse_result result = http_parse(c->in, c->in_length, &request);
        if (result != PARSE_DONE)
            return result == PARSE_INCOMPLETE && c->in_length == IN_SIZE ? PARSE_BAD : result;
        take_head(server, c, &request);
        used = request.head_length;
        c->state = STATE_BODY;
    } else {
        used = c->body_left < c->in_length ? (size_t)c->body_left : c->in_length;
        if (server->behaviour.settings.behaviour == KIND_CACHED)
            c->facts.digest = digest(c->facts.digest, c->in, used);
        c->body_left -= used;
    }
    c->in_length -= used;
    memmove(c->in, c->in + used, c->in_length);
    if (c->body_left > 0)
        return c->in_length > 0 ? PARSE_DONE : PARSE_INCOMPLETE;

    if (c->is_request)
        ask(server, c);
    else {
        c->out = c->answer;
        if (!write_out(server, c))
            return PARSE_BAD;
    }
    return PARSE_DONE;
}

static void take_head(struct server *server, struct connection *c, const struct request *request)
{
    c->body_left = request->body_length;
    c->facts = (struct facts){
        .body_length = request->body_length,
        .digest = digest(FNV_START, request->target, request->target_length),
    };
    c->answer = control(server, c, request);
    c->is_request = c->answer.data == NULL;
    if (c->is_request)
        c->answer = http_is(request, "GET", "/long") ? server->prolonged : server->usual;
}

/* The answer to a question about the server itself; nothing when the request is none. */
static struct bytes control(struct server *server, struct connection *c, const struct request *request)
{
    char text[CONTROL_SIZE - 128];
    size_t length;
    if (http_is(request, "GET", "/health"))
        return server->healthy;
    if (http_is(request, "GET", "/truth") || http_is(request, "DELETE", "/truth")) {
        if (*request->method == 'D')
            forget(server);
        int64_t first_ns = server->record.count == 0 ? now_ns() : server->record.lives[0].arrival_ns;
        int64_t from_ns = (int64_t)(http_query(request, "fromMs", (double)first_ns / NS_PER_MS) * NS_PER_MS + 0.5);
        int64_t to_ns = (int64_t)(http_query(request, "toMs", (double)now_ns() / NS_PER_MS) * NS_PER_MS + 0.5);
        length = record_tell(&server->record, from_ns, to_ns, server->behaviour.backend_calls, text, sizeof text);
    } else if (http_is(request, "POST", "/truth/stall")) {
        server->stall_from_ns = now_ns() + (int64_t)(http_query(request, "afterMs", 0) * NS_PER_MS);
        server->stall_to_ns = server->stall_from_ns + (int64_t)(http_query(request, "forMs", 1000) * NS_PER_MS);
        length = (size_t)snprintf(text, sizeof text, "{\"fromMs\":%.6f,\"toMs\":%.6f}",
                                  (double)server->stall_from_ns / NS_PER_MS, (double)server->stall_to_ns / NS_PER_MS);
    } else
        return (struct bytes){NULL, 0};
    int written =
        snprintf(c->control, sizeof c->control,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", length, text);
    return (struct bytes){c->control, (size_t)written};
}

/* Requests that wait now are answered all the same, and are on no record. */
static void forget(struct server *server)
{
    server->generation++;
    server->requests = server->connections = 0;
    server->stall_from_ns = server->stall_to_ns = 0;
    record_forget(&server->record);
    behaviour_forget(&server->behaviour);
}

/* A request is complete: it is recorded, and waits for its answer. */
static void ask(struct server *server, struct connection *c)
{
    if (c->generation != server->generation) {
        c->generation = server->generation;
        c->number = ++server->connections;
    }
    c->place = record_arrival(&server->record, c->arrival_ns, c->read_ns);
    c->facts.arrival_ns = c->arrival_ns;
    c->facts.number = ++server->requests;
    c->facts.connection = c->number;
    c->due_ns = behaviour_due(&server->behaviour, &c->facts);
    c->state = STATE_WAITING;
    if (c->due_ns == NEVER)
        return;
    heap_put(&server->due, c->due_ns, c);
    c->held = true;
}

/* The next that waits, without those whose client went away; NULL when none does. */
static struct connection *first_waiting(struct server *server)
{
    for (const struct waiting *first; (first = heap_first(&server->due)) != NULL;) {
        struct connection *c = first->who;
        if (!c->over)
            return c;
        heap_take(&server->due);
        free(c);
    }
    return NULL;
}

/* Answers all that is due; returns when more is. */
static int64_t answer_due(struct server *server)
{
    for (struct connection *c; (c = first_waiting(server)) != NULL;) {
        int64_t now = now_ns();
        if (now >= server->stall_from_ns && now < server->stall_to_ns)
            return server->stall_to_ns;
        if (c->due_ns > now)
            return c->due_ns;
        heap_take(&server->due);
        c->held = false;
        /* Who was held by the stall is due when it ends. */
        if (c->due_ns < server->stall_to_ns && c->arrival_ns < server->stall_to_ns)
            c->due_ns = server->stall_to_ns;
        answer(server, c);
    }
    return NEVER;
}

/* Burns CPU for the first that waits, a slice of it; returns when to go on. */
static int64_t burn(struct server *server)
{
    struct connection *c = server->burning;
    int64_t now = now_ns();
    if (now >= server->stall_from_ns && now < server->stall_to_ns)
        return server->stall_to_ns;
    if (c == NULL) {
        if (first_waiting(server) == NULL)
            return NEVER;
        c = server->burning = heap_take(&server->due).who;
        int64_t cost_ns = (int64_t)(server->behaviour.settings.busy_us * NS_PER_US);
        server->burn_until_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + cost_ns;
        c->due_ns = now + cost_ns;
    }
    for (int64_t slice_end_ns = now + BURN_SLICE_NS; now_ns() < slice_end_ns;)
        if (clock_ns(CLOCK_THREAD_CPUTIME_ID) >= server->burn_until_cpu_ns) {
            server->burning = NULL;
            c->held = false;
            if (c->over)
                free(c);
            else
                answer(server, c);
            break;
        }
    return AT_ONCE;
}

static void answer(struct server *server, struct connection *c)
{
    c->out = c->answer;
    if (!write_out(server, c) || (c->state == STATE_HEAD && !advance(server, c)))
        close_connection(server, c);
}

/*
 * Writes what the socket takes; a request has ended when that was all. False when the client is gone. Its end is the
 * instant before its last bytes are given to the kernel: that wakes the client, often on this thread's core, and it has
 * them first.
 */
static bool write_out(struct server *server, struct connection *c)
{
    c->state = STATE_WRITING;
    int64_t end_ns = 0;
    while (c->out.length > 0) {
        end_ns = now_ns();
        ssize_t count = send(c->socket, c->out.data, c->out.length, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN;
        c->out.data += count;
        c->out.length -= (size_t)count;
    }
    c->state = STATE_HEAD;
    if (c->is_request && c->generation == server->generation)
        record_end(&server->record, c->place, c->due_ns, end_ns);
    return true;
}

static void arm(struct server *server, int64_t due_ns)
{
    if (due_ns == AT_ONCE || due_ns == NEVER || due_ns == server->armed_ns)
        return;
    server->armed_ns = due_ns;
    struct itimerspec when = {.it_value = {due_ns / NS_PER_S, due_ns % NS_PER_S}};
    if (timerfd_settime(server->timer, TFD_TIMER_ABSTIME, &when, NULL) != 0)
        die("timerfd_settime");
}

static void close_connection(struct server *server, struct connection *c)
{
    bool unanswered = c->state == STATE_WAITING || c->state == STATE_WRITING;
    if (unanswered && c->is_request && c->generation == server->generation)
        record_gone(&server->record, c->place);
    close(c->socket); /* epoll forgets a closed socket by itself */
    c->over = true;
    if (!c->held)
        free(c);
}

/* FNV-1a */
static uint64_t digest(uint64_t so_far, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        so_far = (so_far ^ (unsigned char)bytes[i]) * FNV_PRIME;
    return so_far;
}

static struct bytes make_answer(const char *content_type, const char *body, size_t length)
{
    char *text = malloc(length + 256);
    if (text == NULL)
        die("malloc");
    int head =
        snprintf(text, 256, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", content_type, length);
    memcpy(text + head, body, length);
    return (struct bytes){text, (size_t)head + length};
}

static void die(const char *what)
{
    fprintf(stderr, "truth-server: %s: %s\n", what, strerror(errno));
    exit(1);
}
