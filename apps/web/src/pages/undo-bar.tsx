/** Undo and redo of this tab's edits. In a text field the keys belong to the field. */
import { useEffect, useState } from 'react';
import type { UndoStep } from '@tributary/sync/tabs';
import { useUndo } from '@tributary/sync/react';
import { tellProblem } from '../api/problem.ts';

export function UndoBar() {
  const { undo, redo, stack } = useUndo();
  const [told, setTold] = useState('');

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const asked = askedBy(event);
      if (asked === undefined || isTextField(event.target)) return;
      event.preventDefault();
      void step(asked === 'redo' ? stack.redo() : stack.undo(), asked === 'redo' ? 'Redone' : 'Undone').then(setTold);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [stack]);

  return (
    <div role="toolbar" aria-label="Undo">
      <button
        type="button"
        disabled={undo === undefined}
        onClick={() => void step(stack.undo(), 'Undone').then(setTold)}
        data-testid="undo"
      >
        Undo{undo !== undefined && `: ${undo}`}
      </button>{' '}
      <button
        type="button"
        disabled={redo === undefined}
        onClick={() => void step(stack.redo(), 'Redone').then(setTold)}
      >
        Redo{redo !== undefined && `: ${redo}`}
      </button>{' '}
      <span role="status">{told}</span>
    </div>
  );
}

async function step(doing: Promise<UndoStep | undefined>, verb: string): Promise<string> {
  try {
    const done = await doing;
    if (done === undefined) return '';
    const kept = done.skipped.length > 0 ? ' What was changed since stays as it is.' : '';
    return `${verb}: ${done.label}.${kept}`;
  } catch (error) {
    return tellProblem(error);
  }
}

/** Ctrl+Z; Ctrl+Shift+Z or Ctrl+Y. */
function askedBy({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): 'undo' | 'redo' | undefined {
  if (!(ctrlKey || metaKey) || altKey) return undefined;
  if (key.toLowerCase() === 'z') return shiftKey ? 'redo' : 'undo';
  return key.toLowerCase() === 'y' && !shiftKey ? 'redo' : undefined;
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
