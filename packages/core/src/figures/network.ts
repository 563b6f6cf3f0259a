import { clockErrorOf } from '../observe/machines.js'
import type { Repetition } from '../observe/view.js'
import { defineFigure } from './define.js'

export const linkShare = defineFigure({
  id: 'linkShare',
  title: 'Share of the network',
  unit: 'share',
  format: 'share',
  about:
    'Bytes a second that the target received or sent, whichever is more, ÷ the rate of one long answer on the same way before the load. Told on several machines only.',
  column: 'network_share',
  from: ({ target: { rxBytes, txBytes }, seconds }, { link }) => {
    if (link?.bytesPerSecond == null || rxBytes === null || txBytes === null || seconds <= 0) return null
    return Math.max(rxBytes, txBytes) / seconds / link.bytesPerSecond
  },
})

export const retransmitShare = defineFigure({
  id: 'retransmitShare',
  title: 'TCP segments lost',
  unit: 'share',
  format: 'share',
  about:
    'TCP segments that the target, or the load agents, sent again ÷ all that they sent, whichever is more; without those that had arrived, and were only acknowledged late. Read on several machines only.',
  column: 'network_retransmit_share',
  from: ({ target, agent }: Repetition) => {
    const shares = [target, agent].flatMap(({ tcpSegments, tcpRetransmits }) =>
      tcpSegments === null || tcpRetransmits === null || tcpSegments <= 0
        ? []
        : [Math.max(0, tcpRetransmits) / tcpSegments],
    )
    // One that was sent before the window may be known to have come twice only in it.
    return shares.length === 0 ? null : Math.max(...shares)
  },
})

export const clockError = defineFigure({
  id: 'clockErrorMs',
  title: "Error of the machines' clocks",
  unit: 'ms',
  format: 'duration',
  about: 'How far the clocks of the machines may be apart after their alignment. Latencies do not depend on it.',
  column: 'clock_error_ms',
  from: ({ record }) => clockErrorOf({ loads: [record] }),
})
