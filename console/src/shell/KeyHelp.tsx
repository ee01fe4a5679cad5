import { Kbd, Modal, Switch } from '@mantine/core'
import { useCan } from '../session'
import { shell } from '../text/shell'
import { ui } from '../text/ui'
import { places } from './places'
import { setSingleKeys } from './shortcuts'
import css from './Shell.module.css'

type KeyHelpProps = { single: boolean; onSingle: (on: boolean) => void; onClose: () => void }

/** Every shortcut, and the switch that turns single keys off. */
export default function KeyHelp({ single, onSingle, onClose }: KeyHelpProps) {
  const can = useCan()
  return (
    <Modal opened onClose={onClose} title={shell.keys.title} closeButtonProps={{ 'aria-label': ui.close }}>
      <dl className={css.keys}>
        <Row keys={['Ctrl', 'K']} what={shell.keys.palette} />
        <Row keys={['/']} what={shell.keys.search} />
        <Row keys={['?']} what={shell.keys.help} />
        <Row keys={['d']} what={shell.keys.scheme} />
        <Row keys={['↓', '↑']} what={shell.keys.rows} />
        {places
          .filter((p) => can(p.action))
          .map((p) => (
            <Row key={p.to} keys={['g', p.key]} what={shell.keys.go(p.label)} />
          ))}
      </dl>
      <Switch
        mt={16}
        label={shell.keys.single}
        description={shell.keys.singleHint}
        checked={single}
        onChange={(e) => {
          setSingleKeys(e.currentTarget.checked)
          onSingle(e.currentTarget.checked)
        }}
      />
    </Modal>
  )
}

function Row({ keys, what }: { keys: string[]; what: string }) {
  return (
    <div>
      <dt>
        {keys.map((k) => (
          <Kbd key={k}>{k}</Kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </div>
  )
}
