/**
 * The edge: whatever comes into a repository is checked here, once, and refused with one kind of error that names every
 * field at fault.
 */
import { z } from 'zod';
import { DatabaseError, type FieldIssue } from '../errors.ts';

/** `subject` says what the input is, for the message: `a new note`. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, subject: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(subject, result.error.issues.flatMap(toFieldIssues));
}

export function invalidInput(subject: string, issues: readonly FieldIssue[]): DatabaseError {
  const faults = issues.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return new DatabaseError('invalid_input', `${subject} is refused: ${faults.join('; ')}`, { issues });
}

function toFieldIssues(issue: z.core.$ZodIssue): FieldIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: pathOf([...issue.path, key]), message: 'Unknown field' }));
  }
  return [{ field: pathOf(issue.path), message: issue.message }];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
