/** A page that says why there is nothing else, and what to do about it. */
import { useEffect, useRef, type ReactNode } from 'react';

interface MessagePageProps {
  readonly title: string;
  /** For tests and for whoever is asked for help. */
  readonly code?: string | undefined;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function MessagePage({ title, code, children, actions }: MessagePageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Who reads the page by ear is told.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="message" role="alert" data-code={code}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p>{children}</p>
      {code !== undefined && (
        <p>
          <small>{code}</small>
        </p>
      )}
      {actions}
    </section>
  );
}
