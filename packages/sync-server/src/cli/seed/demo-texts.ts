/** What people of a demo workspace write about. */

export interface DemoProject {
  readonly name: string;
  readonly description: string;
  readonly color: string;
  readonly language: string;
  readonly topics: readonly string[];
}

export const PROJECTS: readonly DemoProject[] = [
  {
    name: 'Harbour website',
    description: 'The new site of the harbour museum, with tickets and the collection online.',
    color: '#2f6fde',
    language: 'typescript',
    topics: ['ticket shop', 'opening hours', 'collection search', 'image credits', 'English version', 'cookie notice'],
  },
  {
    name: 'Garden year',
    description: 'What grows where, and when it wants to be sown, pruned and picked.',
    color: '#3f9b57',
    language: 'markdown',
    topics: ['tomato bed', 'apple trees', 'compost', 'water barrel', 'seed swap', 'frost dates'],
  },
  {
    name: 'Field recorder',
    description: 'Firmware of a small recorder for birdsong that runs a week on one battery.',
    color: '#b4632d',
    language: 'rust',
    topics: ['power budget', 'microphone noise', 'file format', 'sleep mode', 'clock drift', 'case and seal'],
  },
  {
    name: 'Move to Porto',
    description: 'Flat, papers, boxes, and everybody who has to be told.',
    color: '#8a55c7',
    language: 'markdown',
    topics: ['flat hunt', 'removal firm', 'school places', 'health insurance', 'farewell party', 'language course'],
  },
  {
    name: 'Choir concert',
    description: 'The summer concert: programme, rehearsals, hall and helpers.',
    color: '#c23b5e',
    language: 'markdown',
    topics: ['programme', 'rehearsal plan', 'hall booking', 'posters', 'soloists', 'sheet music'],
  },
  {
    name: 'Reading group',
    description: 'One book a month, and what was said about it.',
    color: '#6b7280',
    language: 'markdown',
    topics: ['next book', 'discussion notes', 'author visit', 'library order', 'member list', 'long list'],
  },
];

export const KINDS_OF_NOTES = [
  'Plan for',
  'Questions about',
  'Decision on',
  'Meeting on',
  'Ideas for',
  'What we learnt on',
];

export const SENTENCES = [
  'We agreed to try the simplest version first and look at it again in two weeks.',
  'Ines has done this before and offered to show us how.',
  'The estimate was too low: it took twice as long, and the second half was waiting.',
  'Nobody could say where the number came from, so we measured it ourselves.',
  'It works, but only as long as nobody is in a hurry.',
  'Tomás will ask for a second offer before the end of the month.',
  'The old way had one advantage, which we should keep: everybody understood it.',
  'If it rains we move everything inside, and somebody has to decide that by noon.',
  'There is a cheaper one that is good enough; the difference is in the warranty.',
  'What is still open: who answers when something comes in at the weekend?',
];

export const TODOS = [
  'ask for an offer',
  'write down what was agreed',
  'compare the three candidates',
  'send the list to everybody',
  'book the room',
  'measure it again with the new battery',
  'read the contract to its end',
  'call back on Thursday',
];

export const TAGS = ['idea', 'decision', 'waiting', 'urgent', 'reference', 'meeting', 'someday'];

export const PEOPLE = ['Ines Duarte', 'Tomás Reis', 'Mara Lindqvist', 'Jonas Weber', 'Aiko Tanaka', 'Samir Haddad'];

export const PLACES = ['Porto', 'the harbour hall', 'the allotment', 'the city library', 'the workshop'];

export const CONCEPTS = ['budget', 'schedule', 'accessibility', 'maintenance', 'permission', 'quality'];

export const QUESTIONS = [
  'Can you summarise where we are with this?',
  'What would be the next step, and who should take it?',
  'Which risks do you see that we have not written down?',
  'Draft a short message to everybody who is involved.',
  'What did we decide the last time, and why?',
];

export const ANSWERS = [
  'From your notes: the plan is settled, two offers have come in, and the date is still open.',
  'The next step is the second offer. It blocks the booking, so I would do it first.',
  'Three things are not covered yet: the weather, the weekend, and what happens if somebody falls ill.',
  'Here is a draft: “Dear all, we have decided on the simpler version. The list is attached; please look at your part by Friday.”',
  'You decided for the simpler version, because it could be tried at once and undone without loss.',
];

export const MEMORIES = [
  'Prefers short answers, with the decision first.',
  'Writes dates as day and month, and never as numbers only.',
  'Wants sources named where a number is quoted.',
  'Meets the others on Thursday evenings.',
  'Does not want to be reminded on Sundays.',
];

export const SOURCE_PATHS = ['readme.md', 'notes/plan.md', 'src/main', 'src/format', 'test/format', 'docs/budget.csv'];
