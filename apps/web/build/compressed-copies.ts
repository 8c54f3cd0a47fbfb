/** Puts a .br and a .gz beside each file of the build that gains by it: the server sends them as they are. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(html|js|css|wasm|svg|json|webmanifest)$/;
/** Below this the header of an answer is larger than what is saved. */
const MIN_BYTES = 1_024;
/** More of them take longer, and save less than a thousandth. */
const ZOPFLI_ITERATIONS = 5;

export function compressedCopies(): Plugin {
  let outDir = '';
  return {
    name: 'compressed-copies',
    apply: 'build',
    configResolved: (config) => {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    // After the service worker, which is written when the bundle is closed.
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: () => compressDirectory(outDir),
    },
  };
}

export async function compressDirectory(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  await Promise.all(
    names.filter((name) => COMPRESSIBLE.test(name)).map((name) => compressFile(path.join(directory, name))),
  );
}

async function compressFile(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < MIN_BYTES) return;
  const [brotli, gzipped] = await Promise.all([compressBrotli(bytes), compressGzip(bytes)]);
  await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, gzipped)]);
}

function compressBrotli(bytes: Buffer): Promise<Buffer> {
  return promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

/** A twentieth smaller than what zlib makes at its best. */
async function compressGzip(bytes: Buffer): Promise<Uint8Array> {
  // Only a build needs it: it is a program in WebAssembly, and listens for errors of the whole process.
  const { gzipAsync } = await import('@gfx/zopfli');
  return gzipAsync(bytes, { numiterations: ZOPFLI_ITERATIONS });
}
