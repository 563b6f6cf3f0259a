/** The fewest repetitions that decide: two leave the interval of a ratio only one degree of freedom. */
export const LEAST_REPETITIONS = 3

/** The fewest that answer whether a service level is kept: of a target that misses it in every second start, three show no miss in one run of eight. */
export const LEAST_WINDOWS = 5
