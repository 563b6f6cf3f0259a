/*
 * A server whose behaviour is known and which keeps its own record, to measure the measuring with.
 *
 *   truth-server behaviour=ramp delayUs=2000 gain=0.3 tauMs=5000 port=8080     port=0, the default: a free one;
 *                                                                              everywhere=1: on all addresses
 *
 * behaviour   settings (default)                 when a request is answered
 * constant    delayUs 0                          after the delay
 * sometimes   delayUs, slowEvery 50,             after the delay; every 50th after the longer one
 *             slowUs 50000
 * wave        periodUs 1000000                   together with all others, at whole periods of the clock
 * starve      delayUs, starved 1, spared 0       after the delay; never on the first connections that ask,
 *                                                counted after those that are spared
 * ramp        delayUs, gain 0.3, tauMs 10000     after delay × (1 + gain × exp(−t ÷ tau)), t since the first request
 * step        delayUs, factor 1.4, atMs 8000     after delay × factor; from atMs after the first request on after delay
 * queue       serviceUs 1000, seed 1,            when the one worker is through, first come, first served
 *             distribution constant                or exponential, by the seed
 * bimodal     delayUs, longFromBytes 1000,       after the delay; after the longer one when its body is so long
 *             longUs 50000
 * cached      costUs 20000                       after the cost when this path and body are new, else at once
 * busy        busyUs 300                         when so much CPU time was burnt for it, first come, first served
 *
 * Every request is answered with the prediction, but `GET /long` with answerBytes (1 MiB) of text, and `GET /health` at
 * once and off the record. A slow reader is the client's part: an answer ends when the kernel takes its last byte.
 *
 * GET /truth?fromMs=..&toMs=..            what happened in this interval of CLOCK_MONOTONIC, see record.h;
 *                                         without one all that is on record
 * POST /truth/stall?afterMs=..&forMs=..   nobody is answered from then on for so long; tells the interval
 * DELETE /truth                           forgets: the record, the first request, the cache, the order of connections
 *
 * A request begins when the kernel received its last byte and ends when the last of its answer is given to the kernel.
 * One thread: epoll for requests, a timerfd for the next answer that is due. What it adds to a delay is the kernel's
 * wake-up; that and other work on the machine make lives longer than was asked for, which is why the record counts and
 * not the setting.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "server.h"
#include "settings.h"

int main(int count, char **arguments)
{
    struct settings settings = settings_read(count, arguments);
    /* A test that crashes leaves no server behind. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    server_run(&settings);
}
