import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import * as search from './search'
import { sessionQuery } from './session'
import { Shell } from './shell/Shell'
import { Broken, Missing, MissingAlone, Waiting } from './shell/states'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: MissingAlone })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: search.signInSearch,
  component: lazyRouteComponent(() => import('./screens/sign-in/SignIn'), 'SignIn'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } })
  },
  component: Shell,
})

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: search.overviewSearch,
  component: lazyRouteComponent(() => import('./screens/overview/Overview'), 'Overview'),
})
const products = createRoute({
  getParentRoute: () => inside,
  path: '/products',
  validateSearch: search.productsSearch,
  component: lazyRouteComponent(() => import('./screens/products/Products'), 'Products'),
})
const product = createRoute({
  getParentRoute: () => inside,
  path: '/products/$gtin',
  validateSearch: search.productSearch,
  component: lazyRouteComponent(() => import('./screens/products/Product'), 'Product'),
})
const passports = createRoute({
  getParentRoute: () => inside,
  path: '/passports',
  validateSearch: search.passportsSearch,
  component: lazyRouteComponent(() => import('./screens/passports/Passports'), 'Passports'),
})
const passport = createRoute({
  getParentRoute: () => inside,
  path: '/passports/$gtin',
  validateSearch: search.passportSearch,
  component: lazyRouteComponent(() => import('./screens/passports/Passport'), 'Passport'),
})
const newPassport = createRoute({
  getParentRoute: () => inside,
  path: '/passports/new',
  validateSearch: search.newPassportSearch,
  component: lazyRouteComponent(() => import('./screens/passports/NewPassport'), 'NewPassport'),
})
const editPassport = createRoute({
  getParentRoute: () => inside,
  path: '/passports/$gtin/edit',
  validateSearch: search.passportSearch,
  component: lazyRouteComponent(() => import('./screens/passports/Editor'), 'Editor'),
})
const things = createRoute({
  getParentRoute: () => inside,
  path: '/things',
  validateSearch: search.thingsSearch,
  component: lazyRouteComponent(() => import('./screens/things/Things'), 'Things'),
})
const thing = createRoute({
  getParentRoute: () => inside,
  path: '/things/$id',
  component: lazyRouteComponent(() => import('./screens/things/Thing'), 'Thing'),
})
const ways = createRoute({
  getParentRoute: () => inside,
  path: '/ways',
  validateSearch: search.waysSearch,
  component: lazyRouteComponent(() => import('./screens/ways/Ways'), 'Ways'),
})
const alarms = createRoute({
  getParentRoute: () => inside,
  path: '/alarms',
  validateSearch: search.alarmsSearch,
  component: lazyRouteComponent(() => import('./screens/alarms/Alarms'), 'Alarms'),
})
const alarmRules = createRoute({
  getParentRoute: () => inside,
  path: '/alarms/rules',
  component: lazyRouteComponent(() => import('./screens/alarms/Rules'), 'Rules'),
})
const alarm = createRoute({
  getParentRoute: () => inside,
  path: '/alarms/$id',
  component: lazyRouteComponent(() => import('./screens/alarms/Alarm'), 'Alarm'),
})
const places = createRoute({
  getParentRoute: () => inside,
  path: '/places',
  validateSearch: search.placesSearch,
  component: lazyRouteComponent(() => import('./screens/places/Places'), 'Places'),
})
const placesImport = createRoute({
  getParentRoute: () => inside,
  path: '/places/import',
  component: lazyRouteComponent(() => import('./screens/places/ImportPlaces'), 'ImportPlaces'),
})
const devices = createRoute({
  getParentRoute: () => inside,
  path: '/devices',
  validateSearch: search.devicesSearch,
  component: lazyRouteComponent(() => import('./screens/devices/Devices'), 'Devices'),
})
const deviceLetters = createRoute({
  getParentRoute: () => inside,
  path: '/devices/letters',
  validateSearch: search.lettersSearch,
  component: lazyRouteComponent(() => import('./screens/devices/Letters'), 'Letters'),
})
const provisioning = createRoute({
  getParentRoute: () => inside,
  path: '/devices/provisioning',
  component: lazyRouteComponent(() => import('./screens/devices/Provisioning'), 'Provisioning'),
})
const detectors = createRoute({
  getParentRoute: () => inside,
  path: '/devices/detectors',
  validateSearch: search.detectorsSearch,
  component: lazyRouteComponent(() => import('./screens/devices/Detectors'), 'Detectors'),
})
const device = createRoute({
  getParentRoute: () => inside,
  path: '/devices/$brand/$name',
  component: lazyRouteComponent(() => import('./screens/devices/Device'), 'DevicePage'),
})
const taps = createRoute({
  getParentRoute: () => inside,
  path: '/taps',
  validateSearch: search.tapsSearch,
  component: lazyRouteComponent(() => import('./screens/taps/Taps'), 'Taps'),
})
const event = createRoute({
  getParentRoute: () => inside,
  path: '/events/$id',
  component: lazyRouteComponent(() => import('./screens/events/Event'), 'Event'),
})
const tags = createRoute({
  getParentRoute: () => inside,
  path: '/tags',
  component: lazyRouteComponent(() => import('./screens/tags/KeySets'), 'KeySets'),
})
const newKeySet = createRoute({
  getParentRoute: () => inside,
  path: '/tags/new',
  component: lazyRouteComponent(() => import('./screens/tags/NewKeySet'), 'NewKeySet'),
})
const importChips = createRoute({
  getParentRoute: () => inside,
  path: '/tags/import',
  validateSearch: search.tagSetSearch,
  component: lazyRouteComponent(() => import('./screens/tags/ImportChips'), 'ImportChips'),
})
const diagnose = createRoute({
  getParentRoute: () => inside,
  path: '/tags/diagnose',
  validateSearch: search.tagSetSearch,
  component: lazyRouteComponent(() => import('./screens/tags/Diagnose'), 'Diagnose'),
})
const chips = createRoute({
  getParentRoute: () => inside,
  path: '/tags/chips',
  validateSearch: search.chipsSearch,
  component: lazyRouteComponent(() => import('./screens/tags/Chips'), 'Chips'),
})
const keySet = createRoute({
  getParentRoute: () => inside,
  path: '/tags/sets/$name',
  component: lazyRouteComponent(() => import('./screens/tags/KeySet'), 'KeySet'),
})
const codes = createRoute({
  getParentRoute: () => inside,
  path: '/codes',
  validateSearch: search.codesSearch,
  component: lazyRouteComponent(() => import('./screens/codes/Codes'), 'Codes'),
})
const phone = createRoute({
  getParentRoute: () => inside,
  path: '/phone',
  validateSearch: search.phoneSearch,
  component: lazyRouteComponent(() => import('./screens/phone/Phone'), 'Phone'),
})
const contents = createRoute({
  getParentRoute: () => inside,
  path: '/content',
  validateSearch: search.contentsSearch,
  component: lazyRouteComponent(() => import('./screens/content/Contents'), 'Contents'),
})
const content = createRoute({
  getParentRoute: () => inside,
  path: '/content/$name',
  component: lazyRouteComponent(() => import('./screens/content/Content'), 'Content'),
})
const links = createRoute({
  getParentRoute: () => inside,
  path: '/links',
  validateSearch: search.linksSearch,
  component: lazyRouteComponent(() => import('./screens/links/Links'), 'Links'),
})
const linkEntry = createRoute({
  getParentRoute: () => inside,
  path: '/links/entry',
  validateSearch: search.linkEntrySearch,
  component: lazyRouteComponent(() => import('./screens/links/Entry'), 'Entry'),
})
const linkScans = createRoute({
  getParentRoute: () => inside,
  path: '/links/scans',
  validateSearch: search.linkScansSearch,
  component: lazyRouteComponent(() => import('./screens/links/Scans'), 'Scans'),
})
const linkChecks = createRoute({
  getParentRoute: () => inside,
  path: '/links/checks',
  component: lazyRouteComponent(() => import('./screens/links/Checks'), 'Checks'),
})
const linkImport = createRoute({
  getParentRoute: () => inside,
  path: '/links/import',
  component: lazyRouteComponent(() => import('./screens/links/ImportLinks'), 'ImportLinks'),
})
const team = createRoute({
  getParentRoute: () => inside,
  path: '/team',
  validateSearch: search.teamSearch,
  component: lazyRouteComponent(() => import('./screens/team/Team'), 'Team'),
})
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('./screens/settings/Settings'), 'Settings'),
})

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    overview, products, product, passports, passport, newPassport, editPassport, things, thing, taps, event, tags, newKeySet, importChips, diagnose, chips, keySet,
    phone, contents, content, links, linkEntry, linkScans, linkChecks, linkImport, team, settings,
    codes, ways, alarms, alarmRules, alarm, places, placesImport, devices, deviceLetters, provisioning, detectors, device,
  ]),
])

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/console',
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Waiting,
    defaultPendingMs: 300,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Missing,
    scrollRestoration: true,
  })
}
