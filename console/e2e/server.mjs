// Starts the real program, as a newcomer would, and stops it again.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = process.env.TAGLINE_BINARY ?? fileURLToPath(new URL('../../bin/tagline', import.meta.url))
export const key = 'tl_bootstrap_for_browser_tests_0123456789'

/** The URL in a ready line: words for people, or JSON. */
export function readyAt(line) {
  const words = /Tagline is ready at (https?:\/\/\S+)/.exec(line)
  if (words) return words[1]
  try {
    const { msg = '', url, addr } = JSON.parse(line)
    return url ?? (/ready/i.test(msg) && addr ? `http://${addr}` : undefined)
  } catch {
    return undefined
  }
}

/** Runs a command of the program until stop(); resolves when it is ready. */
export async function start(command, ...flags) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build first`)
  const data = mkdtempSync(join(tmpdir(), 'tagline-e2e-'))
  let running = await run([command, '--listen', process.env.TAGLINE_LISTEN ?? '127.0.0.1:0', '--data', data, ...flags])
  return {
    url: running.url,
    log: () => running.log(),
    /** Ends the program and starts it again on the same folder and address, after a while. */
    async restart(during) {
      await running.end()
      await during?.()
      running = await run([command, '--listen', new URL(running.url).host, '--data', data, ...flags])
    },
    async stop() {
      await running.end()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function run(args) {
  const child = spawn(binary, args, { env: { ...process.env, TAGLINE_BOOTSTRAP_KEY: key }, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within 60 s:\n${log}`)), 60_000)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready:\n${log}`)))
    const read = (chunk) => {
      log = (log + chunk).slice(-20_000)
      const at = log.split('\n').slice(0, -1).map(readyAt).find(Boolean)
      if (!at) return
      clearTimeout(timer)
      resolve(at)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  }).catch((e) => {
    child.kill('SIGKILL')
    throw e
  })
  return {
    url,
    log: () => log,
    async end() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(late)
    },
  }
}

/** Asks the API as the owner. */
export async function api(url, method, path, body) {
  const headers = { Authorization: `Bearer ${key}` }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

/** Asks until the answer is as wanted; for what the simulated world brings about. */
export async function until(what, ask, ms = 60_000) {
  const end = Date.now() + ms
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > end) throw new Error(`still not so after ${ms / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
