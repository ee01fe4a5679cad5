import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// One chunk for each library that changes at its own pace: a new screen does not
// make people fetch React again, and the map and charts come only when shown.
const chunks = [
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
  { name: 'worldmap', test: /node_modules[\\/](world-atlas|topojson-client|d3-geo|d3-array)[\\/]/ },
  { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
]

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  resolve: {
    // The root import would make the build visit thousands of icon files.
    alias: { '@tabler/icons-react': '@tabler/icons-react/dist/esm/icons/index.mjs' },
  },
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8080', '/01': 'http://127.0.0.1:8080', '/t': 'http://127.0.0.1:8080' },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/test.setup.ts'], css: false },
})
