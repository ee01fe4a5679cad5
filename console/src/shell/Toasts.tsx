import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.layer.css'

/** Where short messages show; they are announced politely. */
export default function Toasts() {
  return <Notifications position="bottom-right" limit={3} />
}
