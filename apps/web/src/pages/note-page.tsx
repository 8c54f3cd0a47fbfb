/** One note: its title and its text. */
import { notes } from '@tributary/database/schema';
import { useQuery } from '@tributary/sync/react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { eq } from 'drizzle-orm';
import { useWorkspace } from '../data/hooks.ts';
import { NoteEditor } from '../notes/note-editor.tsx';
import { MessagePage } from './message-page.tsx';

export function NotePage() {
  const { id } = useParams({ from: '/session/workspace/notes/$id' });
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const found = useQuery(workspace.db.select().from(notes).where(eq(notes.id, id)));
  if (found === undefined) return <p role="status">Opening…</p>;
  const [note] = found;
  if (note === undefined) {
    return (
      <MessagePage title="There is no such note" code="no_note" actions={<Link to="/">All notes</Link>}>
        It is not on this device: it may not have arrived yet, or it is of another workspace.
      </MessagePage>
    );
  }
  const trash = async () => {
    await workspace.edit('trashNote', { noteId: id }, { label: 'move to the trash' });
    await navigate({ to: '/' });
  };
  const isTrashed = note.deletedAt !== null;
  return (
    <article>
      <p>
        <Link to="/">All notes</Link>{' '}
        <button
          type="button"
          aria-pressed={note.pinned}
          onClick={() =>
            void workspace.edit(
              'pinNote',
              { noteId: id, pinned: !note.pinned },
              { label: note.pinned ? 'unpin' : 'pin' },
            )
          }
        >
          {note.pinned ? 'Unpin' : 'Pin'}
        </button>{' '}
        {isTrashed ? (
          <button
            type="button"
            onClick={() => void workspace.edit('restoreNote', { noteId: id }, { label: 'restore' })}
          >
            Restore
          </button>
        ) : (
          <button type="button" onClick={() => void trash()}>
            Trash
          </button>
        )}
      </p>
      {isTrashed && <p role="status">This note is in the trash.</p>}
      <NoteEditor key={id} noteId={id} isReadOnly={isTrashed} />
    </article>
  );
}
