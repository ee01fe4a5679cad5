import { Link } from '@tanstack/react-router'
import { useCan } from '../../session'
import { overview as t } from '../../text/overview'
import { Command } from '../../ui/Command'
import { Empty } from '../../ui/Empty'
import css from './Overview.module.css'

/** An empty house: the demo data, or your own. */
export function FirstUse() {
  const can = useCan()
  return (
    <div className={`card ${css.first}`}>
      <Empty title={t.first.title}>{t.first.hint}</Empty>
      <div className="two even">
        {(['demo', 'apply'] as const).map((kind) => (
          <div key={kind} className="stack-s">
            <h2>{t.first[`${kind}Label`]}</h2>
            <Command>{t.first[kind]}</Command>
          </div>
        ))}
      </div>
      {can('phone.use') && <Link to="/phone">{t.first.phone}</Link>}
    </div>
  )
}
