import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// One chunk for each library that changes at its own pace: a new screen does not
// make people fetch React again, and the map and charts come only when shown.
const chunks = [
  // Shared by the charts and by dialogs: in the charts' chunk it would drag them into the first paint.
  { name: 'tslib', test: /node_modules[\\/]tslib[\\/]/, priority: 10 },
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
  { name: 'worldmap', test: /node_modules[\\/](world-atlas|topojson-client|d3-geo|d3-array)[\\/]/ },
  { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
]

// The latin faces are wanted by every first screen; without this the browser finds
// them only after the style sheet.
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => /(inter|newsreader)-latin-wght-normal-[^/]*\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/console/${file}` },
            injectTo: 'head',
          })),
    },
  }
}

export default defineConfig({
  base: '/console/',
  plugins: [react(), preloadFonts()],
  resolve: {
    // The root import would make the build visit thousands of icon files.
    alias: { '@tabler/icons-react': '@tabler/icons-react/dist/esm/icons/index.mjs' },
  },
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8080', '/01': 'http://127.0.0.1:8080', '/t': 'http://127.0.0.1:8080', '/media': 'http://127.0.0.1:8080' },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/test.setup.ts'], css: false },
})
