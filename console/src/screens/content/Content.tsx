import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { load, type Schema } from '../../api'
import { dateOnly, gtin, number } from '../../format'
import { Allowed, Waiting } from '../../shell/states'
import { content as t } from '../../text/content'
import { CopyCall } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { Said } from '../../ui/Said'
import { Time } from '../../ui/Time'
import { titleOf } from './Contents'
import { RuleView } from './RuleView'
import { ruleTree } from './rule'

const route = getRouteApi('/inside/content/$name')
const back = { to: '/content', label: t.title }

export function Content() {
  const { name } = route.useParams()
  const query = useQuery(load('/contents/{key}', { path: { key: name } }))
  const c = query.data
  if (!c) {
    return (
      <Page title={name} back={back}>
        <Allowed action="content.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
        </Allowed>
      </Page>
    )
  }
  return (
    <Page title={titleOf(c)} lead={<span className="mono">{c.name}</span>} back={back} actions={<CopyCall path={`/contents/${c.name}`} />}>
      <div className="two">
        <Texts content={c} />
        <div className="stack">
          <Section title={t.rule}>
            <RuleView node={ruleTree(c.when)} />
          </Section>
          <Section title={t.about}>
            <About content={c} />
          </Section>
        </div>
      </div>
    </Page>
  )
}

function Texts({ content: c }: { content: Schema['Content'] }) {
  const languages = Object.keys(c.texts)
  const [chosen, setChosen] = useState('')
  const language = languages.includes(chosen) ? chosen : languages.includes('en') ? 'en' : (languages[0] ?? '')
  const text = c.texts[language]
  return (
    <Section
      title={t.texts}
      aside={
        languages.length > 1 && (
          <SegmentedControl aria-label={t.languages} size="xs" value={language} onChange={setChosen} data={languages} />
        )
      }
    >
      {text && (
        <div lang={language}>
          <Said {...text} />
        </div>
      )}
    </Section>
  )
}

function About({ content: c }: { content: Schema['Content'] }) {
  const products = c.products ?? []
  return (
    <Facts
      items={[
        [t.placement, c.placement],
        [t.priority, number(c.priority ?? 0)],
        [
          t.product,
          products.length > 0 ? (
            <span className="stack-s" style={{ gap: 2 }}>
              {products.map((p) => (
                <Link key={p} to="/products/$gtin" params={{ gtin: p }} className="mono">
                  {gtin(p)}
                </Link>
              ))}
            </span>
          ) : (
            !c.brands?.length && !c.categories?.length && t.everything
          ),
        ],
        [t.brands, c.brands?.join(', ')],
        [t.categories, c.categories?.join(', ')],
        [t.from, c.validFrom && dateOnly(c.validFrom)],
        [t.until, c.validUntil && dateOnly(c.validUntil)],
        [t.group, c.group],
        [t.audience, c.allAges ? t.allAges : c.ageGated ? t.adults : t.byProduct],
        [t.updated, c.updatedAt && <Time at={c.updatedAt} />],
      ]}
    />
  )
}
