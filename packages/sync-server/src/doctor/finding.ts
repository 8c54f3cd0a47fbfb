/** One thing that was looked at: how it is, and what to do about it. */
export interface Finding {
  /** In a word or two. */
  readonly about: string;
  /** `note`: it works, but somebody should know. `wrong`: something does not work, or will not for long. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly says: string;
  readonly remedy?: string;
}

export function ok(about: string, says: string): Finding {
  return { about, state: 'ok', says };
}

export function note(about: string, says: string, remedy?: string): Finding {
  return { about, state: 'note', says, ...(remedy !== undefined && { remedy }) };
}

export function wrong(about: string, says: string, remedy: string): Finding {
  return { about, state: 'wrong', says, remedy };
}
