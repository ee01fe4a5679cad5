import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { load } from '../../api'
import { team as t } from '../../text/team'
import { Section } from '../../ui/Page'
import css from './Team.module.css'

/** The table by which the server decides, as it is. */
export function RoleTable() {
  const query = useQuery({ ...load('/roles'), staleTime: Infinity })
  if (!query.data) return null
  const { roles, actions } = query.data
  return (
    <Section title={t.roles.title}>
      <div className={css.matrix} tabIndex={0} role="group" aria-label={t.roles.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.roles.action}</th>
              {roles.map((r) => (
                <th key={r.role} scope="col" title={r.description}>
                  {r.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {actions.map((a) => (
              <tr key={a.action}>
                <th scope="row" title={a.action}>
                  {a.description}
                </th>
                {roles.map((r) => (
                  <td key={r.role}>
                    {r.actions.includes(a.action) && (
                      <>
                        <IconCheck size={15} aria-hidden />
                        <span className="visually-hidden">{t.roles.yes}</span>
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
