import { IconCircleCheck, IconCircleOff, IconPencil } from '@tabler/icons-react'
import type { Schema } from '../../api'
import { passports as t } from '../../text/passports'
import { StateChip } from '../../ui/StateChip'

const icons = { draft: IconPencil, published: IconCircleCheck, withdrawn: IconCircleOff }
const tones = { draft: 'neutral', published: 'good', withdrawn: 'bad' } as const

export function Status({ status }: { status: Schema['Passport']['status'] }) {
  return (
    <StateChip icon={icons[status]} tone={tones[status]}>
      {t.states[status]}
    </StateChip>
  )
}
