import { catalogue, count } from './catalogue'

export const devices = catalogue({
  title: 'Devices',
  lead: 'What is connected: how it is, what it reports and what became of it.',
  search: 'Name, title or serial',
  model: 'Model',
  state: 'State',
  states: { active: 'Active', frozen: 'Frozen', retired: 'Retired' },
  online: 'Connected',
  onlines: { yes: 'Connected now', no: 'Not connected' },
  device: 'Device',
  household: 'Household',
  software: 'Software',
  heard: 'Heard',
  health: 'Health',
  healths: {
    good: 'Well', waiting: 'Not connected', silent: 'Silent', 'low-battery': 'Battery low', frozen: 'Frozen', retired: 'Retired', never: 'Never heard',
  },
  none: 'No devices yet',
  noneHint: 'Register one, or have a batch claim itself.',
  noneFiltered: 'No device fits these filters',
  noneFilteredHint: 'Look for the beginning of a name.',
  add: 'Register',
  registered: 'Registered',
  name: 'Name',
  nameHint: 'Small letters, digits and dashes: hall-lock',
  brand: 'Brand',
  titleField: 'What people call it',
  save: 'Register',
  fleet: {
    devices: 'Devices', connected: 'Connected', frozen: 'Frozen', letters: 'Dead letters', byModel: 'By model', versions: 'Software', where: 'Where they are, roughly',
    of: (online: number, all: number) => `${online} of ${all} connected`,
    intake: (stored: number, refused: number) => `${count(stored, 'message', 'messages')} taken in since the start, ${refused} refused`,
    place: 'Place', all: 'Devices', noPlaces: 'No device says where it was sold to.',
  },
  facts: 'Device',
  gtin: 'GTIN', serial: 'Serial', zone: 'Time zone', battery: 'Battery', since: 'Since', reason: 'Why', story: 'Its story', id: 'Client id',
  freeze: 'Freeze', thaw: 'Make active', retire: 'Retire', frozenNow: 'Frozen: it is heard, and told nothing', activeNow: 'Active again', retiredNow: 'Retired: it may not connect',
  twin: {
    title: 'As it is', property: 'Property', reported: 'Reports', desired: 'Should be', set: 'Set', clear: 'Take back', setTo: (name: string) => `Set ${name}`,
    version: (n: number) => `Version ${n}`, nothing: 'It has reported nothing yet.', sent: 'Told to the device',
    progress: { settled: 'As it should be', waiting: 'Waits until the device is there', 'on-its-way': 'On its way', 'not-taken': 'Not taken by the device' },
    yes: 'yes', no: 'no',
  },
  readings: { title: 'Readings', property: 'Property', time: 'Time', hours: { '24': 'The last day', '168': 'The last week', '720': 'The last 30 days' }, none: 'Nothing was reported in this time.', least: 'Least', mean: 'Mean', most: 'Most', more: 'There are too many readings: the newest are left out.' },
  moments: { title: 'Moments', none: 'No detector has found anything yet.', noneHint: 'Moments come from readings, by the detectors of the model.' },
  care: {
    title: 'Score', none: 'There is no session yet.', of: (band: string) => `of 100 · ${band}`, points: (n: string, of: string) => `${n} of ${of}`, missing: (names: string) => `Not known, so the usual stood in: ${names}`, sessions: 'Score by session', needs: 'What it needs', fits: 'What fits', noFit: 'Nothing is needed that a product is made for.',
  },
  rhythm: { title: 'Weekly rhythm' },
  commands: {
    title: 'Commands', order: 'Order', none: 'Nothing was ordered yet.', by: (who: string) => `by ${who}`, confirm: 'Confirm', cancel: 'Take back', confirmTitle: (name: string) => `Confirm: ${name}`,
    confirmLead: (device: string) => `This moves something at ${device}. It is carried out once, at once.`, password: 'Your password', now: 'As it is now', ordered: 'Ordered', unknownHint: 'No answer: it may have been done.',
    states: {
      'awaiting-confirmation': 'Waits to be confirmed', queued: 'Waits for the device', sent: 'Sent', delivered: 'Delivered', accepted: 'Accepted', 'in-progress': 'In progress', succeeded: 'Succeeded', failed: 'Failed', rejected: 'Rejected', expired: 'Expired', cancelled: 'Taken back', unknown: 'No answer',
    },
  },
  credentials: {
    title: 'Credentials', none: 'It has none: nobody can connect as this device.', make: 'Make a token', kind: { certificate: 'Certificate', token: 'Development token', key: 'Public key' }, revoke: 'Revoke', revoked: 'Revoked: it is cut off',
    states: { pending: 'Never used', active: 'Active', revoked: 'Revoked', ended: 'Ended' }, until: 'until', secretTitle: 'The token, this once', secretHint: 'It is for development and ends after 30 days. Devices in people’s homes have certificates.', done: 'I have it',
  },
  letters: {
    title: 'Dead letters', lead: 'What devices sent and could not be taken in, with the reason. Alike ones are counted together.', none: 'No dead letters', noneHint: 'Everything that came could be taken in.', reason: 'Why', times: 'Times', last: 'Last', message: 'Message', replay: 'Take in again', drop: 'Drop', replayed: 'Taken in', dropped: 'Dropped',
    states: { open: 'Open', replayed: 'Taken in', dropped: 'Dropped' },
  },
  claims: {
    title: 'Provisioning', lead: 'Claims let the devices of one batch ask for a certificate of their own.', none: 'No claims yet', noneHint: 'Make one for a batch, and name the devices that were made.', make: 'Make a claim', used: 'Used', until: 'Until', by: 'Made by', end: 'End', ended: 'Ended', uses: 'Devices at most', what: 'What it is for', secretTitle: 'The claim’s token, this once', secretHint: 'It goes into the devices of this batch. They connect with it once, to ask for a certificate.', clientId: 'Client id',
    states: { active: 'Active', revoked: 'Ended', ended: 'Used up or over' },
  },
  detectors: {
    title: 'Detectors', lead: 'What the detectors of this model tell of the readings of one device. Change them here to see what they would have told; nothing is stored.', device: 'Device', deviceHint: 'brand/name', run: 'Try', hours: 'Days back', looked: (n: number, m: number) => `${count(n, 'reading', 'readings')} looked at, ${count(m, 'moment', 'moments')} told`, json: 'Detectors, as JSON', wrong: 'This is not JSON', none: 'Nothing would have been told.',
  },
})
