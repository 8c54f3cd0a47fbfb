/** Where the bundler has put the wasm core: bundlers understand this form, and copy the file beside the app's own. */
export const wasmUrl = new URL('@vlcn.io/wa-sqlite/dist/crsqlite-sync.wasm', import.meta.url);
