/**
 * The edge: whatever comes into a repository is checked here, once, and refused with one kind of error that names every
 * field at fault.
 */
import { DatabaseError, type FieldIssue } from '../errors.ts';
import type { Rule } from './rule.ts';

/** `subject` says what the input is, for the message: `a new note`. */
export function parseInput<T>(rule: Rule<T>, input: unknown, subject: string): T {
  const checked = rule(input);
  if ('issues' in checked) throw invalidInput(subject, checked.issues);
  return checked.value;
}

export function invalidInput(subject: string, issues: readonly FieldIssue[]): DatabaseError {
  const faults = issues.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return new DatabaseError('invalid_input', `${subject} is refused: ${faults.join('; ')}`, { issues });
}
