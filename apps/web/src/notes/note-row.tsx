/** A note in a list. */
import { Link } from '@tanstack/react-router';
import { useWorkspace } from '../data/hooks.ts';

export interface ListedNote {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
  readonly updatedAt: number;
}

export function NoteRow({ note: { id, title, pinned, updatedAt } }: { readonly note: ListedNote }) {
  const workspace = useWorkspace();
  const shown = title || 'Without a title';
  return (
    <li data-note={id}>
      <Link to="/notes/$id" params={{ id }}>
        {shown}
      </Link>{' '}
      <time dateTime={new Date(updatedAt).toISOString()}>{new Date(updatedAt).toLocaleString()}</time>{' '}
      <button
        type="button"
        aria-pressed={pinned}
        aria-label={`Pin ${shown}`}
        onClick={() =>
          void workspace.edit('pinNote', { noteId: id, pinned: !pinned }, { label: pinned ? 'unpin' : 'pin' })
        }
      >
        {pinned ? 'Unpin' : 'Pin'}
      </button>{' '}
      <button
        type="button"
        aria-label={`Move ${shown} to the trash`}
        onClick={() => void workspace.edit('trashNote', { noteId: id }, { label: 'move to the trash' })}
      >
        Trash
      </button>
    </li>
  );
}
