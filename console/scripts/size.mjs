// Measures the build against its budget (gzip) and fails above it. The first paint
// is what index.html asks for; the rest comes when a screen wants it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../../internal/console/dist/', import.meta.url))
const kB = 1000
const budgets = {
  'JavaScript before the first paint': 180 * kB,
  'CSS before the first paint': 45 * kB,
  'fonts that are preloaded': 110 * kB,
  'charts (lazy)': 210 * kB,
  'world map (lazy)': 50 * kB,
  'all files, raw': 2600 * kB,
}

const files = readdirSync(dist, { withFileTypes: true, recursive: true })
  .filter((e) => e.isFile() && !/\.(br|gz|keep)$/.test(e.name))
  .map((e) => join(e.parentPath, e.name))
const gzip = (file) => gzipSync(readFileSync(file), { level: 9 }).length
const sum = (list, measure) => list.reduce((total, file) => total + measure(file), 0)
const html = readFileSync(join(dist, 'index.html'), 'utf8')
const first = files.filter((f) => html.includes(f.slice(dist.length)))
const named = (part) => files.filter((f) => f.slice(dist.length).startsWith(`assets/${part}`) && f.endsWith('.js'))

const measured = {
  'JavaScript before the first paint': sum(first.filter((f) => f.endsWith('.js')), gzip),
  'CSS before the first paint': sum(first.filter((f) => f.endsWith('.css')), gzip),
  'fonts that are preloaded': sum(first.filter((f) => f.endsWith('.woff2')), (f) => readFileSync(f).length),
  'charts (lazy)': sum(named('echarts'), gzip),
  'world map (lazy)': sum(named('worldmap'), gzip),
  'all files, raw': sum(files, (f) => readFileSync(f).length),
}

let over = 0
for (const [what, budget] of Object.entries(budgets)) {
  const size = measured[what]
  const bad = size > budget
  over += bad ? 1 : 0
  console.log(`${bad ? 'OVER' : '  ok'}  ${what.padEnd(36)} ${(size / kB).toFixed(1).padStart(7)} of ${budget / kB} kB`)
}
if (over > 0) {
  console.error(`The console is over its budget in ${over} place(s).`)
  process.exit(1)
}
