import { Link, useRouter } from '@tanstack/react-router';
import { register } from '../api/auth.ts';
import { useApp } from '../data/hooks.ts';
import { takeReturn } from '../session/return-to.ts';
import { CredentialsForm } from './credentials-form.tsx';

export function RegisterPage() {
  const { session } = useApp();
  const router = useRouter();
  return (
    <section>
      <h1>Make an account</h1>
      <CredentialsForm
        action="Make the account"
        isNew
        submit={async ({ email, password, name }) => {
          await register({ email, password, name });
          await session.signIn({ email, password });
          router.history.replace(takeReturn());
        }}
      />
      <p>
        <Link to="/sign-in">Sign in to an account that you have</Link>
      </p>
    </section>
  );
}
