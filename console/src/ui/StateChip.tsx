import {
  IconAlertTriangle,
  IconBarcode,
  IconBottle,
  IconCircleCheck,
  IconCircleDashed,
  IconCopyX,
  IconGlassFull,
  IconLock,
  IconLockOpen,
  IconMoodEmpty,
  IconRefresh,
  IconShieldX,
  IconShoppingBag,
  type Icon,
} from '@tabler/icons-react'
import type { Life, Result, Seal } from '../api'
import { ui } from '../text/ui'
import css from './StateChip.module.css'

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info' | 'sealed' | 'opened' | 'drained'

/** A state as icon, word and colour, never colour alone. */
export function StateChip({ icon: I, tone = 'neutral', title, children }: { icon: Icon; tone?: Tone; title?: string; children: string }) {
  return (
    <span className={css.chip} data-tone={tone} title={title}>
      <I size={14} stroke={1.8} aria-hidden />
      {children}
    </span>
  )
}

const seals: Record<Seal, [Icon, Tone]> = {
  sealed: [IconLock, 'sealed'],
  opened: [IconLockOpen, 'opened'],
  unknown: [IconCircleDashed, 'neutral'],
}

export function SealChip({ seal }: { seal: Seal }) {
  const [icon, tone] = seals[seal] ?? seals.unknown
  return (
    <StateChip icon={icon} tone={tone}>
      {ui.seal[seal]}
    </StateChip>
  )
}

const lives: Record<Life, [Icon, Tone]> = {
  made: [IconBottle, 'neutral'],
  sold: [IconShoppingBag, 'neutral'],
  opened: [IconLockOpen, 'opened'],
  'in-use': [IconGlassFull, 'opened'],
  drained: [IconMoodEmpty, 'drained'],
}

export function LifeChip({ life }: { life: Life }) {
  const [icon, tone] = lives[life] ?? lives.made
  return (
    <StateChip icon={icon} tone={tone}>
      {ui.life[life]}
    </StateChip>
  )
}

const results: Record<Result, [Icon, Tone]> = {
  genuine: [IconCircleCheck, 'good'],
  repeat: [IconRefresh, 'neutral'],
  replayed: [IconCopyX, 'warn'],
  refused: [IconShieldX, 'bad'],
  plain: [IconBarcode, 'neutral'],
}

export function ResultChip({ result }: { result: Result }) {
  const [icon, tone] = results[result] ?? results.plain
  return (
    <StateChip icon={icon} tone={tone} title={ui.resultHint[result]}>
      {ui.result[result]}
    </StateChip>
  )
}

export function AlarmChip({ children = ui.alarm }: { children?: string }) {
  return (
    <StateChip icon={IconAlertTriangle} tone="bad">
      {children}
    </StateChip>
  )
}
