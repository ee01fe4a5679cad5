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
  // Phones open https without a question, so a tag carries nothing else.
  const host = server.baseUrl.replace(/^http:/, 'https:')
  const template = (name: string) => `${host}/t/${name || 'name'}/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}`
  const form = useForm<Values>({
    initialValues: { name: '', scheme: 'an10922', mode: 'aes', template: template(''), test: false, own: false, keys: { meta: '', master: '' } },
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
  const named = (name: string) => {
    // The name stands in the template until somebody writes a template of their own.
    if (form.values.template === template(form.values.name)) form.setFieldValue('template', template(name))
    form.setFieldValue('name', name)
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
        onChange={(e) => named(e.currentTarget.value)}
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
<Switch label={t.create.test} description={t.create.testHint} {...form.getInputProps('test', { type: 'checkbox' })} />
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
