/** The edits that the app makes. They run where the database is open, each in one transaction. */
import type { Repositories } from '@tributary/database/browser';
import { defineCommands } from '@tributary/sync/tabs';
import { mergeTexts } from '@tributary/sync/text-merge';

/** Typed text goes together with what came from elsewhere since it was begun. */
export interface TextEdit {
  readonly noteId: string;
  /** What was stored, as far as the page knew, when `text` was made of it. */
  readonly base: string;
  readonly text: string;
}

export const commands = defineCommands<Repositories>()({
  /** Returns its id. */
  createNote: ({ repositories }, input: { title?: string; text?: string } = {}): string =>
    repositories.notes.create(input).id,

  /** Returns the title as it is now. */
  saveTitle: ({ repositories }, { noteId, base, text }: TextEdit): string => {
    const { title } = repositories.notes.getById(noteId);
    return repositories.notes.update(noteId, { title: merged({ base, text, stored: title }) }).title;
  },

  /** Returns the text as it is now. */
  saveText: ({ repositories }, { noteId, base, text }: TextEdit): string => {
    repositories.notes.setText(noteId, merged({ base, text, stored: repositories.notes.getText(noteId) }));
    return repositories.notes.getText(noteId);
  },

  pinNote: ({ repositories }, { noteId, pinned }: { noteId: string; pinned: boolean }): void => {
    repositories.notes.update(noteId, { pinned });
  },

  trashNote: ({ repositories }, { noteId }: { noteId: string }): void => {
    repositories.notes.delete(noteId);
  },

  restoreNote: ({ repositories }, { noteId }: { noteId: string }): void => {
    repositories.notes.restore(noteId);
  },
});

export type AppCommands = typeof commands;

/** Count up with each release that changes commands or tables, so that older tabs give way. */
export const RELEASE = 1;

function merged({
  base,
  text,
  stored,
}: {
  readonly base: string;
  readonly text: string;
  readonly stored: string;
}): string {
  return stored === base ? text : mergeTexts(base, text, stored).text;
}
