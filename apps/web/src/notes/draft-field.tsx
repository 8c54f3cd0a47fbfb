/**
 * The field of a draft. It is not React's to control: what arrives from elsewhere has to move the caret along with the text
 * around it.
 */
import { useEffect, useRef, useState, type RefObject } from 'react';
import { moveOffset } from '../data/caret.ts';
import type { Draft } from '../data/draft.ts';

interface DraftFieldProps {
  readonly id: string;
  readonly draft: Draft;
  readonly isReadOnly: boolean;
  readonly isLong?: boolean;
}

export function DraftField({ id, draft, isReadOnly, isLong = false }: DraftFieldProps) {
  const short = useRef<HTMLInputElement>(null);
  const long = useRef<HTMLTextAreaElement>(null);
  const isKnown = useFieldText(isLong ? long : short, draft);
  const shared = {
    id,
    readOnly: isReadOnly || !isKnown,
    onInput: ({ currentTarget }: { readonly currentTarget: TextField }) => draft.edit(currentTarget.value),
    onBlur: () => draft.commitNow(),
    onCompositionStart: () => draft.setComposing(true),
    onCompositionEnd: () => draft.setComposing(false),
  };
  if (isLong) return <textarea ref={long} rows={20} spellCheck {...shared} />;
  return <input ref={short} autoComplete="off" {...shared} />;
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

/** Shows what the draft says; returns whether it says anything yet. */
function useFieldText(field: RefObject<TextField | null>, draft: Draft): boolean {
  const [isKnown, setIsKnown] = useState(false);
  useEffect(() => {
    const show = () => {
      const { text } = draft.getSnapshot();
      if (field.current === null || text === undefined) return;
      showText(field.current, text);
      setIsKnown(true);
    };
    show();
    return draft.subscribe(show);
  }, [field, draft]);
  return isKnown;
}

function showText(field: TextField, text: string): void {
  const { value, selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
  if (value === text) return;
  field.value = text;
  const [start, end] = [selectionStart, selectionEnd].map((offset) => moveOffset(value, text, offset ?? 0));
  field.setSelectionRange(start ?? 0, end ?? 0, selectionDirection ?? 'none');
  field.scrollTop = scrollTop;
}
