/** The fewest repetitions that decide: two leave the interval of a ratio only one degree of freedom. */
export const LEAST_REPETITIONS = 3
