/** Title and text as plain fields, which go on being typed in while others change the same note. */
import { joinBlocks } from '@tributary/database/browser';
import { noteBlocks, notes } from '@tributary/database/schema';
import type { LiveRows, Store } from '@tributary/sync/tabs';
import { useStore } from '@tributary/sync/react';
import { eq } from 'drizzle-orm';
import { useEffect, useState } from 'react';
import { tellProblem } from '../api/problem.ts';
import { Draft } from '../data/draft.ts';
import { useWorkspace } from '../data/hooks.ts';
import type { OpenWorkspace } from '../data/open-workspace.ts';
import { DraftField } from './draft-field.tsx';

interface NoteEditorProps {
  readonly noteId: string;
  readonly isReadOnly: boolean;
}

export function NoteEditor({ noteId, isReadOnly }: NoteEditorProps) {
  const workspace = useWorkspace();
  const title = useDraft(workspace, () => titleDraft(workspace, noteId));
  const text = useDraft(workspace, () => textDraft(workspace, noteId));
  return (
    <>
      <p>
        <label htmlFor="note-title">Title</label>
        <DraftField id="note-title" draft={title} isReadOnly={isReadOnly} />
      </p>
      <p>
        <label htmlFor="note-text">Text</label>
        <DraftField id="note-text" draft={text} isReadOnly={isReadOnly} isLong />
      </p>
      <SavedNote title={title} text={text} />
      <DraftFault draft={title} />
      <DraftFault draft={text} />
    </>
  );
}

/** Commits what is typed before the page goes. */
function useDraft({ tabs }: OpenWorkspace, create: () => Draft): Draft {
  const [draft] = useState(create);
  useEffect(() => {
    draft.start();
    const stopListening = tabs.onLeaving(() => draft.commitNow());
    return () => {
      stopListening();
      draft.stop();
    };
  }, [tabs, draft]);
  return draft;
}

function SavedNote({ title, text }: { readonly title: Draft; readonly text: Draft }) {
  const drafts = [useStore(title), useStore(text)];
  const isSaved = drafts.every((draft) => draft.isSaved);
  return (
    <p data-testid="saved" data-saved={isSaved}>
      {isSaved ? 'Saved on this device' : 'Saving…'}
    </p>
  );
}

function DraftFault({ draft }: { readonly draft: Draft }) {
  const { fault } = useStore(draft);
  if (fault === undefined) return null;
  return (
    <p role="alert" data-testid="draft-fault">
      This could not be saved: {tellProblem(fault)}. It is tried again.
    </p>
  );
}

function titleDraft(workspace: OpenWorkspace, noteId: string): Draft {
  const { tabs, db } = workspace;
  const rows = tabs.watch(db.select({ title: notes.title }).from(notes).where(eq(notes.id, noteId)));
  return new Draft({
    stored: mapRows(rows, ([row]) => row?.title),
    commit: (edit) =>
      workspace.edit('saveTitle', { noteId, ...edit }, { label: 'edit the title', group: `title ${noteId}` }),
  });
}

function textDraft(workspace: OpenWorkspace, noteId: string): Draft {
  const { tabs, db } = workspace;
  const rows = tabs.watch(
    db.select().from(noteBlocks).where(eq(noteBlocks.noteId, noteId)).orderBy(noteBlocks.position, noteBlocks.id),
  );
  return new Draft({
    stored: mapRows(rows, joinBlocks),
    commit: (edit) =>
      workspace.edit('saveText', { noteId, ...edit }, { label: 'edit the text', group: `text ${noteId}` }),
  });
}

function mapRows<R, T>(rows: LiveRows<R>, map: (rows: R) => T | undefined): Store<T | undefined> {
  return {
    subscribe: (listener) => rows.subscribe(listener),
    getSnapshot: () => {
      const found = rows.getSnapshot();
      return found === undefined ? undefined : map(found);
    },
  };
}
