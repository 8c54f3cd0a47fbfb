/** Every table of the cloud copy, with its comments. One that is not listed here has no migration either: a test says so. */
import * as assistant from './app/assistant.ts';
import * as knowledge from './app/knowledge.ts';
import * as merging from './app/merging.ts';
import * as notes from './app/notes.ts';
import * as people from './app/people.ts';
import * as projects from './app/projects.ts';
import { usageDays, usageDaysComments } from './billing.ts';
import { commented, type CommentedTable } from './comments.ts';
import * as machinery from './machinery.ts';

/** One per replicated table of the workspace. */
export const appTables: readonly CommentedTable[] = [
  commented(people.users, people.usersComments),
  commented(people.devices, people.devicesComments),
  commented(people.settings, people.settingsComments),
  commented(notes.notes, notes.notesComments),
  commented(notes.noteBlocks, notes.noteBlocksComments),
  commented(notes.tags, notes.tagsComments),
  commented(knowledge.entities, knowledge.entitiesComments),
  commented(knowledge.noteEntities, knowledge.noteEntitiesComments),
  commented(knowledge.entityRelations, knowledge.entityRelationsComments),
  commented(knowledge.views, knowledge.viewsComments),
  commented(knowledge.viewSnapshots, knowledge.viewSnapshotsComments),
  commented(knowledge.reminders, knowledge.remindersComments),
  commented(projects.projects, projects.projectsComments),
  commented(projects.files, projects.filesComments),
  commented(projects.attachments, projects.attachmentsComments),
  commented(assistant.agents, assistant.agentsComments),
  commented(assistant.chats, assistant.chatsComments),
  commented(assistant.messages, assistant.messagesComments),
  commented(assistant.memories, assistant.memoriesComments),
  commented(assistant.apiKeys, assistant.apiKeysComments),
  commented(merging.conflicts, merging.conflictsComments),
];

export const machineryTables: readonly CommentedTable[] = [
  commented(machinery.rowClocks, machinery.rowClocksComments),
  commented(machinery.cursors, machinery.cursorsComments),
  commented(machinery.countedRuns, machinery.countedRunsComments),
  commented(machinery.quarantine, machinery.quarantineComments),
  commented(machinery.projectedTables, machinery.projectedTablesComments),
  commented(machinery.searchQueue, machinery.searchQueueComments),
  commented(machinery.searchDocuments, machinery.searchDocumentsComments),
  commented(machinery.readerGrants, machinery.readerGrantsComments),
];

export const cloudTables: readonly CommentedTable[] = [
  ...appTables,
  ...machineryTables,
  commented(usageDays, usageDaysComments),
];
