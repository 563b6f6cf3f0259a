/* A server that does as little as HTTP/1.1 allows: what a load generator reaches against it is its ceiling. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "server.h"

#define PREDICTION "Prediction: Iris-Setosa"
/* the longest answer: those of pipelined requests collect in a buffer that has room for one more */
#define LONGEST 65536

struct loop {
    int listener;
    const struct answers *answers;
};

static struct answer make_answer(const char *content_type, const char *body);
static char *format(const char *template, ...) __attribute__((format(printf, 1, 2)));
static char *pad(const char *text, size_t length);
static char *describe(long loops);
static long setting(const char *name, long fallback, long max);
static long usable_cpus(void);
static void *run_loop(void *argument);
static void die(const char *what, int error);

int main(void)
{
    uint16_t port = (uint16_t)setting("PORT", 8080, UINT16_MAX);
    long loops = setting("CORES", usable_cpus(), 1024);

    /* Blocked in all threads, so that the main thread can wait for them: PID 1 has no default action for a signal. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);

    char *info = describe(loops);
    static struct answers answers;
    answers = (struct answers){
        .any = make_answer("text/plain", pad(PREDICTION, (size_t)setting("ANSWER_BYTES", sizeof PREDICTION - 1, LONGEST))),
        .health = make_answer("text/plain", ""),
        .info = make_answer("application/json", info),
        .bytes = make_answer("application/octet-stream", pad("", LONGEST)),
    };
    free(info);

    for (long i = 0; i < loops; i++) {
        struct loop *loop = malloc(sizeof *loop);
        if (loop == NULL)
            die("malloc", ENOMEM);
        *loop = (struct loop){.listener = server_listen(port), .answers = &answers};
        if (loop->listener < 0)
            die("listen", errno);
        pthread_t thread;
        int error = pthread_create(&thread, NULL, run_loop, loop);
        if (error != 0)
            die("pthread_create", error);
    }

    int received;
    sigwait(&stop, &received);
    return 0;
}

static void *run_loop(void *argument)
{
    struct loop *loop = argument;
    server_run(loop->listener, loop->answers);
    return NULL;
}

static struct answer make_answer(const char *content_type, const char *body)
{
    char *head =
        format("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", content_type, strlen(body));
    char *full = format("%s%s", head, body);
    struct answer answer = {.full = {full, strlen(full)}, .head_length = strlen(head)};
    free(head);
    return answer;
}

/* The text with dots behind it, so that it has this length; as it is when it is longer. */
static char *pad(const char *text, size_t length)
{
    size_t own = strlen(text);
    if (length < own)
        length = own;
    char *padded = malloc(length + 1);
    if (padded == NULL)
        die("malloc", ENOMEM);
    memset(padded, '.', length);
    memcpy(padded, text, own);
    padded[length] = '\0';
    return padded;
}

/* The answer of GET /info, what every target of the tool tells about itself. */
static char *describe(long loops)
{
    struct utsname kernel;
    uname(&kernel);
#ifdef __OPTIMIZE__
    const char *debug_build = "false";
#else
    const char *debug_build = "true";
#endif
    return format("{\"language\":\"c\",\"languageVersion\":\"%ld\",\"architecture\":\"%s\",\"server\":\"null-server\","
                  "\"framework\":null,\"versions\":{\"gcc\":\"%d.%d.%d\"},\"cpus\":%ld,\"workers\":1,"
                  "\"threads\":{\"event_loops\":%ld},\"pools\":{},\"developmentServer\":false,\"debugBuild\":%s,"
                  "\"heapLimitBytes\":null,\"flags\":{}}",
                  __STDC_VERSION__, kernel.machine, __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__, usable_cpus(), loops,
                  debug_build);
}

/* The processors of the cpuset, which is what the scheduler goes by. */
static long usable_cpus(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static long setting(const char *name, long fallback, long max)
{
    const char *text = getenv(name);
    if (text == NULL || *text == '\0')
        return fallback;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < 1 || value > max) {
        fprintf(stderr, "null-server: %s is \"%s\", want a whole number from 1 to %ld\n", name, text, max);
        exit(2);
    }
    return value;
}

static char *format(const char *template, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, template);
    int length = vasprintf(&text, template, arguments);
    va_end(arguments);
    if (length < 0)
        die("vasprintf", ENOMEM);
    return text;
}

static void die(const char *what, int error)
{
    fprintf(stderr, "null-server: %s: %s\n", what, strerror(error));
    exit(1);
}
