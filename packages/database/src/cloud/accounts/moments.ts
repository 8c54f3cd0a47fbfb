/** Times that the database sets. */
import { time } from '../columns.ts';

export const moment = (name: string) => time(name).notNull().defaultNow();

export const createdAt = () => moment('created_at');

export const updatedAt = () => moment('updated_at');

export const momentComments = {
  createdAt: 'When the row was created.',
  updatedAt: 'When it was last changed.',
} as const;
