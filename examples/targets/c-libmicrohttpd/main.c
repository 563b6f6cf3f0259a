/* Answers the predict scenario with libmicrohttpd, a thread a core, until a TERM comes. */
#define _GNU_SOURCE
#include <errno.h>
#include <gnu/libc-version.h>
#include <microhttpd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define PREDICTION "Prediction: Iris-Setosa"

enum { CONNECTIONS = 4096, IDLE_SECONDS = 75 };

/* Made once: libmicrohttpd counts who uses a response, and any thread may queue it. */
struct answers {
    struct MHD_Response *prediction, *health, *info, *not_found, *not_allowed;
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **seen);
static struct MHD_Response *make_response(const char *type, const char *body);
static struct MHD_Response *checked(struct MHD_Response *response, const char *header, const char *value);
static const char *describe(long threads);
static long setting(const char *name, long fallback, long most);
static long usable_cpus(void);
static void die(const char *what, const char *why);

int main(void)
{
    long port = setting("PORT", 8080, UINT16_MAX);
    long threads = setting("CORES", usable_cpus(), 1024);

    /* Blocked in all threads, so that this one can wait for them: PID 1 has no default action for a signal. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);

    struct answers answers = {
        .prediction = make_response("text/plain", PREDICTION),
        .health = make_response("text/plain", ""),
        .info = make_response("application/json", describe(threads)),
        .not_found = make_response("text/plain", "not found"),
        .not_allowed = checked(make_response("text/plain", "not allowed"), MHD_HTTP_HEADER_ALLOW, "GET, HEAD"),
    };
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        /* A pool of one is refused with a warning: one thread is what there is without a pool. */
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    /* Turbo: an answer is written at once, without asking epoll first whether there is room for it. */
    struct MHD_Daemon *server =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_ERROR_LOG, (uint16_t)port, NULL, NULL,
                         answer, &answers, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (server == NULL)
        die("cannot listen", strerror(errno));

    int received;
    sigwait(&stop, &received);
    MHD_stop_daemon(server);
    return 0;
}

/* Called when a head is read, for each piece of a body, and when the request is whole: only then is it answered. */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **seen)
{
    (void)version, (void)data;
    const struct answers *answers = context;
    if (*seen == NULL) {
        *seen = context;
        return MHD_YES;
    }
    if (*data_size > 0) { /* no request here has a body that matters */
        *data_size = 0;
        return MHD_YES;
    }

    struct MHD_Response *found = strcmp(path, "/predict") == 0 ? answers->prediction
                                 : strcmp(path, "/health") == 0 ? answers->health
                                 : strcmp(path, "/info") == 0   ? answers->info
                                                                : NULL;
    if (found == NULL)
        return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, answers->not_found);
    bool reads = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    return reads ? MHD_queue_response(connection, MHD_HTTP_OK, found)
                 : MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, answers->not_allowed);
}

/* The body is not copied, and has to stay. */
static struct MHD_Response *make_response(const char *type, const char *body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    return checked(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
}

static struct MHD_Response *checked(struct MHD_Response *response, const char *header, const char *value)
{
    if (response == NULL || MHD_add_response_header(response, header, value) != MHD_YES)
        die("cannot make a response", "out of memory");
    return response;
}

/* What GET /info answers: what this process knows of itself. */
static const char *describe(long threads)
{
    static const char format[] = "{\"language\":\"c\",\"languageVersion\":\"17\",\"architecture\":\"%s\",\"server\":\"libmicrohttpd\",\"framework\":null,"
                                 "\"versions\":{\"libmicrohttpd\":\"%s\",\"gcc\":\"%d.%d\",\"glibc\":\"%s\"},"
                                 "\"cpus\":%ld,\"workers\":1,\"threads\":{\"epoll\":%ld},\"pools\":{},"
                                 "\"developmentServer\":false,\"debugBuild\":%s,\"heapLimitBytes\":null,\"flags\":{}}";
#ifdef __OPTIMIZE__
    const char *debug_build = "false";
#else
    const char *debug_build = "true";
#endif
    struct utsname machine;
    char *text;
    if (uname(&machine) != 0 ||
        asprintf(&text, format, machine.machine, MHD_get_version(), __GNUC__, __GNUC_MINOR__, gnu_get_libc_version(),
                 usable_cpus(), threads, debug_build) < 0)
        die("cannot describe itself", strerror(errno));
    return text;
}

/* The positive whole number that a variable says; the fallback where it says nothing. */
static long setting(const char *name, long fallback, long most)
{
    const char *text = getenv(name);
    if (text == NULL || *text == '\0')
        return fallback;
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || number < 1 || number > most) {
        fprintf(stderr, "c-libmicrohttpd: %s is \"%s\", want a whole number from 1 to %ld\n", name, text, most);
        exit(1);
    }
    return number;
}

/* The cores that this process may run on: all of the machine's, but for a cpuset. */
static long usable_cpus(void)
{
    cpu_set_t usable;
    return sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "c-libmicrohttpd: %s: %s\n", what, why);
    exit(1);
}
