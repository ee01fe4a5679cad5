import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { list } from '../api'
import { useCan } from '../session'
import { maker } from '../text/passport-editor'
import { passports as t } from '../text/passports'
import { rowsOf } from '../ui/rows'

type PassportOfProps = { gtin: string; lot?: string; serial?: string }

/**
 * The passport of a product or of a thing, or the way to make one. A thing without one
 * of its own shows that of its lot or its product, as its reader would see it.
 */
export function PassportOf({ gtin, lot, serial }: PassportOfProps) {
  const can = useCan()
  const read = can('passport.read')
  // Of one product there may be thousands: a thing asks for its own numbers. The
  // passport of the product stands before those of its lots and items.
  const by = (q: string | undefined) => list('/passports', { gtin, limit: 50, q: q && encodeURIComponent(q) })
  const own = useInfiniteQuery({ ...by(serial), enabled: read && serial !== undefined })
  const batch = useInfiniteQuery({ ...by(lot), enabled: read && lot !== undefined })
  const above = useInfiniteQuery({ ...by(undefined), enabled: read })
  if (!read) return undefined
  const rows = [own, batch, above].flatMap((q) => rowsOf(q).rows ?? [])
  if (above.isPending || own.isLoading || batch.isLoading) return <span className="dim">…</span>
  const found =
    rows.find((p) => p.level === 'item' && p.serial === serial) ??
    rows.find((p) => p.level === 'batch' && p.lot === lot && lot !== undefined) ??
    rows.find((p) => p.level === 'model')
  const mine = found && (serial === undefined ? found.level === 'model' : found.level === 'item')
  const more = serial === undefined ? rows.filter((p) => p.level !== 'model').length : 0
  return (
    <span className="stack-s">
      {found && (
        <span>
          <Link to="/passports/$gtin" params={{ gtin }} search={{ lot: found.lot, serial: found.serial }}>
            {t.ofLevel[found.level]}
          </Link>
          <span className="meta">{` · ${t.states[found.status]}`}</span>
        </span>
      )}
      {!mine && can('passport.write') && (
        <Link to="/passports/new" search={{ gtin, lot, serial }}>
          {maker.make}
        </Link>
      )}
      {!found && !can('passport.write') && <span className="dim">{t.noneOfIt}</span>}
      {more > 0 && (
        <Link to="/passports" search={{ q: gtin }}>
          {t.ofLots(more)}
        </Link>
      )}
    </span>
  )
}
