/*
 * A server with known delays: every request is answered after so many µs, every n-th one after so many others.
 *
 *   truth-server PORT DELAY_US SLOW_EVERY SLOW_US        SLOW_EVERY 0: never
 *
 * `GET /truth` tells how long requests really took in here, from reading one to having sent its answer, which on a
 * machine with other work is more than was asked for; `DELETE /truth` forgets it.
 *
 * One thread: epoll for requests, and a timerfd for the next answer that is due. Both delays are constant, so what waits
 * is two queues and needs no heap. What it adds to a delay is the kernel's wake-up, some 20 to 60 µs.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define QUEUE 65536 /* a power of two, more than there are connections */
#define EVENTS 256

struct waiting {
    int64_t read_ns, due_ns;
    int socket;
};

struct queue {
    struct waiting items[QUEUE];
    unsigned head, tail;
};

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 23\r\n\r\nPrediction: Iris-Setosa";
static struct queue usual, slow;

/* How often requests took so many µs; the last one is anything longer. */
#define MOST_US 1000000
static uint32_t took[MOST_US + 1];
static uint64_t taken;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void push(struct queue *queue, int64_t read_ns, int64_t delay_ns, int socket)
{
    queue->items[queue->tail++ % QUEUE] = (struct waiting){read_ns, read_ns + delay_ns, socket};
}

static void record(int64_t ns)
{
    int64_t us = (ns + 500) / 1000;
    took[us > MOST_US ? MOST_US : us]++;
    taken++;
}

/* The q-quantile in ms by nearest rank. */
static double quantile_ms(double q)
{
    uint64_t rank = (uint64_t)(q * (double)taken + 0.999999), seen = 0;
    for (int us = 0; us <= MOST_US; us++)
        if ((seen += took[us]) >= rank && seen > 0)
            return us / 1000.0;
    return 0;
}

static void tell_truth(int socket)
{
    char body[200], text[400];
    int length = snprintf(body, sizeof body, "{\"requests\":%llu,\"p50Ms\":%.3f,\"p90Ms\":%.3f,\"p99Ms\":%.3f}",
                          (unsigned long long)taken, quantile_ms(0.5), quantile_ms(0.9), quantile_ms(0.99));
    length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    if (send(socket, text, (size_t)length, MSG_NOSIGNAL) < 0)
        perror("send");
}

/* Answers all that is due; returns when the next one is, or 0. A client that went away is no error here. */
static int64_t answer_due(struct queue *queue)
{
    while (queue->head != queue->tail) {
        struct waiting *first = &queue->items[queue->head % QUEUE];
        if (first->due_ns > now_ns())
            return first->due_ns;
        queue->head++;
        if (send(first->socket, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
            continue;
        record(now_ns() - first->read_ns);
    }
    return 0;
}

static void arm(int timer, int64_t due_ns)
{
    struct itimerspec when = {.it_value = {due_ns / 1000000000LL, due_ns % 1000000000LL}};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL) < 0)
        die("timerfd_settime");
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "usage: truth-server PORT DELAY_US SLOW_EVERY SLOW_US\n");
        return 2;
    }
    int64_t delay_ns = atoll(arguments[2]) * 1000;
    uint64_t slow_every = strtoull(arguments[3], NULL, 10);
    int64_t slow_ns = atoll(arguments[4]) * 1000;
    uint64_t requests = 0;
    int on = 1;

    /* The kernel may delay wake-ups by 50 µs to bundle them; not here. */
    prctl(PR_SET_TIMERSLACK, 1);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0)
        die("listen");
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    event.data.fd = timer;
    epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);

    static char bytes[65536];
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(poll, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
                    epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
                }
            } else if (fd == timer) {
                uint64_t times;
                if (read(timer, &times, sizeof times) < 0 && errno != EAGAIN)
                    die("read timer");
            } else {
                /* A request is one segment here: small, without a body, and never pipelined. */
                ssize_t length = recv(fd, bytes, sizeof bytes, 0);
                if (length <= 0) {
                    if (length == 0 || errno != EAGAIN)
                        close(fd);
                    continue;
                }
                bool asks = strncmp(bytes, "GET /truth", 10) == 0, forgets = strncmp(bytes, "DELETE /truth", 13) == 0;
                if (asks || forgets) {
                    if (forgets) {
                        memset(took, 0, sizeof took);
                        taken = requests = 0;
                    }
                    tell_truth(fd);
                    continue;
                }
                bool is_slow = slow_every > 0 && ++requests % slow_every == 0;
                push(is_slow ? &slow : &usual, now_ns(), is_slow ? slow_ns : delay_ns, fd);
            }
        }
        int64_t next = answer_due(&usual), other = answer_due(&slow);
        if (other != 0 && (next == 0 || other < next))
            next = other;
        if (next != 0)
            arm(timer, next);
    }
}
