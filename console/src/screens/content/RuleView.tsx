import { content as t, rule } from '../../text/content'
import type { RuleNode } from './rule'
import css from './RuleView.module.css'

/** A rule as nested sentences. */
export function RuleView({ node }: { node: RuleNode | undefined }) {
  if (!node) return <p>{rule.always}</p>
  return (
    <>
      <p className="dim">{t.ruleLead}</p>
      <ul className={css.rule}>
        <Branch node={node} />
      </ul>
    </>
  )
}

function Branch({ node }: { node: RuleNode }) {
  return (
    <li data-group={node.children.length > 0 || undefined}>
      {node.text}
      {node.children.length > 0 && (
        <ul>
          {node.children.map((child, i) => (
            <Branch key={i} node={child} />
          ))}
        </ul>
      )}
    </li>
  )
}
