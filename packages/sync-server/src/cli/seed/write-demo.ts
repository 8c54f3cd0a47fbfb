/** The demo workspace, through the repositories as an app would write it: some months of some people's work. */
import { createRepositories, type AnyReplica, type Repositories, type WorkspaceTables } from '@tributary/database';
import type { Replica } from '@tributary/database';
import * as texts from './demo-texts.ts';
import type { SeededSource } from './seeded-source.ts';

export const DEMO_SIZES = {
  small: { projects: 2, notes: 12, entities: 8, chats: 3, messages: 6, files: 6, reminders: 4 },
  medium: { projects: 4, notes: 150, entities: 40, chats: 25, messages: 12, files: 60, reminders: 30 },
  large: { projects: 6, notes: 2_000, entities: 300, chats: 200, messages: 30, files: 600, reminders: 300 },
} as const;

export type DemoSize = keyof typeof DEMO_SIZES;

type Amounts = (typeof DEMO_SIZES)[DemoSize];

export interface DemoOptions {
  readonly size: DemoSize;
  readonly userId: string;
  readonly source: SeededSource;
  readonly onProgress: (done: number, all: number) => void;
}

/** How far back it begins. */
export const DEMO_DAYS = 90;

const HOUR_MS = 3_600_000;

export function writeDemo(replica: Replica<WorkspaceTables>, options: DemoOptions): void {
  new DemoWriter(replica, options).write();
}

interface Project extends texts.DemoProject {
  readonly id: string;
}

class DemoWriter {
  readonly #replica: AnyReplica;
  readonly #rows: Repositories;
  readonly #options: DemoOptions;
  readonly #source: SeededSource;
  readonly #amounts: Amounts;
  readonly #stepMs: number;
  #done = 0;

  constructor(replica: Replica<WorkspaceTables>, options: DemoOptions) {
    this.#replica = replica;
    this.#rows = createRepositories(replica);
    this.#options = options;
    this.#source = options.source;
    this.#amounts = DEMO_SIZES[options.size];
    this.#stepMs = (2 * DEMO_DAYS * 24 * HOUR_MS) / (this.#all * 1.1);
  }

  write(): void {
    this.#step(() => this.#writePeople());
    const projects = this.#times(this.#amounts.projects, (index) => this.#writeProject(index));
    const entities = this.#times(this.#amounts.entities, (index) => this.#writeEntity(index));
    this.#step(() => this.#relate(entities));
    const notes = this.#times(this.#amounts.notes, () => this.#writeNote(projects, entities));
    this.#times(this.#amounts.chats, () => this.#writeChat(projects));
    this.#times(this.#amounts.files, (index) => this.#writeFile(projects, index));
    this.#times(this.#amounts.reminders, () => this.#writeReminder(notes));
  }

  get #all(): number {
    const { projects, entities, notes, chats, files, reminders } = this.#amounts;
    return 2 + projects + entities + notes + chats + files + reminders;
  }

  #times<Row>(count: number, write: (index: number) => Row): Row[] {
    return Array.from({ length: count }, (_, index) => this.#step(() => write(index)));
  }

  /** One transaction: what belongs together arrives together. */
  #step<Row>(write: () => Row): Row {
    const row = this.#replica.transaction(write);
    this.#source.wait(this.#stepMs);
    this.#options.onProgress(++this.#done, this.#all);
    return row;
  }

  #writePeople(): void {
    const { users, devices, memories, agents } = this.#rows;
    const { userId } = this.#options;
    const [name = ''] = texts.PEOPLE;
    // Somebody who is there already stays who they are.
    const isKnown = users.findById(userId, { trash: 'with' }) !== undefined;
    if (!isKnown) users.create({ id: userId, name, email: 'ines@example.org' });
    devices.register({ name: 'Demo data', platform: 'cli', userId });
    agents.create({ name: 'Assistant', description: 'Knows the notes of this workspace.' });
    for (const content of texts.MEMORIES) {
      memories.create({
        content,
        kind: 'preference',
        scope: 'user',
        scopeId: userId,
        importance: 0.3 + this.#source.below(7) / 10,
      });
    }
  }

  #writeProject(index: number): Project {
    const demo = texts.PROJECTS[index % texts.PROJECTS.length] ?? this.#source.pick(texts.PROJECTS);
    const { name, description, color } = demo;
    const { id } = this.#rows.projects.create({
      name,
      description,
      color,
      path: `/home/ines/${name.toLowerCase().replaceAll(' ', '-')}`,
    });
    this.#rows.memories.create({ content: `${name}: ${description}`, kind: 'fact', scope: 'project', scopeId: id });
    return { id, ...demo };
  }

  #writeEntity(index: number): string {
    const kinds = [
      ['person', texts.PEOPLE],
      ['place', texts.PLACES],
      ['concept', texts.CONCEPTS],
    ] as const;
    const [kind, names] = kinds[index % kinds.length] ?? kinds[0];
    const round = Math.floor(index / kinds.length);
    const name = names[round % names.length] ?? '';
    const number = Math.floor(round / names.length);
    return this.#rows.entities.create({ kind, name: number === 0 ? name : `${name} ${number + 1}` }).id;
  }

  #relate(entities: readonly string[]): void {
    for (const sourceId of entities) {
      const targetId = this.#source.pick(entities);
      if (targetId !== sourceId)
        this.#rows.relations.create({ sourceId, targetId, kind: this.#source.pick(['knows', 'part of', 'needs']) });
    }
  }

  #writeNote(projects: readonly Project[], entities: readonly string[]): string {
    const source = this.#source;
    const project = source.pick(projects);
    const topic = source.pick(project.topics);
    const { notes, tags, entities: known } = this.#rows;
    const text = [
      `# ${topic}`,
      ...source.pickSome(texts.SENTENCES, 2 + source.below(3)),
      source
        .pickSome(texts.TODOS, 1 + source.below(3))
        .map((todo) => `- [${source.isOneOf(3) ? 'x' : ' '}] ${todo}`)
        .join('\n'),
      ...source.pickSome(texts.SENTENCES, source.below(3)),
    ].join('\n\n');
    const title = `${source.pick(texts.KINDS_OF_NOTES)} the ${topic}`;
    const { id } = notes.create({ title, text, projectId: project.id, pinned: source.isOneOf(15) });
    for (const tag of source.pickSome(texts.TAGS, source.below(3))) tags.add(id, tag);
    for (const entity of source.pickSome(entities, source.below(4))) known.link(entity, id);
    if (source.isOneOf(20)) notes.archive(id);
    else if (source.isOneOf(25)) notes.delete(id);
    return id;
  }

  #writeChat(projects: readonly Project[]): void {
    const source = this.#source;
    const project = source.pick(projects);
    const { chats, messages } = this.#rows;
    const chat = chats.create({
      title: `About the ${source.pick(project.topics)}`,
      projectId: project.id,
      model: 'demo-1',
    });
    let parentId: string | undefined;
    for (let index = 0; index < this.#amounts.messages; index++) {
      const isAnswer = index % 2 === 1;
      const content = source.pick(isAnswer ? texts.ANSWERS : texts.QUESTIONS);
      const message = messages.append(chat.id, {
        role: isAnswer ? 'assistant' : 'user',
        content,
        ...(parentId !== undefined && { parentId }),
        ...(isAnswer && { model: 'demo-1', outputTokens: content.length >> 2 }),
      });
      parentId = message.id;
      source.wait(60_000);
    }
  }

  #writeFile(projects: readonly Project[], index: number): void {
    const source = this.#source;
    const { id: projectId, language } = source.pick(projects);
    const number = Math.floor(index / texts.SOURCE_PATHS.length);
    const path = `${texts.SOURCE_PATHS[index % texts.SOURCE_PATHS.length]}${number === 0 ? '' : `-${number}`}`;
    this.#rows.files.create({
      projectId,
      path,
      language,
      contentHash: source.hash(),
      sizeBytes: 200 + source.below(40_000),
    });
  }

  #writeReminder(notes: readonly string[]): void {
    const source = this.#source;
    const dueAt = source.nowMs + (source.below(28) - 7) * 24 * HOUR_MS;
    const { id } = this.#rows.reminders.create({ title: source.pick(texts.TODOS), noteId: source.pick(notes), dueAt });
    if (source.isOneOf(3)) this.#rows.reminders.complete(id);
  }
}
