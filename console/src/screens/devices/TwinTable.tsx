import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, client, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { devices as t } from '../../text/devices'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import type { Device } from './Device'
import css from './Devices.module.css'
import { shown } from './value'

type Leaf = Schema['TwinLeaf']

/** A device as it is beside how it should be; what can be set is set here. */
export function TwinTable({ device: d }: { device: Device }) {
  const queries = useQueryClient()
  const path = { brand: d.brand, name: d.name }
  const query = useQuery({ ...load('/devices/{brand}/{name}/twin', { path }), refetchInterval: 3000 })
  const desire = useMutation({
    mutationFn: (patch: Record<string, unknown>) => answer(client.PATCH('/devices/{brand}/{name}/desired', { params: { path, query: { version: query.data?.version } }, body: patch as never })),
    onSuccess: () => say(t.twin.sent),
    onSettled: () => queries.invalidateQueries({ queryKey: ['/devices/{brand}/{name}/twin'] }),
  })
  const may = useCan()
  const can = may('device.command') && d.state === 'active'
  const twin = query.data
  const leaves = (twin?.leaves ?? []).filter((l) => l.value !== undefined || l.desired !== undefined || l.writable)
  return (
    <Section title={t.twin.title} aside={twin && <span>{t.twin.progress[twin.progress]}</span>}>
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {desire.error && <ErrorBox error={desire.error} />}
      {twin && leaves.length === 0 && <p className="meta">{t.twin.nothing}</p>}
      {leaves.length > 0 && (
        <div style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label={t.twin.title}>
          <table className={css.twin}>
            <thead>
              <tr>
                <th scope="col">{t.twin.property}</th>
                <th scope="col">{t.twin.reported}</th>
                <th scope="col">{t.twin.desired}</th>
              </tr>
            </thead>
            <tbody>
              {leaves.map((l) => (
                <tr key={l.name} data-leaf={l.name}>
                  <th scope="row">{l.title || l.name}</th>
                  <td>
                    {shown(l.value, l.unit)} <span className="meta">{l.at && <Time at={l.at} relative />}</span>
                  </td>
                  <td>{l.writable && can ? <Setting leaf={l} busy={desire.isPending} set={(v) => desire.mutate({ [l.name]: v })} /> : shown(l.desired, l.unit)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function Setting({ leaf: l, busy, set }: { leaf: Leaf; busy: boolean; set: (value: unknown) => void }) {
  const now = l.desired ?? l.value
  const label = t.twin.setTo(l.title || l.name)
  if (l.enum?.length || l.flag) {
    const words = l.flag ? ['true', 'false'] : (l.enum ?? [])
    return (
      <NativeSelect
        aria-label={label}
        size="xs"
        disabled={busy}
        value={now === undefined ? '' : String(now)}
        onChange={(e) => set(l.flag ? e.currentTarget.value === 'true' : e.currentTarget.value)}
        data={[...(now === undefined ? [''] : []), ...words].map((w) => ({ value: w, label: l.flag ? (w === 'true' ? t.twin.yes : w === 'false' ? t.twin.no : w) : w }))}
      />
    )
  }
  return (
    <form
      className="row"
      onSubmit={(e) => {
        e.preventDefault()
        const text = String(new FormData(e.currentTarget).get('value') ?? '').replace(',', '.')
        if (text.trim() !== '' && Number.isFinite(Number(text))) set(Number(text))
      }}
    >
      <TextInput key={String(now)} name="value" aria-label={label} size="xs" w={72} inputMode="decimal" defaultValue={typeof now === 'number' ? String(now) : ''} title={l.min !== undefined && l.max !== undefined ? `${number(l.min)} – ${number(l.max)} ${l.unit ?? ''}` : undefined} />
      <Button type="submit" size="compact-xs" variant="default" loading={busy}>
        {t.twin.set}
      </Button>
    </form>
  )
}
