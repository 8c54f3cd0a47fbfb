/** How the installed app presents itself to the system. */
import type { ManifestOptions } from 'vite-plugin-pwa';

const ICON = { type: 'image/png' } as const;

export const MANIFEST: Partial<ManifestOptions> = {
  id: '/',
  name: 'Tributary',
  short_name: 'Tributary',
  description: 'Notes on every device, offline and in sync.',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: '#1d4f7c',
  background_color: '#ffffff',
  icons: [
    { ...ICON, src: '/icon-192.png', sizes: '192x192' },
    { ...ICON, src: '/icon-512.png', sizes: '512x512' },
    { ...ICON, src: '/icon-maskable-512.png', sizes: '512x512', purpose: 'maskable' },
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  shortcuts: [
    { name: 'New note', url: '/?new', icons: [{ ...ICON, src: '/icon-192.png', sizes: '192x192' }] },
    { name: 'Search', url: '/?search', icons: [{ ...ICON, src: '/icon-192.png', sizes: '192x192' }] },
  ],
};
