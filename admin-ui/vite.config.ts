import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `make run` and `make dev` serve here. */
const parlour = 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  resolve: { alias: { '~': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    // What loads what, for the budget of the first view (scripts/compress.mjs).
    manifest: 'manifest.json',
    rollupOptions: {
      input: ['index.html', 'docs.html'],
      output: {
        // What every page needs and what changes only with our dependencies, apart from what changes with our code.
        codeSplitting: {
          groups: [{ name: 'framework', test: /node_modules\/(react|react-dom|scheduler|@tanstack|openapi-fetch)\// }],
        },
      },
    },
    // Nothing is inlined: fonts and scripts as data: URLs would break the content security policy.
    assetsInlineLimit: 0,
    // Only the API reference (Swagger UI, one bundle) is larger, and it loads on its own page.
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '^/(v1|embed\\.js|openapi\\.json|openapi\\.yaml)': {
        target: parlour,
        // The session calls check where they come from; in development that is Vite's own port.
        headers: { origin: parlour },
      },
    },
  },
});
