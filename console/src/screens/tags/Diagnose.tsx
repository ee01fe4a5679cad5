import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { IconCircleCheck, IconShieldX } from '@tabler/icons-react'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { number } from '../../format'
import { Allowed } from '../../shell/states'
import { tapCode, tapStep } from '../../text/codes'
import { tags as t } from '../../text/tags'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { SealChip } from '../../ui/StateChip'
import { Steps, type StepItem } from '../../ui/Steps'
import css from './Tags.module.css'

const route = getRouteApi('/inside/tags/diagnose')

export function Diagnose() {
  return (
    <Page title={t.diagnosis.title} lead={t.diagnosis.lead} back={{ to: '/tags', label: t.title }}>
      <Allowed action="tag.diagnose">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const { set = '' } = route.useSearch()
  const navigate = route.useNavigate()
  // The URL stays out of the address bar: it is a tag's own message.
  const [url, setUrl] = useState('')
  const sets = useQuery(load('/keysets', { query: { limit: 200 } }))
  const run = useMutation({
    mutationFn: () => answer(client.POST('/diagnose', { body: { url: url.trim(), set: set || undefined } })),
  })
  return (
    <div className="two even">
      <form
        className="card pad stack"
        onSubmit={(e) => {
          e.preventDefault()
          run.mutate()
        }}
      >
        <Textarea
          label={t.diagnosis.url}
          value={url}
          onChange={(e) => setUrl(e.currentTarget.value)}
          rows={4}
          spellCheck={false}
          autoComplete="off"
          required
          withAsterisk={false}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12.5, overflowWrap: 'anywhere' } }}
        />
        <NativeSelect
          label={t.diagnosis.set}
          value={set}
          onChange={(e) => void navigate({ search: { set: e.currentTarget.value || undefined }, replace: true })}
          data={[{ value: '', label: t.diagnosis.setAuto }, ...(sets.data?.items ?? []).map((s) => ({ value: s.name, label: s.name }))]}
        />
        <div>
          <Button type="submit" loading={run.isPending} disabled={!url.trim()}>
            {t.diagnosis.submit}
          </Button>
        </div>
      </form>
      <div className="stack" aria-live="polite">
        {run.error && <ErrorBox error={run.error} />}
        {run.data ? (
          <Answer diagnosis={run.data} />
        ) : (
          !run.error && (
            <div className="card">
              <Empty title={t.diagnosis.nothing}>{t.diagnosis.nothingHint}</Empty>
            </div>
          )
        )}
      </div>
    </div>
  )
}

function Answer({ diagnosis: d }: { diagnosis: Schema['Diagnosis'] }) {
  const good = d.verdict === 'genuine'
  return (
    <>
      <div className="card pad">
        <p className={css.verdict} data-good={good || undefined}>
          {good ? <IconCircleCheck aria-hidden /> : <IconShieldX aria-hidden />}
          {good ? t.diagnosis.genuine : t.diagnosis.refused}
        </p>
        <p className="meta">
          {[d.set, d.epoch && `${t.epoch} ${d.epoch}`, d.code && tapCode(d.code)].filter(Boolean).join(' · ')}
        </p>
      </div>
      {d.findings.length > 0 && (
        <Section title={t.diagnosis.findings}>
          <ul className="stack">
            {d.findings.map((f) => (
              <li key={f.code + f.text}>
                <h3>{f.text}</h3>
                <p className="dim">{f.hint}</p>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t.diagnosis.steps}>
        <Steps items={d.steps.map(stepItem)} />
      </Section>
      {d.read && (
        <Section title={t.diagnosis.read}>
          <Facts
            items={[
              [t.diagnosis.uid, d.read.uid && <code>{d.read.uid}</code>],
              [t.diagnosis.counter, d.read.counter === undefined ? undefined : number(d.read.counter)],
              [t.diagnosis.seal, d.read.seal && <SealChip seal={d.read.seal} />],
              [t.diagnosis.mode, d.read.mode && t.modes[d.read.mode]],
            ]}
          />
        </Section>
      )}
    </>
  )
}

export function stepItem(s: Schema['DiagnosisStep'], i: number): StepItem {
  return {
    key: `${i} ${s.step}`,
    title: tapStep(s.step),
    state: s.ok ? 'ok' : 'failed',
    stateWord: s.ok ? t.diagnosis.ok : t.diagnosis.failed,
    text: s.text,
  }
}
