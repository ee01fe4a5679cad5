import { NativeSelect, Switch } from '@mantine/core'
import type { CodesSearch } from '../../search'
import { useSession } from '../../session'
import { print as t } from '../../text/print'
import { Section } from '../../ui/Page'
import { carriesLink, isQr, leastQuiet, levels, resolutions, retail, symbology } from './code'
import type { Change } from './Codes'
import { Typed } from './Typed'
import css from './Codes.module.css'

const below = { inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[] }

/** How codes look; the same for one and for a batch. */
export function Look({ search, change }: { search: CodesSearch; change: Change }) {
  const { server } = useSession()
  const kind = search.symbology ?? 'qr'
  const shape = isQr(kind) ? 'qr' : 'datamatrix'
  const holds = carriesLink(kind) ? 'link' : 'elements'
  const take = (next: CodesSearch['symbology']) => change({ symbology: next === 'qr' ? undefined : next, quiet: undefined })
  return (
    <Section title={t.look}>
      <div className={css.fields}>
        <NativeSelect
          label={t.shape}
          value={shape}
          onChange={(e) => take(symbology(e.currentTarget.value as typeof shape, holds))}
          data={(['qr', 'datamatrix'] as const).map((v) => ({ value: v, label: t.shapes[v] }))}
        />
        <NativeSelect
          label={t.holds}
          description={t.holdsHint}
          {...below}
          value={holds}
          onChange={(e) => take(symbology(shape, e.currentTarget.value as typeof holds))}
          data={(['link', 'elements'] as const).map((v) => ({ value: v, label: t.holding[v] }))}
        />
        {holds === 'link' && (
          <Typed
            className={css.wide}
            label={t.stem}
            description={t.stemHint}
            {...below}
            type="url"
            placeholder={server.baseUrl}
            value={search.stem}
            onChange={(stem) => change({ stem })}
          />
        )}
        <Typed
          label={t.x}
          description={t.xHint(String(retail.minimum), String(retail.target))}
          {...below}
          inputMode="decimal"
          placeholder={String(retail.target)}
          value={search.x}
          onChange={(x) => change({ x: x?.replace(',', '.') })}
        />
        <NativeSelect
          label={t.dpi}
          description={t.dpiHint}
          {...below}
          value={search.dpi ?? ''}
          onChange={(e) => change({ dpi: Number(e.currentTarget.value) || undefined })}
          data={[{ value: '', label: t.anyPrinter }, ...resolutions.map((r) => ({ value: String(r), label: String(r) }))]}
        />
        <Typed
          label={t.quiet}
          description={t.quietHint(String(leastQuiet(kind)))}
          {...below}
          inputMode="numeric"
          placeholder={String(leastQuiet(kind))}
          value={search.quiet}
          onChange={(quiet) => change({ quiet })}
        />
        {isQr(kind) && (
          <NativeSelect
            label={t.level}
            value={search.level ?? 'M'}
            onChange={(e) => change({ level: e.currentTarget.value === 'M' ? undefined : (e.currentTarget.value as CodesSearch['level']) })}
            data={levels.map((l) => ({ value: l, label: t.levels[l] }))}
          />
        )}
        <Typed className={css.wide} label={t.text} description={t.textHint} {...below} maxLength={200} spellCheck value={search.text} onChange={(text) => change({ text })} />
        <Switch className={css.wide} label={t.hri} checked={search.hri ?? true} onChange={(e) => change({ hri: e.currentTarget.checked ? undefined : false })} />
        {kind === 'qr' && (
          <Switch className={css.wide} label={t.compact} checked={search.compact ?? false} onChange={(e) => change({ compact: e.currentTarget.checked || undefined })} />
        )}
      </div>
    </Section>
  )
}
