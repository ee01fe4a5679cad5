// Every word of the console stands in a catalogue in this folder. A catalogue is a
// tree of strings and of functions that make strings; the pseudo-locale makes each
// 40 % longer, to see what breaks before a translation does.

type Leaf = string | ((...args: never[]) => string)
export type Tree = { [key: string]: Leaf | Tree }

const letters: Record<string, string> = {
  a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', y: 'ý', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', c: 'ç', n: 'ñ',
}

/** A string as a longer language would have it. */
export function pseudo(s: string): string {
  const more = Math.ceil(s.length * 0.4)
  return s.replace(/[a-zA-Z]/g, (c) => letters[c] ?? c) + '·'.repeat(more > 12 ? more - 1 : more) + (more > 12 ? ' ' : '')
}

export function pseudoTree<T extends Tree>(tree: T): T {
  const out: Tree = {}
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out[key] = pseudo(value)
    else if (typeof value === 'function') out[key] = (...args: never[]) => pseudo(value(...args))
    else out[key] = pseudoTree(value)
  }
  return out as T
}

function pseudoWanted(): boolean {
  try {
    return localStorage.getItem('tagline.language') === 'pseudo'
  } catch {
    return false // a browser that keeps nothing
  }
}

const longer = pseudoWanted()

export function catalogue<T extends Tree>(tree: T): T {
  return longer ? pseudoTree(tree) : tree
}

const rules = new Intl.PluralRules('en')

/** "1 thing", "2,400 things". */
export function count(n: number, one: string, other: string): string {
  return `${n.toLocaleString('en')} ${rules.select(n) === 'one' ? one : other}`
}
