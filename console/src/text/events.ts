import { catalogue } from './catalogue'

export const events = catalogue({
  title: 'Ledger entry',
  back: 'Overview',
  lead: 'What was written down, and never changes.',
  seq: 'Number',
  id: 'Id',
  type: 'Type',
  class: 'Class',
  classes: { fact: 'Fact', reading: 'Reading', moment: 'Moment' },
  source: 'Source',
  sourceId: 'Its id there',
  at: 'Happened',
  recorded: 'Recorded',
  thing: 'Thing',
  person: 'Person',
  body: 'Body',
  cause: 'Because of',
  effects: 'What followed',
  noCause: 'Nothing in the ledger caused it.',
  noEffects: 'Nothing followed from it.',
})
