#include "settings.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONLY(kind) (1u << (kind))
#define ANY (~0u)
#define WITH_DELAY                                                                                                     \
    (ONLY(KIND_CONSTANT) | ONLY(KIND_SOMETIMES) | ONLY(KIND_STARVE) | ONLY(KIND_RAMP) | ONLY(KIND_STEP) |              \
     ONLY(KIND_BIMODAL))

static const char *const kind_names[KINDS] = {
    [KIND_CONSTANT] = "constant", [KIND_SOMETIMES] = "sometimes", [KIND_WAVE] = "wave",   [KIND_STARVE] = "starve",
    [KIND_RAMP] = "ramp",         [KIND_STEP] = "step",           [KIND_QUEUE] = "queue", [KIND_BIMODAL] = "bimodal",
    [KIND_CACHED] = "cached",     [KIND_BUSY] = "busy",
};

static const struct number {
    const char *name;
    size_t offset;
    double fallback, least, most;
    unsigned kinds; /* the behaviours that have it */
} numbers[] = {
    {"port", offsetof(struct settings, port), 0, 0, 65535, ANY},
    {"everywhere", offsetof(struct settings, everywhere), 0, 0, 1, ANY},
    {"answerBytes", offsetof(struct settings, answer_bytes), 1 << 20, 23, 1 << 28, ANY},
    {"delayUs", offsetof(struct settings, delay_us), 0, 0, 1e9, WITH_DELAY},
    {"slowEvery", offsetof(struct settings, slow_every), 50, 1, 1e9, ONLY(KIND_SOMETIMES)},
    {"slowUs", offsetof(struct settings, slow_us), 50000, 0, 1e9, ONLY(KIND_SOMETIMES)},
    {"periodUs", offsetof(struct settings, period_us), 1e6, 1, 1e9, ONLY(KIND_WAVE)},
    {"starved", offsetof(struct settings, starved), 1, 0, 65536, ONLY(KIND_STARVE)},
    {"spared", offsetof(struct settings, spared), 0, 0, 65536, ONLY(KIND_STARVE)},
    {"gain", offsetof(struct settings, gain), 0.3, 0, 1000, ONLY(KIND_RAMP)},
    {"tauMs", offsetof(struct settings, tau_ms), 10000, 1, 1e7, ONLY(KIND_RAMP)},
    {"factor", offsetof(struct settings, factor), 1.4, 0, 1000, ONLY(KIND_STEP)},
    {"atMs", offsetof(struct settings, at_ms), 8000, 0, 1e7, ONLY(KIND_STEP)},
    {"serviceUs", offsetof(struct settings, service_us), 1000, 0, 1e9, ONLY(KIND_QUEUE)},
    {"seed", offsetof(struct settings, seed), 1, 0, 9007199254740991., ONLY(KIND_QUEUE)},
    {"longFromBytes", offsetof(struct settings, long_from_bytes), 1000, 0, 1e9, ONLY(KIND_BIMODAL)},
    {"longUs", offsetof(struct settings, long_us), 50000, 0, 1e9, ONLY(KIND_BIMODAL)},
    {"costUs", offsetof(struct settings, cost_us), 20000, 0, 1e9, ONLY(KIND_CACHED)},
    {"busyUs", offsetof(struct settings, busy_us), 300, 0, 1e9, ONLY(KIND_BUSY)},
};
#define NUMBERS (sizeof numbers / sizeof *numbers)

static const char *value_of(const char *name, int count, char **arguments);
static enum kind read_kind(const char *name);
static void read_one(struct settings *settings, const char *argument);
static double *place_of(struct settings *settings, const struct number *number);
static void refuse(const char *argument, const char *because) __attribute__((noreturn));

struct settings settings_read(int count, char **arguments)
{
    struct settings settings = {0};
    for (size_t i = 0; i < NUMBERS; i++)
        *place_of(&settings, &numbers[i]) = numbers[i].fallback;

    const char *behaviour = value_of("behaviour", count, arguments);
    settings.behaviour = behaviour == NULL ? KIND_CONSTANT : read_kind(behaviour);
    for (int i = 1; i < count; i++)
        read_one(&settings, arguments[i]);
    return settings;
}

static const char *value_of(const char *name, int count, char **arguments)
{
    size_t length = strlen(name);
    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=')
            return arguments[i] + length + 1;
    return NULL;
}

static enum kind read_kind(const char *name)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (strcmp(name, kind_names[kind]) == 0)
            return (enum kind)kind;
    refuse(name, "there is no such behaviour; main.c lists them");
}

static void read_one(struct settings *settings, const char *argument)
{
    const char *equals = strchr(argument, '=');
    if (equals == NULL)
        refuse(argument, "want name=value");
    size_t length = (size_t)(equals - argument);
    const char *value = equals + 1;
    if (strncmp(argument, "behaviour=", length + 1) == 0)
        return;
    if (strncmp(argument, "distribution=", length + 1) == 0) {
        settings->exponential = strcmp(value, "exponential") == 0;
        if (settings->behaviour != KIND_QUEUE || (!settings->exponential && strcmp(value, "constant") != 0))
            refuse(argument, "want constant or exponential, for the behaviour queue");
        return;
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        const struct number *number = &numbers[i];
        if (strlen(number->name) != length || strncmp(argument, number->name, length) != 0)
            continue;
        if ((number->kinds & ONLY(settings->behaviour)) == 0)
            refuse(argument, "this behaviour has no such setting");
        char *end;
        double given = strtod(value, &end);
        if (end == value || *end != '\0' || !(given >= number->least && given <= number->most))
            refuse(argument, "not a number, or out of range");
        *place_of(settings, number) = given;
        return;
    }
    refuse(argument, "there is no such setting; main.c lists them");
}

static double *place_of(struct settings *settings, const struct number *number)
{
    return (double *)(void *)((char *)settings + number->offset);
}

static void refuse(const char *argument, const char *because)
{
    fprintf(stderr, "truth-server: %s: %s\n", argument, because);
    exit(2);
}
