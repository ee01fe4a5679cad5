import { Button, Modal, Progress, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, base, client, fieldErrors, Problem, type Schema } from '../../api'
import { localized, percent } from '../../format'
import { useCan } from '../../session'
import { documents as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { ui } from '../../text/ui'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { LanguageSelect } from './Basics'
import { TierSelect } from './Fields'
import type { FileInfo, Params, Tier } from './draft'
import { languageName } from './languages'
import { base64, fileName, maxBytes, maxFiles, size, titleOf, upload } from './upload'

type DocumentsProps = { passport: Schema['Passport']; params: Params }

const refreshed = { predicate: (q: { queryKey: readonly unknown[] }) => String(q.queryKey[0]).startsWith('/passports') }

/** The documents of a draft: to read, to add, to take out. */
export function Documents({ passport: p, params }: DocumentsProps) {
  const write = useCan()('passport.write')
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<FileInfo>()
  const files = p.draft?.documents ?? []
  const full = files.length >= maxFiles
  const add = write && !full && (
    <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t.add}
    </Button>
  )
  const search = new URLSearchParams(Object.entries(params.query).filter(([, v]) => v) as [string, string][])
  const address = (f: FileInfo) => `${base}/passports/${params.path.gtin}/documents/${f.sha256}${search.size ? `?${search}` : ''}`
  return (
    <Section title={words.documents} aside={files.length > 0 && (full ? t.full(maxFiles) : add)} flush>
      <DataTable<FileInfo>
        name={words.documents}
        rows={files}
        rowKey={(f) => f.sha256}
        empty={
          <Empty title={words.noDocuments} action={add}>
            {t.hint(maxFiles, t.most)}
          </Empty>
        }
        columns={[
          {
            key: 'title',
            header: words.document,
            csv: (f) => f.name,
            cell: (f) => (
              <span>
                <a href={address(f)} download={f.name} aria-label={t.download(localized(f.title) || f.name)}>
                  {localized(f.title) || f.name}
                </a>
                <span className="meta mono" style={{ display: 'block' }}>
                  {f.name}
                </span>
              </span>
            ),
          },
          { key: 'language', header: t.language, hide: 'tablet', cell: (f) => f.language && languageName(f.language), csv: (f) => f.language },
          { key: 'tier', header: words.tier, hide: 'phone', cell: (f) => words.tiers[f.tier ?? 'public'], csv: (f) => f.tier },
          { key: 'bytes', header: words.size, number: true, hide: 'phone', cell: (f) => size(f.bytes), csv: (f) => f.bytes },
          ...(write
            ? [
                {
                  key: 'remove',
                  header: ui.actions,
                  width: '1%',
                  cell: (f: FileInfo) => (
                    <Button variant="default" size="compact-sm" aria-label={`${t.remove}: ${localized(f.title) || f.name}`} onClick={() => setRemoving(f)}>
                      {t.remove}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {adding && <Add params={params} rev={p.rev} files={files} onClose={() => setAdding(false)} />}
      {removing && <Remove params={params} rev={p.rev} file={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  )
}

type AddProps = { params: Params; rev: number; files: FileInfo[]; onClose: () => void }

function Add({ params, rev, files, onClose }: AddProps) {
  const queries = useQueryClient()
  const [file, setFile] = useState<File>()
  const [title, setTitle] = useState('')
  const [language, setLanguage] = useState('en')
  const [tier, setTier] = useState<Tier>('public')
  const [sent, setSent] = useState(0)
  const name = file && fileName(file.name)
  const refused = file && (file.size > maxBytes ? t.tooLarge(size(file.size), t.most) : file.size === 0 ? t.empty : undefined)
  const add = useMutation({
    mutationFn: async (f: File) =>
      upload(params, rev, { name: fileName(f.name), title: { [language || 'en']: title.trim() }, language: language || undefined, type: f.type || 'application/octet-stream', tier, data: await base64(f) }, setSent),
    onSuccess: () => {
      say(t.added)
      onClose()
    },
    onSettled: () => {
      setSent(0)
      return queries.invalidateQueries(refreshed)
    },
  })
  const wrong = fieldErrors(add.error)
  const placed = wrong['title'] ?? Object.entries(wrong).find(([k]) => k.startsWith('title'))?.[1]
  return (
    <Modal opened onClose={onClose} title={t.addTitle} closeOnClickOutside={!add.isPending} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (file && !refused) add.mutate(file)
        }}
      >
        <p className="dim">{t.hint(maxFiles, t.most)}</p>
        {add.error && !(add.error instanceof Problem && placed) && <ErrorBox error={add.error} />}
        <TextInput
          type="file"
          label={t.file}
          required
          withAsterisk={false}
          data-autofocus
          error={refused}
          description={name && files.some((f) => f.name === name) ? t.replaces(name) : undefined}
          styles={{ input: { paddingBlock: 5 } }}
          onChange={(e) => {
            const chosen = e.currentTarget.files?.[0]
            setFile(chosen)
            if (chosen && title === '') setTitle(titleOf(chosen.name))
          }}
        />
        <TextInput label={t.title} description={t.titleHint} value={title} maxLength={200} required withAsterisk={false} autoComplete="off" error={placed} onChange={(e) => setTitle(e.currentTarget.value)} />
        <LanguageSelect value={language} onChange={setLanguage} />
        <TierSelect at="tier" value={tier} onChange={setTier} />
        {add.isPending && (
          <div className="stack-s">
            <Progress value={sent * 100} aria-label={t.submit} />
            <span className="meta" role="status">
              {sent < 1 ? t.uploading(percent(sent * 100, 100)) : t.checking}
            </span>
          </div>
        )}
        <div className="row">
          <Button type="submit" loading={add.isPending} disabled={Boolean(refused)}>
            {t.submit}
          </Button>
          <Button variant="default" onClick={onClose} disabled={add.isPending}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Remove({ params, rev, file, onClose }: { params: Params; rev: number; file: FileInfo; onClose: () => void }) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () =>
      answer(client.DELETE('/passports/{gtin}/documents/{sha256}', { params: { path: { ...params.path, sha256: file.sha256 }, query: params.query, header: { 'If-Match': `"${rev}"` } } })),
    onSuccess: () => {
      say(t.removed)
      onClose()
    },
    onSettled: () => queries.invalidateQueries(refreshed),
  })
  return (
    <Modal opened onClose={onClose} title={t.removeTitle(localized(file.title) || file.name)} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p className="dim">{t.removeHint}</p>
        {remove.error && <ErrorBox error={remove.error} />}
        <div className="row">
          <Button loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.remove}
          </Button>
          <Button variant="default" onClick={onClose} data-autofocus>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
