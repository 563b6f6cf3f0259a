/**
 * The thresholds of the verdicts, in one place, so that a sweep can move them and every text follows. Shares are 0 to 1.
 */
export const thresholds = {
  /** Above these the agent's own limits show in the figures: its p90 doubles when its event loop is 0.9 busy. */
  agent: { eventLoop: 0.8, cpu: 0.85, ceiling: 0.7 },
  /**
   * Of the rate that one long answer reached on the way from an agent to the target: above it queues grow in the network. And the share of TCP
   * segments that were lost and sent again: on a network with room there is none, and each of them waits for 200 ms or more.
   */
  network: { full: 0.7, retransmits: 0.001 },
  /**
   * Several load agents share a closed load evenly: where one gets so much less from each connection than another, its own limit, or its
   * way, is in the figures. ms: they begin a window so far apart at most.
   */
  unevenAgents: { rate: 0.8, lateMs: 50 },
  /** How far a bench of a fleet may lie from the median of the others, by what the null server reaches: machines of one kind differ by a few per cent. */
  oddBench: 0.05,
  /** ms: the error of the alignment of the machines' clocks above which a cold start is not told, and above which readings may belong to another moment. */
  clock: { hidesColdStart: 50, doubts: 250 },
  /** Two instruments agree up to this difference; wrk itself varied by 2 to 3 % between rounds on a calm machine. */
  instruments: 0.1,
  /** At most this share of requests may fail, where the scenario's slo does not say. */
  errorsTolerated: 0.001,
  /** Half of the share at which failed requests, which are missing from the histogram, would all hide in p99. */
  errorsInvalidate: 0.005,
  /**
   * Below a second a window holds start-up, slow start of connections and one sample of the scheduler: `hey -n 1000` at
   * 30,000 requests/s lasts 33 ms. Below 200 answers the rate is uncertain by 1/√200 = 7 % through counting alone, and p95
   * rests on fewer than ten answers.
   */
  shortest: {
    seconds: 1,
    answers: 200,
    /** mean response times: with fewer, it is chance which slow and fast moments of a target a window meets */
    responses: 3,
    /** The tolerance for the pace, which is known before the window and changes a little within it. */
    ofNeeded: 0.9,
  },
  /** ms: shorter warm-ups cannot tell a steady target with usual noise from one that is not. */
  warmUpTells: 15_000,
  /** The size of a change of throughput within the window, from beginning to end or by a step, if it is not chance. */
  trend: { change: 0.1, p: 0.01 },
  /** The share of arrivals that were still waiting for a connection at the end: the queue grows, and latency with the window. */
  unsent: 0.01,
  /** Cores used by other programs, as a share of the machine's; and time that the hypervisor gave to other machines. */
  host: { others: 0.1, othersUnderPressure: 0.05, pressure: 0.2, steal: 0.02 },
  /** Roles on shared cores held one another back when the cores were this full. */
  sharedCoresFull: 0.85,
  /** Share of sends that were more than 5 ms late though a connection was free. */
  lateSends: 0.01,
  /** Share of the window in which the quota held the target back. */
  throttled: 0.01,
  /** The use from which a component counts as at its cap. */
  full: 0.9,
  /** The curve counts as at the cap from here: sampling cuts peaks. */
  atCap: 0.95,
  memoryFull: 0.95,
  /** The use below which a component counts as not busy. */
  idle: 0.7,
  /** Little's law: connections implied by throughput and latency, relative to those used. */
  little: { low: 0.9, high: 1.1 },
  /** Share of the connections' time that lies in no answered request; parts below `told` are not mentioned. */
  unaccounted: { doubts: 0.05, invalidates: 0.2, told: 0.01 },
  /**
   * Right answers for which a service counted no work, beyond what a connection each and the age of its figures explain; and what a service did
   * later than its script says.
   */
  workSkipped: 0.01,
  serviceLate: 0.01,
  /** Differences up to this are too small to be a reason to choose a stack. */
  relevantDifference: 0.03,
  significance: 0.05,
  /** A target keeps a service level when so large a share of its windows does. */
  windowsWithin: 0.9,
  /** Maxima are compared between samples whose sizes differ by no more. */
  sameSize: 0.1,
  /** A published ratio this close to the measured one counts as reproduced even outside a narrow interval. */
  claimTolerance: 0.2,
} as const
