/* What the server is told by its arguments, each `name=value`. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

enum kind {
    KIND_CONSTANT,
    KIND_SOMETIMES,
    KIND_WAVE,
    KIND_STARVE,
    KIND_RAMP,
    KIND_STEP,
    KIND_QUEUE,
    KIND_BIMODAL,
    KIND_CACHED,
    KIND_BUSY,
    KINDS,
};

/* Numbers as they were given, each in the unit of its name; main.c says what each means. */
struct settings {
    enum kind behaviour;
    bool exponential; /* service times of the queue */
    double port;
    double everywhere; /* 1: listens on all addresses, as a container must */
    double answer_bytes; /* of `GET /long` */
    double delay_us;
    double slow_every, slow_us;
    double period_us;
    double starved, spared;
    double gain, tau_ms;
    double factor, at_ms;
    double service_us, seed;
    double long_from_bytes, long_us;
    double cost_us;
    double busy_us;
};

/* Reads the arguments; ends the program with a message when one is unknown, malformed or not of this behaviour. */
struct settings settings_read(int count, char **arguments);

#endif
