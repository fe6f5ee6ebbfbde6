import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const proxy = { '/api': { target: process.env.ORBAT_AT ?? 'http://127.0.0.1:8420', changeOrigin: true } }

// The built files are committed and embedded, so their names are fixed: the server's ETags tell when they change.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: true,
    rollupOptions: {
      output: {
        entryFileNames: 'explorer.js',
        chunkFileNames: '[name].js',
        assetFileNames: (asset) => (asset.names[0]?.endsWith('.css') ? 'explorer.css' : '[name][extname]'),
      },
    },
  },
  server: { proxy },
  preview: { proxy },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
})
