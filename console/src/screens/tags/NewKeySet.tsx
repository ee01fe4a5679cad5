import { Button, Checkbox, NativeSelect, PasswordInput, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { answer, client, fieldErrors, Problem, type Schema } from '../../api'
import { useSession } from '../../session'
import { Allowed } from '../../shell/states'
import { tags as t } from '../../text/tags'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page } from '../../ui/Page'
import { say } from '../../ui/Undo'

type Values = {
  name: string
  scheme: Schema['KeySet']['scheme']
  mode: Schema['KeySet']['mode']
  template: string
  test: boolean
  own: boolean
  keys: { meta: string; master: string }
}

const schemes: Values['scheme'][] = ['an10922', 'fixed', 'boltcard', 'nfc-developer-2023', 'nfc-developer-legacy']
const modes: Values['mode'][] = ['aes', 'lrp', 'both']

export function NewKeySet() {
  return (
    <Page title={t.create.title} lead={t.create.lead} back={{ to: '/tags', label: t.title }}>
      <Allowed action="tag.write">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const { server } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  // Phones open https without a question; only bottles in the phone frame may do with http.
  const template = (name: string, test: boolean) => {
    const base = test ? server.baseUrl : server.baseUrl.replace(/^http:/, 'https:')
    return `${base}/t/${name || 'name'}/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}`
  }
  const form = useForm<Values>({
    initialValues: { name: '', scheme: 'an10922', mode: 'aes', template: template('', false), test: false, own: false, keys: { meta: '', master: '' } },
  })
  const create = useMutation({
    mutationFn: ({ own, keys, ...rest }: Values) =>
      answer(client.POST('/keysets', { body: { ...rest, keys: own ? keys : undefined } })),
    onSuccess: (set) => {
      void queries.invalidateQueries({ queryKey: ['/keysets'] })
      say(t.create.done(set.name))
      return navigate({ to: '/tags/sets/$name', params: { name: set.name } })
    },
    onError: (e) => form.setErrors(fieldErrors(e)),
  })
  const unplaced = create.error instanceof Problem && create.error.errors.length === 0
  const change = (name: string, test: boolean) => {
    // The template follows until somebody writes one of their own.
    const ours = form.values.template === template(form.values.name, form.values.test)
    form.setValues({ name, test, ...(ours ? { template: template(name, test) } : {}) })
  }
  return (
    <form className="card pad stack" style={{ maxWidth: 640 }} onSubmit={form.onSubmit((v) => create.mutate(v))}>
      {(unplaced || (create.error && !(create.error instanceof Problem))) && <ErrorBox error={create.error} />}
      <TextInput
        label={t.create.name}
        description={t.create.nameHint}
        required
        withAsterisk={false}
        autoComplete="off"
        pattern="[a-z0-9][a-z0-9\-]*"
        {...form.getInputProps('name')}
        onChange={(e) => change(e.currentTarget.value, form.values.test)}
      />
      <NativeSelect
        label={t.create.scheme}
        data={schemes.map((s) => ({ value: s, label: t.schemes[s] }))}
        {...form.getInputProps('scheme')}
      />
      <NativeSelect label={t.create.mode} data={modes.map((m) => ({ value: m, label: t.modes[m] }))} {...form.getInputProps('mode')} />
      <TextInput
        label={t.create.template}
        description={t.create.templateHint}
        required
        withAsterisk={false}
        spellCheck={false}
        {...form.getInputProps('template')}
      />
      <Switch
        label={t.create.test}
        description={t.create.testHint}
        checked={form.values.test}
        onChange={(e) => change(form.values.name, e.currentTarget.checked)}
      />
      <Checkbox label={t.create.own} {...form.getInputProps('own', { type: 'checkbox' })} />
      {form.values.own &&
        (['meta', 'master'] as const).map((key) => (
          <PasswordInput
            key={key}
            label={t.create[key]}
            description={t.create.hex}
            autoComplete="off"
            required
            withAsterisk={false}
            {...form.getInputProps(`keys.${key}`)}
          />
        ))}
      <div>
        <Button type="submit" loading={create.isPending}>
          {t.create.submit}
        </Button>
      </div>
    </form>
  )
}
