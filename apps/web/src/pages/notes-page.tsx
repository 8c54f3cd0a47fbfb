/** The notes of the workspace, newest first, and search over them. */
import { notes } from '@tributary/database/schema';
import { useQuery } from '@tributary/sync/react';
import { useNavigate } from '@tanstack/react-router';
import { and, desc, eq, isNull } from 'drizzle-orm';
import { useEffect, useRef, useState } from 'react';
import { tellProblem } from '../api/problem.ts';
import { useWorkspace } from '../data/hooks.ts';
import { NoteRow, type ListedNote } from '../notes/note-row.tsx';
import { SearchHits } from '../notes/search-hits.tsx';

const PAGE_SIZE = 50;
const COLUMNS = { id: notes.id, title: notes.title, pinned: notes.pinned, updatedAt: notes.updatedAt };
const IS_SHOWN = and(isNull(notes.deletedAt), isNull(notes.archivedAt));

export function NotesPage() {
  const workspace = useWorkspace();
  const { db } = workspace;
  const navigate = useNavigate();
  const searchField = useRef<HTMLInputElement>(null);
  const [limit, setLimit] = useState(PAGE_SIZE);
  const [wanted, setWanted] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const pinned = useQuery(
    db
      .select(COLUMNS)
      .from(notes)
      .where(and(IS_SHOWN, eq(notes.pinned, true)))
      .orderBy(desc(notes.updatedAt)),
  );
  const recent = useQuery(
    db
      .select(COLUMNS)
      .from(notes)
      .where(and(IS_SHOWN, eq(notes.pinned, false)))
      .orderBy(desc(notes.updatedAt))
      .limit(limit),
  );

  const create = async () => {
    try {
      const id = await workspace.edit('createNote', {}, { label: 'new note' });
      await navigate({ to: '/notes/$id', params: { id } });
    } catch (error) {
      setFault(tellProblem(error));
    }
  };
  useShortcut({ onNew: () => void create(), onSearch: () => searchField.current?.focus() });

  return (
    <section>
      <h1>Notes</h1>
      <p>
        <button type="button" onClick={() => void create()}>
          New note
        </button>
      </p>
      <form role="search" onSubmit={(event) => event.preventDefault()}>
        <label htmlFor="search">Search</label>
        <input
          id="search"
          type="search"
          ref={searchField}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          autoComplete="off"
        />
      </form>
      {fault !== undefined && <p role="alert">{fault}</p>}
      {wanted.trim() === '' ? <NoteLists pinned={pinned} recent={recent} /> : <SearchHits text={wanted} />}
      {wanted.trim() === '' && recent?.length === limit && (
        <button type="button" onClick={() => setLimit(limit + PAGE_SIZE)}>
          Show more
        </button>
      )}
    </section>
  );
}

interface NoteListsProps {
  readonly pinned: readonly ListedNote[] | undefined;
  readonly recent: readonly ListedNote[] | undefined;
}

function NoteLists({ pinned, recent }: NoteListsProps) {
  if (pinned === undefined || recent === undefined) return <p role="status">Opening…</p>;
  if (pinned.length + recent.length === 0) return <p>No notes yet.</p>;
  return (
    <>
      {pinned.length > 0 && <NoteList label="Pinned" rows={pinned} />}
      <NoteList label="Recent" rows={recent} />
    </>
  );
}

function NoteList({ label, rows }: { readonly label: string; readonly rows: readonly ListedNote[] }) {
  return (
    <ul aria-label={label} className="notes">
      {rows.map((note) => (
        <NoteRow key={note.id} note={note} />
      ))}
    </ul>
  );
}

interface ShortcutActions {
  readonly onNew: () => void;
  readonly onSearch: () => void;
}

/** What the icon of the installed app offers: `/?new` and `/?search`. */
function useShortcut({ onNew, onSearch }: ShortcutActions): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current) return;
    isDone.current = true;
    const asked = new URLSearchParams(location.search);
    if (asked.has('new')) onNew();
    if (asked.has('search')) onSearch();
  });
}
