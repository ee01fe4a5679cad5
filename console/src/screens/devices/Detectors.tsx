import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, fieldErrors, load, type Schema } from '../../api'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { devices as t } from '../../text/devices'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page, Section } from '../../ui/Page'
import { MomentList } from './Device'

const route = getRouteApi('/inside/devices/detectors')

/** The detectors of a model over what one device has reported. */
export function Detectors() {
  const search = route.useSearch()
  const models = useQuery(load('/models', { query: { limit: 100 } }))
  const name = search.model ?? models.data?.items.find((m) => m.detect?.length)?.name ?? ''
  return (
    <Page title={t.detectors.title} lead={t.detectors.lead} back={{ to: '/devices', label: t.title }}>
      <Allowed action="device.read">
        {models.error && <ErrorBox error={models.error} />}
        {name && <Try key={name} name={name} models={models.data?.items ?? []} device={search.device ?? ''} />}
      </Allowed>
    </Page>
  )
}

function Try({ name, models, device }: { name: string; models: Schema['Model'][]; device: string }) {
  const may = useCan()
  const navigate = route.useNavigate()
  const model = models.find((m) => m.name === name)
  const [text, setText] = useState<string>()
  const [bad, setBad] = useState(false)
  const shown = text ?? JSON.stringify(model?.detect ?? [], null, 2)
  const run = useMutation({
    mutationFn: (body: Schema['TryDetectors']) => answer(client.POST('/models/{name}/try', { params: { path: { name } }, body })),
  })
  const wrong = fieldErrors(run.error)
  return (
    <div className="two">
      <Section title={model?.title || name}>
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault()
            const form = new FormData(e.currentTarget)
            try {
              const detect = JSON.parse(shown) as Schema['Detector'][]
              setBad(false)
              run.mutate({ deviceId: String(form.get('device') ?? '').trim(), detect, hours: 24 * Number(form.get('days')) })
            } catch {
              setBad(true)
            }
          }}
        >
          <NativeSelect label={t.model} value={name} onChange={(e) => void navigate({ search: { model: e.currentTarget.value } })} data={models.map((m) => ({ value: m.name, label: m.title || m.name }))} />
          <TextInput name="device" label={t.detectors.device} description={t.detectors.deviceHint} defaultValue={device} required withAsterisk={false} autoComplete="off" error={wrong.deviceId} />
          <NativeSelect name="days" label={t.detectors.hours} defaultValue="7" data={['1', '7', '30', '90']} />
          <Textarea label={t.detectors.json} value={shown} onChange={(e) => setText(e.currentTarget.value)} autosize minRows={8} maxRows={24} styles={{ input: { fontFamily: 'var(--mono, monospace)' } }} error={bad && t.detectors.wrong} spellCheck={false} />
          {run.error && !wrong.deviceId && <ErrorBox error={run.error} />}
          {may('device.write') && (
            <div className="row">
              <Button type="submit" loading={run.isPending}>
                {t.detectors.run}
              </Button>
            </div>
          )}
        </form>
      </Section>
      <Section title={t.moments.title} aside={run.data && <span>{t.detectors.looked(run.data.looked, run.data.moments.length)}</span>}>
        {run.data?.moments.length === 0 && <p className="meta">{t.detectors.none}</p>}
        <MomentList items={run.data?.moments ?? []} />
      </Section>
    </div>
  )
}
