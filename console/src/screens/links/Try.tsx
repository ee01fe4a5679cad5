import { NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { country } from '../../format'
import { links as t } from '../../text/links'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { exampleOf, inWords } from './anchor'
import css from './Links.module.css'

const route = getRouteApi('/inside/links/entry')
const markets = ['AT', 'BE', 'CH', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'IE', 'IT', 'JP', 'NL', 'NO', 'PL', 'PT', 'SE', 'US']

/** Where a scan would lead, for a language, a market, a type and a state. */
export function Try({ anchor }: { anchor: string }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const [link, setLink] = useState(exampleOf(anchor))
  const [language, setLanguage] = useState(search.language ?? 'en')
  const [settled] = useDebouncedValue({ link, language }, 250)
  const body: Schema['LinkTry'] = {
    link: settled.link,
    acceptLanguage: settled.language || undefined,
    market: search.market,
    linkType: search.type,
    seal: search.seal,
    accept: 'text/html',
  }
  const query = useQuery({
    queryKey: ['/links/try', body],
    queryFn: ({ signal }) => answer(client.POST('/links/try', { body, signal })),
    placeholderData: keepPreviousData,
    enabled: settled.link !== '',
    retry: false,
  })
  const change = (next: Partial<typeof search>) =>
    void navigate({ search: (s) => ({ ...s, ...next }), replace: true, resetScroll: false })
  const found = query.isError ? undefined : query.data
  return (
    <Section title={t.try.title}>
      <div className="stack">
        <p className="dim measure">{t.try.lead}</p>
        <div className={css.controls}>
          <TextInput
            className={css.wide}
            label={t.try.link}
            classNames={{ input: 'mono' }}
            autoComplete="off"
            value={link}
            onChange={(e) => setLink(e.currentTarget.value)}
          />
          <TextInput
            label={t.try.language}
            value={language}
            autoComplete="off"
            onChange={(e) => setLanguage(e.currentTarget.value)}
            onBlur={() => change({ language: language || undefined })}
          />
          <NativeSelect
            label={t.try.market}
            value={search.market ?? ''}
            onChange={(e) => change({ market: e.currentTarget.value || undefined })}
            data={[{ value: '', label: t.try.anyMarket }, ...markets.map((m) => ({ value: m, label: country(m) }))]}
          />
          <NativeSelect
            label={t.try.type}
            value={search.type ?? ''}
            onChange={(e) => change({ type: e.currentTarget.value || undefined })}
            data={[
              { value: '', label: t.try.nothingAsked },
              { value: 'linkset', label: t.try.linkset },
              ...(types.data?.types ?? []).filter((l) => !l.reserved).map((l) => ({ value: l.type, label: l.title })),
            ]}
          />
          <NativeSelect
            label={t.try.seal}
            value={search.seal ?? ''}
            onChange={(e) => change({ seal: (e.currentTarget.value || undefined) as typeof search.seal })}
            data={[
              { value: '', label: t.try.sealUnknown },
              { value: 'sealed', label: t.try.sealed },
              { value: 'opened', label: t.try.opened },
            ]}
          />
        </div>
        {query.error && <ErrorBox error={query.error} />}
        {query.isLoading && <Skeleton height={120} radius={12} />}
        {found && <Tried tried={found} />}
      </div>
    </Section>
  )
}

function Tried({ tried: r }: { tried: Schema['LinkTried'] }) {
  const why = [...r.why].sort((a, b) => Number(b.chosen ?? false) - Number(a.chosen ?? false))
  return (
    <>
      <div className={css.verdict} data-tone={r.recall ? 'bad' : undefined} data-outcome={r.outcome} role="status">
        <span className="meta">{r.words}</span>
        {r.title && <strong>{r.title}</strong>}
        {r.target && (
          <a href={r.target} target="_blank" rel="noreferrer">
            {r.target}
          </a>
        )}
      </div>
      {why.length > 0 && (
        <div>
          <h3>{t.try.why}</h3>
          <ul className={css.why}>
            {why.map((w) => (
              <li key={w.anchor + w.linkId} data-chosen={w.chosen || undefined}>
                {w.chosen ? <IconCheck size={15} aria-label={t.try.chosen} /> : <IconMinus size={15} aria-label={t.try.notChosen} />}
                <span>
                  <strong>{w.title}</strong> <code>{w.linktype}</code>
                  <span className="dim">{w.reason}</span>
                  <span className="meta">
                    <Link to="/links/entry" search={{ anchor: w.anchor }}>
                      {inWords(w.anchor)}
                    </Link>
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {r.linkset !== undefined && (
        <details>
          <summary>{t.try.asData}</summary>
          <pre className={`mono ${css.json}`} tabIndex={0} aria-label={t.try.asData}>
            {JSON.stringify(r.linkset, null, 2)}
          </pre>
        </details>
      )}
    </>
  )
}
