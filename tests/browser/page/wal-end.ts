/**
 * How the wal of a database ends, before anybody opens it: it holds nothing, its last transaction is whole, or that was
 * being written when its owner was killed. After a head of 32 bytes it is frames of one page each. They repeat the head's
 * salts; others are of a wal that was begun anew after a checkpoint. The last frame of a transaction says how large the
 * database is then.
 */
export type WalEnd = 'empty' | 'committed' | 'unfinished';

const HEAD_BYTES = 32;
const FRAME_HEAD_BYTES = 24;

export async function walEnd(name: string): Promise<WalEnd> {
  const root = await navigator.storage.getDirectory();
  const home = await root.getDirectoryHandle('tributary');
  const file = await (await (await home.getDirectoryHandle(name)).getFileHandle('wal')).getFile();
  const view = new DataView(await file.arrayBuffer());
  let end: WalEnd = 'empty';
  if (view.byteLength < HEAD_BYTES) return end;
  const frameBytes = FRAME_HEAD_BYTES + view.getUint32(8);
  for (let at = HEAD_BYTES; at + frameBytes <= view.byteLength; at += frameBytes) {
    if (view.getBigUint64(at + 8) !== view.getBigUint64(16)) break;
    end = view.getUint32(at + 4) === 0 ? 'unfinished' : 'committed';
  }
  return end;
}
