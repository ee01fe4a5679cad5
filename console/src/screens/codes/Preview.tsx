import { Button, Skeleton } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { IconAlertTriangle, IconCircleCheck, IconDownload } from '@tabler/icons-react'
import { load, type Schema } from '../../api'
import { print as t } from '../../text/print'
import { CopyCall } from '../../ui/Copy'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { lookQuery, sizeVerdict, visible } from './code'
import { save, type Query } from './save'
import css from './Codes.module.css'

type PreviewProps = {
  query: ReturnType<typeof lookQuery> & { data: string }
  /** It stands for many: there is nothing to download here. */
  example?: boolean
}

/** The code as it will be printed, what will be read from it, and what speaks against it. */
export function Preview({ query, example }: PreviewProps) {
  const drawn = useQuery({ ...load('/label', { query }), enabled: query.data !== '', placeholderData: keepPreviousData, retry: false })
  if (query.data === '') {
    return (
      <Section title={t.preview}>
        <Empty title={t.noData}>{t.noDataHint}</Empty>
      </Section>
    )
  }
  const label = drawn.data
  return (
    <div className="stack">
      <Section title={t.preview} aside={!example && <CopyCall path="/label.svg" query={query} />}>
        <div className="stack" aria-live="polite" aria-busy={drawn.isPending}>
          {drawn.error && <ErrorBox error={drawn.error} retry={() => void drawn.refetch()} />}
          {drawn.isPending && <Skeleton height={300} radius={6} />}
          {label && !drawn.error && (
            <>
              <Paper label={label} stale={drawn.isPlaceholderData} />
              {example && <p className="meta">{t.example}</p>}
              <Warnings items={label.warnings} />
              <What label={label} />
            </>
          )}
        </div>
      </Section>
      {!example && label && !drawn.error && (
        <Section title={t.files}>
          <div className="row">
            {(['svg', 'png', 'pdf'] as const).map((kind) => (
              <Save key={kind} path={`/label.${kind}`} query={query} kind={kind.toUpperCase()} />
            ))}
          </div>
        </Section>
      )}
    </div>
  )
}

function Paper({ label, stale }: { label: Schema['Label']; stale: boolean }) {
  return (
    <div className={css.paper} data-stale={stale || undefined} data-code={visible(label.payload)}>
      <img src={`data:image/svg+xml,${encodeURIComponent(label.svg)}`} alt={t.drawing(label.title, label.elements)} />
    </div>
  )
}

function Warnings({ items }: { items: string[] }) {
  return (
    <ul className={`stack-s ${css.said}`}>
      {items.map((w) => (
        <li key={w} data-warning>
          <IconAlertTriangle size={16} aria-hidden />
          <span>{w}</span>
        </li>
      ))}
      {items.length === 0 && (
        <li data-good>
          <IconCircleCheck size={16} aria-hidden />
          <span>{t.fine}</span>
        </li>
      )}
    </ul>
  )
}

const short = (n: number, digits: number) => String(Number(n.toFixed(digits)))

function What({ label: l }: { label: Schema['Label'] }) {
  return (
    <Facts
      items={[
        [t.size, t.sizeValue(short(l.widthMm, 1), short(l.heightMm, 1))],
        [t.modules, t.modulesValue(String(l.modules), String(l.quietZone))],
        [t.xNow, t.verdict[sizeVerdict(l.xDimension)](short(l.xDimension, 3))],
        [t.raster, t.rasterValue(String(l.raster.width), String(l.raster.height), String(l.raster.dpi))],
        [t.scanner, <span className="mono">{`${l.identifier} ${visible(l.payload)}`}</span>],
        [t.elements, l.identifier === ']Q1' || l.identifier === ']d1' ? <span className="mono">{l.elements}</span> : undefined],
      ]}
    />
  )
}

type SaveProps = { path: string; query: Query; kind: string; primary?: boolean }

/** A button that saves a file, or says why there is none. */
export function Save({ path, query, kind, primary }: SaveProps) {
  const run = useMutation({ mutationFn: () => save(path, query), onSuccess: () => say(t.saved(kind)) })
  return (
    <>
      <Button
        variant={primary ? 'filled' : 'default'}
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={run.isPending}
        onClick={() => run.mutate()}
      >
        {t.download(kind)}
      </Button>
      {run.error && <ErrorBox error={run.error} />}
    </>
  )
}
