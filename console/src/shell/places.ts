import {
  IconAlertTriangle,
  IconBook2,
  IconBottle,
  IconCertificate,
  IconDeviceMobile,
  IconHandClick,
  IconKey,
  IconLayoutDashboard,
  IconLink,
  IconMapPin,
  IconPackage,
  IconPlugConnected,
  IconQrcode,
  IconRoute,
  IconSettings,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { shell } from '../text/shell'

/** A place of the navigation: its address, who may go there, and its key after "g". */
export type Place = { to: string; label: string; icon: Icon; action: string; key: string }

export const groups: { label?: string; places: Place[] }[] = [
  {
    places: [{ to: '/', label: shell.nav.overview, icon: IconLayoutDashboard, action: 'overview.read', key: 'o' }],
  },
  {
    label: shell.groups.brand,
    places: [
      { to: '/products', label: shell.nav.products, icon: IconPackage, action: 'product.read', key: 'p' },
      { to: '/passports', label: shell.nav.passports, icon: IconCertificate, action: 'passport.read', key: 'd' },
      { to: '/content', label: shell.nav.content, icon: IconBook2, action: 'content.read', key: 'c' },
      { to: '/links', label: shell.nav.links, icon: IconLink, action: 'link.read', key: 'l' },
    ],
  },
  {
    label: shell.groups.field,
    places: [
      { to: '/things', label: shell.nav.things, icon: IconBottle, action: 'thing.read', key: 'b' },
      { to: '/taps', label: shell.nav.taps, icon: IconHandClick, action: 'tap.read', key: 't' },
      { to: '/devices', label: shell.nav.devices, icon: IconPlugConnected, action: 'device.read', key: 'v' },
      { to: '/ways', label: shell.nav.ways, icon: IconRoute, action: 'trace.read', key: 'w' },
      { to: '/alarms', label: shell.nav.alarms, icon: IconAlertTriangle, action: 'alarm.read', key: 'a' },
      { to: '/places', label: shell.nav.places, icon: IconMapPin, action: 'place.read', key: 'e' },
      { to: '/tags', label: shell.nav.tags, icon: IconKey, action: 'tag.read', key: 'k' },
      { to: '/codes', label: shell.nav.codes, icon: IconQrcode, action: 'product.read', key: 'q' },
      { to: '/phone', label: shell.nav.phone, icon: IconDeviceMobile, action: 'phone.use', key: 'f' },
    ],
  },
  {
    label: shell.groups.house,
    places: [
      { to: '/team', label: shell.nav.team, icon: IconUsers, action: 'member.read', key: 'm' },
      { to: '/settings', label: shell.nav.settings, icon: IconSettings, action: 'system.read', key: 's' },
    ],
  },
]

export const places: Place[] = groups.flatMap((g) => g.places)
