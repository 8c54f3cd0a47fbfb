/** What a search finds, while it is being typed. */
import type { SearchHit } from '@tributary/database/browser';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { tellProblem } from '../api/problem.ts';
import { useWorkspace } from '../data/hooks.ts';

export function SearchHits({ text }: { readonly text: string }) {
  const { tabs } = useWorkspace();
  const [hits, setHits] = useState<readonly SearchHit[] | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);

  useEffect(() => {
    let isCurrent = true;
    tabs.search(text, { kinds: ['note'], limit: 50 }).then(
      (found) => {
        if (!isCurrent) return;
        setHits(found);
        setFault(undefined);
      },
      (error: unknown) => {
        if (isCurrent) setFault(tellProblem(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [tabs, text]);

  if (fault !== undefined) return <p role="alert">{fault}</p>;
  if (hits === undefined) return <p role="status">Searching…</p>;
  return (
    <>
      <p role="status">{hits.length === 0 ? 'Nothing was found.' : `${hits.length} found.`}</p>
      <ul aria-label="Found" className="notes">
        {hits.map(({ id, title, snippet }) => (
          <li key={id} data-note={id}>
            <Link to="/notes/$id" params={{ id }}>
              {title || 'Without a title'}
            </Link>{' '}
            <Snippet segments={snippet} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Snippet({ segments }: { readonly segments: SearchHit['snippet'] }) {
  return (
    <span>
      {segments.map(({ text, match }, index) =>
        match ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
      )}
    </span>
  );
}
