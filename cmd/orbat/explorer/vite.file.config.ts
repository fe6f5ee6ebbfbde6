import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

// The page as one file that opens from disk: dist/file.html, into which queries/encode writes a graph. All stands
// inline, and its policy names it by its hashes; there is nothing else it may run, draw or ask.
function oneFile(): Plugin {
  const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return {
    name: 'one-file',
    enforce: 'post', // the styles come last
    generateBundle(_, bundle) {
      let script = ''
      let style = ''
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === 'chunk') script += part.code
        else if (name.endsWith('.css')) style += part.source
        else throw new Error(`${name} does not stand inline`)
        delete bundle[name]
      }
      script = script.replaceAll('__VITE_PRELOAD__', 'void 0') // what Vite would load before a part: there are none
      // What would end the element, in a text of the code.
      script = script.replace(/<(?=\/script|!--)/gi, '\\x3c')
      const policy =
        `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; img-src data: blob:; ` +
        `font-src data:; base-uri 'none'; form-action 'none'`
      const page = readFileSync('index.html', 'utf8')
        .replace('<script type="module" src="/src/main.ts"></script>', () => `<style>${style}</style>`)
        .replace('<meta charset="utf-8" />', (m) => `${m}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`)
        .replace(
          '</body>',
          () => `  <script type="application/json" id="orbat-graph"></script>\n    <script type="module">${script}</script>\n  </body>`,
        )
      this.emitFile({ type: 'asset', fileName: 'file.html', source: page })
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [svelte(), oneFile()],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    rolldownOptions: { input: 'src/main.ts', output: { codeSplitting: false } },
  },
})
