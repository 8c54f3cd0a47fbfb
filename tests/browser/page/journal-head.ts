/** What the journal of a database says before anybody opens it: nothing, zeros (spent), or SQLite's mark (hot). */
const MARK = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

export async function journalHead(name: string): Promise<'empty' | 'spent' | 'hot'> {
  const root = await navigator.storage.getDirectory();
  const home = await root.getDirectoryHandle('tributary');
  const file = await (await (await home.getDirectoryHandle(name)).getFileHandle('journal')).getFile();
  const head = new Uint8Array(await file.slice(0, MARK.length).arrayBuffer());
  if (head.length === 0) return 'empty';
  return MARK.every((byte, index) => head[index] === byte) ? 'hot' : 'spent';
}
