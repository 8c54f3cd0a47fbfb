/** E-mail and password, for signing in and for making an account. */
import { useId, useState, type FormEvent } from 'react';
import { tellProblem } from '../api/problem.ts';
import { formEntry } from './form-entry.ts';

export interface EnteredAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

interface CredentialsFormProps {
  readonly action: string;
  readonly isNew: boolean;
  readonly submit: (entered: EnteredAccount) => Promise<void>;
}

export function CredentialsForm({ action, isNew, submit }: CredentialsFormProps) {
  const id = useId();
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isBusy, setIsBusy] = useState(false);

  async function onSubmit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const entered = {
      email: formEntry(form, 'email').trim().toLowerCase(),
      password: formEntry(form, 'password'),
      name: formEntry(form, 'name').trim(),
    };
    setIsBusy(true);
    setFault(undefined);
    try {
      await submit(entered);
    } catch (error) {
      setFault(tellProblem(error));
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void onSubmit(event)} aria-describedby={fault === undefined ? undefined : `${id}-fault`}>
      {isNew && (
        <p>
          <label htmlFor={`${id}-name`}>Name</label>
          <input id={`${id}-name`} name="name" autoComplete="name" maxLength={100} />
        </p>
      )}
      <p>
        <label htmlFor={`${id}-email`}>E-mail</label>
        <input id={`${id}-email`} name="email" type="email" autoComplete="username" required />
      </p>
      <p>
        <label htmlFor={`${id}-password`}>Password</label>
        <input
          id={`${id}-password`}
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          minLength={isNew ? 8 : undefined}
          required
        />
      </p>
      {fault !== undefined && (
        <p role="alert" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      <button type="submit" disabled={isBusy}>
        {action}
      </button>
    </form>
  );
}
