/**
 * Compiles the wasm core in a browser. Every name and offset we use holds only for the pinned bytes, so what is fetched
 * here is checked by the browser itself against their hash. A response or module that the app brings is the app's to check.
 */
import { DatabaseError } from '../../errors.ts';
import { hexToBytes } from '../hex.ts';
import { WASM_SHA256 } from '../wasm/build.ts';

/** An address, or what an app has already fetched or compiled. One module serves any number of databases. */
export type WasmSource = string | URL | Response | Promise<Response> | WebAssembly.Module;

export async function loadBrowserWasm(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  try {
    const isAddress = typeof source === 'string' || source instanceof URL;
    return await compile(isAddress ? fetch(source, { integrity: WASM_INTEGRITY }) : source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError('engine_unavailable', `the wasm engine cannot be loaded: ${reason}`, { cause: error });
  }
}

const WASM_INTEGRITY = `sha256-${btoa(String.fromCharCode(...hexToBytes(WASM_SHA256)))}`;

async function compile(answer: Response | Promise<Response>): Promise<WebAssembly.Module> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url} answers ${response.status}`);
  // Only what a server calls wasm can be compiled while it arrives.
  const isStreamable = response.headers.get('content-type') === 'application/wasm';
  return isStreamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
