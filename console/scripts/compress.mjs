// Writes .br and .gz beside every text file of the build, with node's own zlib, so
// that the server only has to pick.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../../internal/console/dist/', import.meta.url))

for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
  const file = join(entry.parentPath, entry.name)
  if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue
  const plain = readFileSync(file)
  const br = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  })
  const gz = gzipSync(plain, { level: 9 })
  // A small file is not worth two more.
  if (br.length < plain.length - 100) writeFileSync(`${file}.br`, br)
  if (gz.length < plain.length - 100) writeFileSync(`${file}.gz`, gz)
}
// The embed directive needs one file that is always there.
writeFileSync(join(dist, '.keep'), '')
