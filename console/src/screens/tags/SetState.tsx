import { IconCircleCheck, IconCircleOff, IconFlask } from '@tabler/icons-react'
import type { Schema } from '../../api'
import { tags as t } from '../../text/tags'
import { StateChip } from '../../ui/StateChip'

/** Whether a key set signs today, and whether it is only for trying. */
export function SetChips({ set }: { set: Schema['KeySet'] }) {
  return (
    <>
      {set.state === 'active' ? (
        <StateChip icon={IconCircleCheck} tone="good">
          {t.active}
        </StateChip>
      ) : (
        <StateChip icon={IconCircleOff}>{t.retired}</StateChip>
      )}
      {set.test && (
        <StateChip icon={IconFlask} tone="warn" title={t.testHint}>
          {t.test}
        </StateChip>
      )}
    </>
  )
}
