#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "record.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"

#define CELL 32 /* a number as text */

/* Times in ns, and of how many they are: the rest is longer than any of them. */
struct times {
    int64_t *values;
    size_t count, of;
    double sum_ns;
};

/* What happened in an interval. */
struct truth {
    size_t arrived, completed, abandoned;
    double weighted, lived_ns;
    struct times took, late, read;
};

static struct times times_for(const struct record *record);
static void add(struct truth *truth, const struct life *life, int64_t from_ns, int64_t to_ns);
static void append(struct times *times, int64_t ns);
static uint32_t clamp(int64_t ns);
static int64_t overlap(const struct life *life, int64_t from_ns, int64_t to_ns);
static void sort(struct times *times);
static int ascending(const void *left, const void *right);
static const char *quantile(const struct times *times, double q, char *text);
static const char *mean(const struct times *times, char *text);
static double in_ms(int64_t ns);

void record_start(struct record *record)
{
    /* Pages come when they are touched. */
    void *lives = mmap(NULL, RECORD_MAX * sizeof(struct life), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (lives == MAP_FAILED) {
        perror("truth-server: mmap");
        exit(1);
    }
    *record = (struct record){.lives = lives};
}

/* Those in flight have no place any more: the caller must see to it that they do not end in another one's. */
void record_forget(struct record *record)
{
    *record = (struct record){.lives = record->lives};
}

uint32_t record_arrival(struct record *record, int64_t arrival_ns, int64_t read_ns)
{
    record->requests++;
    record->in_flight++;
    if (record->count == RECORD_MAX)
        return NOT_RECORDED;
    record->lives[record->count] = (struct life){.arrival_ns = arrival_ns, .read_ns = clamp(read_ns - arrival_ns)};
    return record->count++;
}

void record_end(struct record *record, uint32_t place, int64_t due_ns, int64_t end_ns)
{
    record->answered++;
    record->in_flight--;
    if (place == NOT_RECORDED)
        return;
    record->lives[place].end_ns = end_ns;
    record->lives[place].late_ns = clamp(end_ns - due_ns);
}

void record_gone(struct record *record, uint32_t place)
{
    record->gone++;
    record->in_flight--;
    if (place != NOT_RECORDED)
        record->lives[place].end_ns = GONE;
}

size_t record_tell(const struct record *record, int64_t from_ns, int64_t to_ns, uint64_t backend_calls, char *text,
                   size_t size)
{
    struct truth truth = {.took = times_for(record), .late = times_for(record), .read = times_for(record)};
    for (uint32_t i = 0; i < record->count; i++)
        add(&truth, &record->lives[i], from_ns, to_ns);
    sort(&truth.took), sort(&truth.late), sort(&truth.read);
    /* Those without an answer took longer than any other. */
    truth.took.of = truth.arrived;

    char cells[11][CELL];
    int length = snprintf(
        text, size,
        "{\"requests\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"gone\":%" PRIu64 ",\"inFlight\":%" PRIu64
        ",\"notRecorded\":%" PRIu64 ",\"backendCalls\":%" PRIu64
        ",\"fromMs\":%.6f,\"toMs\":%.6f,\"arrived\":%zu,\"completed\":%zu,\"weighted\":%.6f,\"livedMs\":%.6f"
        ",\"unended\":%zu,\"abandoned\":%zu,\"meanMs\":%s,\"p50Ms\":%s,\"p90Ms\":%s,\"p99Ms\":%s,\"p999Ms\":%s"
        ",\"maxMs\":%s,\"meanLateMs\":%s,\"lateP50Ms\":%s,\"lateP90Ms\":%s,\"lateP99Ms\":%s,\"readP90Ms\":%s}",
        record->requests, record->answered, record->gone, record->in_flight, record->requests - record->count,
        backend_calls, in_ms(from_ns), in_ms(to_ns), truth.arrived, truth.completed, truth.weighted,
        truth.lived_ns / NS_PER_MS, truth.arrived - truth.took.count - truth.abandoned, truth.abandoned,
        mean(&truth.took, cells[0]), quantile(&truth.took, 0.5, cells[1]), quantile(&truth.took, 0.9, cells[2]),
        quantile(&truth.took, 0.99, cells[3]), quantile(&truth.took, 0.999, cells[4]),
        quantile(&truth.took, 1, cells[5]), mean(&truth.late, cells[6]), quantile(&truth.late, 0.5, cells[7]),
        quantile(&truth.late, 0.9, cells[8]), quantile(&truth.late, 0.99, cells[9]),
        quantile(&truth.read, 0.9, cells[10]));
    free(truth.took.values), free(truth.late.values), free(truth.read.values);
    if (length < 0 || (size_t)length >= size)
        abort(); /* our own text: the buffer is too small for it */
    return (size_t)length;
}

static struct times times_for(const struct record *record)
{
    struct times times = {.values = malloc((record->count + 1) * sizeof(int64_t))};
    if (times.values == NULL) {
        perror("truth-server: malloc");
        exit(1);
    }
    return times;
}

static void add(struct truth *truth, const struct life *life, int64_t from_ns, int64_t to_ns)
{
    bool ended = life->end_ns > 0, ended_inside = ended && life->end_ns > from_ns && life->end_ns <= to_ns;
    truth->completed += ended_inside;
    if (life->end_ns != GONE)
        truth->lived_ns += (double)overlap(life, from_ns, to_ns);
    if (ended) {
        int64_t whole_ns = life->end_ns - life->arrival_ns;
        /* A life of no length lies inside or outside as a whole. */
        truth->weighted += whole_ns > 0 ? (double)overlap(life, from_ns, to_ns) / (double)whole_ns : ended_inside;
    }
    if (life->arrival_ns < from_ns || life->arrival_ns >= to_ns)
        return;
    truth->arrived++;
    truth->abandoned += life->end_ns == GONE;
    append(&truth->read, life->read_ns);
    if (ended) {
        append(&truth->took, life->end_ns - life->arrival_ns);
        append(&truth->late, life->late_ns);
    }
}

static void append(struct times *times, int64_t ns)
{
    times->values[times->count++] = ns;
    times->of = times->count;
    times->sum_ns += (double)ns;
}

/* Saturates at 4.29 s. */
static uint32_t clamp(int64_t ns)
{
    return ns < 0 ? 0 : ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

/* How much of a life lies in the interval; one in flight reaches beyond every interval. */
static int64_t overlap(const struct life *life, int64_t from_ns, int64_t to_ns)
{
    int64_t begin = life->arrival_ns > from_ns ? life->arrival_ns : from_ns;
    int64_t end = life->end_ns > 0 && life->end_ns < to_ns ? life->end_ns : to_ns;
    return end > begin ? end - begin : 0;
}

static void sort(struct times *times)
{
    qsort(times->values, times->count, sizeof *times->values, ascending);
}

static int ascending(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* The q-quantile in ms by nearest rank; null when there is none, or when it lies among those without an end. */
static const char *quantile(const struct times *times, double q, char *text)
{
    size_t rank = (size_t)(q * (double)times->of + 0.999999);
    if (rank == 0 || rank > times->count)
        return "null";
    snprintf(text, CELL, "%.6f", in_ms(times->values[rank - 1]));
    return text;
}

static const char *mean(const struct times *times, char *text)
{
    if (times->count == 0)
        return "null";
    snprintf(text, CELL, "%.6f", times->sum_ns / (double)times->count / NS_PER_MS);
    return text;
}

static double in_ms(int64_t ns)
{
    return (double)ns / NS_PER_MS;
}
