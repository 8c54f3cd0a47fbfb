/** The build of the app: everything from source, a service worker that keeps all of it offline, and compressed copies. */
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { compressedCopies } from './build/compressed-copies.ts';
import { MANIFEST } from './build/manifest.ts';
import { sharedWithWorker } from './build/shared-with-worker.ts';

/** Where `npm start` listens, for `vite dev`. */
const SERVER = 'http://127.0.0.1:8787';

/** What the server answers itself. */
const SERVER_PATHS = [/^\/v1\//, /^\/sync$/, /^\/metrics$/, /^\/healthz$/, /^\/readyz$/, /^\/control(\/|$)/];

export default defineConfig({
  resolve: { conditions: ['@tributary/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // What is smaller would otherwise be put into the scripts, and the policy of the pages lets none of it be loaded.
    assetsInlineLimit: 0,
    // It counts what is not compressed, and the engine is larger in any case.
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      // With the browser's own Host: the server gives the cookie only to pages of the same one.
      '/v1': { target: SERVER },
      '/sync': { target: SERVER, ws: true },
    },
  },
  plugins: [
    react(),
    sharedWithWorker('src/worker.ts'),
    VitePWA({
      strategies: 'generateSW',
      registerType: 'prompt',
      // The app registers it by itself: it has to ask all tabs before it reloads any.
      injectRegister: false,
      manifest: MANIFEST,
      workbox: {
        globPatterns: ['**/*.{html,js,css,wasm,svg,png,webmanifest}'],
        globIgnores: ['sw.js', 'workbox-*.js'],
        maximumFileSizeToCacheInBytes: 8 * 2 ** 20,
        navigateFallback: '/index.html',
        navigateFallbackDenylist: SERVER_PATHS,
        cleanupOutdatedCaches: true,
        inlineWorkboxRuntime: true,
      },
    }),
    compressedCopies(),
  ],
});
