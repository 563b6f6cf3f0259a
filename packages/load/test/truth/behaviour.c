#include "behaviour.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define CACHE_SIZE (1u << 21) /* a power of two */

static int64_t in_ns(double us);
static int64_t next_wave(int64_t arrival_ns, int64_t period_ns);
static int64_t queued_until(struct behaviour *b, int64_t arrival_ns);
static double random_exponential(uint64_t *state);
static bool cache_holds(struct behaviour *b, uint64_t digest);

void behaviour_start(struct behaviour *b, const struct settings *settings)
{
    *b = (struct behaviour){.settings = *settings};
    if (settings->behaviour == KIND_CACHED && (b->seen = malloc(CACHE_SIZE * sizeof *b->seen)) == NULL) {
        perror("truth-server: malloc");
        exit(1);
    }
    behaviour_forget(b);
}

void behaviour_forget(struct behaviour *b)
{
    b->first_ns = b->free_ns = 0;
    b->random = (uint64_t)b->settings.seed;
    b->backend_calls = b->seen_count = 0;
    if (b->seen != NULL)
        memset(b->seen, 0, CACHE_SIZE * sizeof *b->seen);
}

int64_t behaviour_due(struct behaviour *b, const struct facts *facts)
{
    const struct settings *s = &b->settings;
    if (facts->number == 1)
        b->first_ns = facts->arrival_ns;
    double since_first_ms = (double)(facts->arrival_ns - b->first_ns) / NS_PER_MS;
    int64_t arrival = facts->arrival_ns;
    bool hit = s->behaviour == KIND_CACHED && cache_holds(b, facts->digest);
    if (!hit)
        b->backend_calls++;

    switch (s->behaviour) {
    case KIND_CONSTANT:
        return arrival + in_ns(s->delay_us);
    case KIND_SOMETIMES:
        return arrival + in_ns(facts->number % (uint64_t)s->slow_every == 0 ? s->slow_us : s->delay_us);
    case KIND_WAVE:
        return next_wave(arrival, in_ns(s->period_us));
    case KIND_STARVE:
        return facts->connection > (uint64_t)s->spared && facts->connection <= (uint64_t)(s->spared + s->starved)
                   ? NEVER
                   : arrival + in_ns(s->delay_us);
    case KIND_RAMP:
        return arrival + in_ns(s->delay_us * (1 + s->gain * exp(-since_first_ms / s->tau_ms)));
    case KIND_STEP:
        return arrival + in_ns(since_first_ms < s->at_ms ? s->delay_us * s->factor : s->delay_us);
    case KIND_QUEUE:
        return queued_until(b, arrival);
    case KIND_BIMODAL:
        return arrival + in_ns(facts->body_length >= (uint64_t)s->long_from_bytes ? s->long_us : s->delay_us);
    case KIND_CACHED:
        return hit ? arrival : arrival + in_ns(s->cost_us);
    case KIND_BUSY:
        return arrival;
    case KINDS:
        break;
    }
    abort();
}

static int64_t in_ns(double us)
{
    return (int64_t)(us * NS_PER_US + 0.5);
}

/* Waves stand still on the clock, so that all that came before one is answered at one instant. */
static int64_t next_wave(int64_t arrival_ns, int64_t period_ns)
{
    return (arrival_ns / period_ns + 1) * period_ns;
}

/* The worker's calendar is planned, not measured: lateness of a timer delays one answer and no later one. */
static int64_t queued_until(struct behaviour *b, int64_t arrival_ns)
{
    double share = b->settings.exponential ? random_exponential(&b->random) : 1;
    int64_t begins_ns = b->free_ns > arrival_ns ? b->free_ns : arrival_ns;
    return b->free_ns = begins_ns + in_ns(b->settings.service_us * share);
}

/* Mean 1. The generator is splitmix64. */
static double random_exponential(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return -log1p(-(double)(z >> 11) * 0x1p-53);
}

/* Whether it was seen before; it is from now on. A full cache keeps what it has. */
static bool cache_holds(struct behaviour *b, uint64_t digest)
{
    digest |= digest == 0;
    uint64_t at = digest & (CACHE_SIZE - 1);
    for (; b->seen[at] != 0; at = (at + 1) & (CACHE_SIZE - 1))
        if (b->seen[at] == digest)
            return true;
    if (b->seen_count < CACHE_SIZE / 2) {
        b->seen[at] = digest;
        b->seen_count++;
    }
    return false;
}
