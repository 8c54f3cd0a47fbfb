import { Link, useRouter } from '@tanstack/react-router';
import { useApp } from '../data/hooks.ts';
import { takeReturn } from '../session/return-to.ts';
import { CredentialsForm } from './credentials-form.tsx';

export function SignInPage() {
  const { session } = useApp();
  const router = useRouter();
  return (
    <section>
      <h1>Sign in</h1>
      <CredentialsForm
        action="Sign in"
        isNew={false}
        submit={async ({ email, password }) => {
          await session.signIn({ email, password });
          router.history.replace(takeReturn());
        }}
      />
      <p>
        <Link to="/register">Make an account</Link>
      </p>
    </section>
  );
}
