import { Button, Skeleton } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useNavigate, type LinkProps } from '@tanstack/react-router'
import { useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { ui } from '../text/ui'
import { toCsv } from '../csv'
import { ErrorBox } from './ErrorBox'
import css from './DataTable.module.css'

export type Column<T> = {
  key: string
  header: string
  cell: (row: T) => ReactNode
  /** The plain value for a CSV file; a column without one is left out of it. */
  csv?: (row: T) => string | number | undefined
  number?: boolean
  /** Left out on narrow screens, so that the page never scrolls sideways. */
  hide?: 'phone' | 'tablet'
  width?: string
}

export type DataTableProps<T> = {
  /** What the rows are, for assistive technology and the file name. */
  name: string
  columns: Column<T>[]
  rows: T[] | undefined
  rowKey: (row: T) => string
  /** The first link in a row is the row's place; a click anywhere follows it. */
  to?: (row: T) => Pick<LinkProps, 'to' | 'params' | 'search'>
  error?: unknown
  retry?: () => void
  empty: ReactNode
  more?: { has: boolean; busy: boolean; load: () => void }
  aside?: ReactNode
  /** Rows that came while the reader watched, to mark them for a moment. */
  fresh?: (row: T) => boolean
}

const arrows: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }

/** Arrow keys move between the rows' links; Enter is the link's own. */
function moveFocus(e: KeyboardEvent<HTMLTableSectionElement>) {
  const step = arrows[e.key]
  if (!step || e.ctrlKey || e.metaKey || e.altKey) return
  const target = e.target as HTMLElement
  if (target.closest('input, select, textarea')) return
  const rows = [...e.currentTarget.rows]
  const at = rows.findIndex((r) => r.contains(target))
  const next = rows[at + step]?.querySelector<HTMLElement>('a, button')
  if (!next) return
  e.preventDefault()
  next.focus()
}

export function DataTable<T>(props: DataTableProps<T>) {
  const { name, columns, rows, rowKey, to, error, retry, empty, more, aside, fresh } = props
  const navigate = useNavigate()
  const body = useRef<HTMLTableSectionElement>(null)

  const open = (e: MouseEvent, row: T) => {
    if (!to || (e.target as HTMLElement).closest('a, button, input, label')) return
    if (window.getSelection()?.toString()) return // somebody copies from the table
    void navigate(to(row) as never)
  }

  if (error && !rows) return <div className="pad"><ErrorBox error={error} retry={retry} /></div>
  if (rows?.length === 0) return <>{empty}</>
  const download = () => {
    const columnsWithValue = columns.filter((c) => c.csv)
    const lines = (rows ?? []).map((r) => columnsWithValue.map((c) => c.csv?.(r) ?? ''))
    saveFile(`${name}.csv`, toCsv([columnsWithValue.map((c) => c.header), ...lines]))
  }
  return (
    <div className={css.wrap}>
      <table className={css.table} aria-label={name} aria-busy={!rows}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" data-hide={c.hide} data-number={c.number || undefined} style={{ width: c.width }}>
                {c.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={moveFocus}>
          {rows?.map((row) => (
            <tr key={rowKey(row)} onClick={(e) => open(e, row)} data-link={to ? true : undefined} data-fresh={fresh?.(row) || undefined}>
              {columns.map((c) => (
                <td key={c.key} data-hide={c.hide} data-number={c.number || undefined}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {!rows && waiting(columns)}
        </tbody>
      </table>
      {rows && (
        <footer className={css.foot}>
          <span>{`${ui.rows(rows.length)}${more && !more.has ? ` · ${ui.noMore}` : ''}`}</span>
          {more?.has && (
            <Button variant="default" size="xs" loading={more.busy} onClick={more.load}>
              {ui.more}
            </Button>
          )}
          <span className={css.aside}>
            {columns.some((c) => c.csv) && (
              <Button variant="subtle" size="compact-sm" leftSection={<IconDownload size={14} aria-hidden />} onClick={download}>
                {ui.csv}
              </Button>
            )}
            {aside}
          </span>
        </footer>
      )}
    </div>
  )
}

function waiting<T>(columns: Column<T>[]) {
  return Array.from({ length: 8 }, (_, i) => (
    <tr key={i}>
      {columns.map((c) => (
        <td key={c.key} data-hide={c.hide}>
          <Skeleton height={14} width={`${50 + ((i * 17) % 40)}%`} />
        </td>
      ))}
    </tr>
  ))
}

/** Hands a text to the browser as a file. */
export function saveFile(name: string, text: string, type = 'text/csv;charset=utf-8') {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  URL.revokeObjectURL(url)
}
