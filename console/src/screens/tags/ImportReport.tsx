import { IconCircleCheck } from '@tabler/icons-react'
import type { Schema } from '../../api'
import { number } from '../../format'
import { tags as t } from '../../text/tags'
import { DataTable } from '../../ui/DataTable'
import { Section } from '../../ui/Page'
import css from './Tags.module.css'

type Report = Schema['ImportReport']

/** What an import did or would do: numbers, columns, and each error at its place. */
export function ImportReport({ report }: { report: Report }) {
  const numbers: [string, number][] = [
    [t.import.rows, report.rows],
    [t.import.created, report.created],
    [t.import.unchanged, report.unchanged],
    [t.import.refused, report.refused],
  ]
  return (
    <>
      <Section title={report.dryRun ? t.import.checked : t.import.done} aside={report.batch && `${t.import.batch} ${report.batch}`}>
        <div className={css.numbers} role="status">
          {numbers.map(([label, n]) => (
            <div key={label}>
              <span className="meta">{label}</span>
              <strong>{number(n)}</strong>
            </div>
          ))}
        </div>
        {report.errors.length === 0 && report.rows > 0 && (
          <p className="row" style={{ color: 'var(--good)', marginTop: 12 }}>
            <IconCircleCheck size={16} aria-hidden />
            {t.import.good}
          </p>
        )}
      </Section>
      {report.errors.length > 0 && (
        <Section title={t.import.errors} aside={report.errors.length >= 100 && t.import.errorsFirst} flush>
          <Rows name={t.import.errors} rows={report.errors} says={t.import.message} />
        </Section>
      )}
      {report.warnings.length > 0 && (
        <Section title={t.import.warnings} aside={t.import.warningsHint} flush>
          <Rows name={t.import.warnings} rows={report.warnings} says={t.import.warned} />
        </Section>
      )}
      <Section title={t.import.columns} flush>
        <DataTable<Report['columns'][number]>
          name={t.import.columns}
          rows={report.columns}
          rowKey={(c) => c.header}
          empty={null}
          columns={[
            { key: 'header', header: t.import.header, cell: (c) => <code>{c.header}</code> },
            { key: 'field', header: t.import.field, cell: (c) => c.field || <span className="dim">{t.import.ignored}</span> },
          ]}
        />
      </Section>
    </>
  )
}

/** What is said of single lines, each at its place. */
function Rows({ name, rows, says }: { name: string; rows: Report['errors']; says: string }) {
  return (
    <DataTable<Report['errors'][number]>
      name={name}
      rows={rows}
      rowKey={(e) => `${e.row} ${e.column ?? ''} ${e.code}`}
      empty={null}
      columns={[
        { key: 'row', header: t.import.row, number: true, width: '1%', cell: (e) => number(e.row), csv: (e) => e.row },
        { key: 'column', header: t.import.column, cell: (e) => <code>{e.column}</code>, csv: (e) => e.column },
        { key: 'message', header: says, cell: (e) => e.message, csv: (e) => e.message },
      ]}
    />
  )
}
