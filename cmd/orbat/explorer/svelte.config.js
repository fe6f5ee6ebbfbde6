import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

export default {
  preprocess: vitePreprocess(),
  // A table whose rows are shown as blocks is one only by its roles, which are not redundant then.
  compilerOptions: { warningFilter: (warning) => warning.code !== 'a11y_no_redundant_roles' },
}
