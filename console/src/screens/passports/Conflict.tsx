import { Button } from '@mantine/core'
import { editor as t } from '../../text/passport-editor'
import { ui } from '../../text/ui'
import { DataTable } from '../../ui/DataTable'
import { Section } from '../../ui/Page'
import { inWords, type Clash, type Merge } from './merge'
import css from './Editor.module.css'

type ConflictProps = { met: Merge; language: string; onTake: (clash: Clash) => void; onDiscard: () => void }

/** What came of two people writing at once: nothing is lost, and one may choose. */
export function Conflict({ met, language, onTake, onDiscard }: ConflictProps) {
  const text = (v: unknown) => inWords(v, language) || <span className="dim">{t.takenOut}</span>
  return (
    <div role="status" data-conflict>
      <Section title={t.clashTitle} flush>
        <div className={`pad stack-s ${css.clash}`} style={{ paddingTop: 0 }}>
          <p>{t.clashJoined(met.theirs.length)}</p>
          {met.clashes.length > 0 && <p>{t.clashBoth(met.clashes.length)}</p>}
          <div>
            <Button variant="default" size="xs" onClick={onDiscard}>
              {t.discard}
            </Button>
          </div>
        </div>
        {met.clashes.length > 0 && (
          <DataTable<Clash>
            name={t.clashTitle}
            rows={met.clashes}
            rowKey={(c) => c.path.join('/')}
            empty={null}
            columns={[
              { key: 'field', header: t.field, cell: (c) => c.path.filter((s) => s !== 'sections' && s !== 'attributes').join(' › ') },
              { key: 'yours', header: t.yours, cell: (c) => text(c.mine) },
              { key: 'theirs', header: t.theirs, cell: (c) => text(c.theirs) },
              {
                key: 'take',
                header: ui.actions,
                width: '1%',
                cell: (c) => (
                  <Button variant="default" size="compact-sm" onClick={() => onTake(c)}>
                    {t.takeTheirs}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Section>
    </div>
  )
}
