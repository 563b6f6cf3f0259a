import { defineFigure } from './define.js'

export const wallSeconds = defineFigure({
  id: 'wallSeconds',
  title: 'Wall time of the batch',
  unit: 's',
  about: 'From the first task to the last, as the target measured it.', // tasks a second compare the same
  column: 'batch_wall_s',
  from: ({ record }) => (record.measurement.batch === null ? null : record.measurement.batch.wallMs / 1000),
})
