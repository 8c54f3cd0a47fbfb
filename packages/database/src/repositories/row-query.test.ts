import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notes as notesTable } from '../schema/index.ts';
import type { OrderBy } from './row-order.ts';
import type { Where } from './row-filter.ts';
import { openTestWorkspace } from '../testing/test-workspace.ts';

type NoteWhere = Where<typeof notesTable>;
type NoteOrder = OrderBy<typeof notesTable>;

const REFUSED = expect.objectContaining({ code: 'invalid_input' });

describe('where', () => {
  const workspace = openTestWorkspace();
  const { notes } = workspace;
  const titles = ['Apple', 'banana', '50% off', 'snake_case', 'back\\slash', 'Ünïcode', ''];
  for (const [at, title] of titles.entries()) {
    workspace.clock.now = 1_000 + at;
    notes.create({ title, pinned: at % 2 === 0, projectId: at < 3 ? 'p' : null });
  }

  function found(where: NoteWhere): string[] {
    const rows = notes.findMany({ where }).map(({ title }) => title);
    expect(notes.count({ where })).toBe(rows.length);
    return rows;
  }

  test.each<[string, NoteWhere, string[]]>([
    ['nothing', {}, titles],
    ['a value', { title: 'Apple' }, ['Apple']],
    ['eq', { title: { eq: 'Apple' } }, ['Apple']],
    ['a flag', { pinned: true }, ['Apple', '50% off', 'back\\slash', '']],
    ['several fields', { pinned: true, projectId: 'p' }, ['Apple', '50% off']],
    ['null', { projectId: null }, titles.slice(3)],
    ['eq null', { projectId: { eq: null } }, titles.slice(3)],
    ['ne null', { projectId: { ne: null } }, titles.slice(0, 3)],
    ['ne, which rows without a value meet', { projectId: { ne: 'p' } }, titles.slice(3)],
    ['ne of a flag', { pinned: { ne: true } }, ['banana', 'snake_case', 'Ünïcode']],
    ['isNull', { projectId: { isNull: true } }, titles.slice(3)],
    ['not isNull', { projectId: { isNull: false } }, titles.slice(0, 3)],
    ['gt', { createdAt: { gt: 1_005 } }, ['']],
    ['gte and lt', { createdAt: { gte: 1_001, lt: 1_003 } }, ['banana', '50% off']],
    ['lte', { createdAt: { lte: 1_000 } }, ['Apple']],
    ['in', { title: { in: ['banana', 'Apple', 'nothing'] } }, ['Apple', 'banana']],
    ['in of numbers', { createdAt: { in: [1_000, 1_006] } }, ['Apple', '']],
    ['in of flags', { pinned: { in: [false] } }, ['banana', 'snake_case', 'Ünïcode']],
    ['in nothing', { title: { in: [] } }, []],
    ['contains', { title: { contains: 'an' } }, ['banana']],
    ['contains, whatever the case', { title: { contains: 'APPLE' } }, ['Apple']],
    ['contains a percent sign', { title: { contains: '%' } }, ['50% off']],
    ['contains an underscore', { title: { contains: 'e_c' } }, ['snake_case']],
    ['contains a backslash', { title: { contains: '\\' } }, ['back\\slash']],
    ['contains a quote', { title: { contains: "'" } }, []],
    ['contains the empty text', { title: { contains: '' } }, titles],
    ['conditions on one field', { title: { contains: 'a', ne: 'banana' } }, ['Apple', 'snake_case', 'back\\slash']],
  ])('finds by %s', (_, where, expected) => {
    expect(found(where)).toEqual(expected);
  });

  test('a list may be of any length', () => {
    expect(found({ title: { in: Array.from({ length: 50_000 }, (_, at) => `${at}`).concat('Apple') } })).toEqual([
      'Apple',
    ]);
  });

  test.each<[string, object]>([
    ['an unknown field', { colour: 'red' }],
    ['a name of every object', { constructor: 'x' }],
    ['a column in SQL', { created_at: 5 }],
    ['an unknown operator', { title: { like: '%' } }],
    ['a value of another type', { createdAt: '5' }],
    ['undefined', { title: undefined }],
    ['undefined in a condition', { title: { eq: undefined } }],
    ['a number that is none', { createdAt: { gt: Number.NaN } }],
    ['a comparison with null', { createdAt: { gt: null } }],
    ['in without a list', { title: { in: 'Apple' } }],
    ['in with another type', { title: { in: [5] } }],
    ['contains on a number', { createdAt: { contains: '1' } }],
    ['isNull of no flag', { title: { isNull: 1 } }],
    ['a list as value', { title: ['Apple'] }],
  ])('is refused: %s', (_, where) => {
    expect(() => notes.findMany({ where })).toThrow(REFUSED);
    expect(() => notes.count({ where })).toThrow(REFUSED);
    expect(() => notes.findPage({ where })).toThrow(REFUSED);
  });

  test('is refused for JSON, which has no order', () => {
    const { projects } = workspace;
    expect(() => projects.findMany({ where: { settings: {} } as object })).toThrow(REFUSED);
  });

  test('is typed', () => {
    // @ts-expect-error a title is no number
    expect(() => notes.findMany({ where: { title: 5 } })).toThrow(REFUSED);
    // @ts-expect-error there is no such field
    expect(() => notes.findMany({ where: { colour: 'red' } })).toThrow(REFUSED);
    // @ts-expect-error a number contains nothing
    expect(() => notes.findMany({ where: { createdAt: { contains: '5' } } })).toThrow(REFUSED);
  });
});

describe('order, limits and trash', () => {
  const workspace = openTestWorkspace();
  const { notes } = workspace;
  for (const [at, title] of ['c', 'a', 'b', 'a'].entries()) {
    notes.create({ id: `${at}`, title, archivedAt: at === 1 ? 5 : null });
  }
  notes.create({ id: 'gone', title: 'z' });
  notes.delete('gone');
  const ids = (orderBy: NoteOrder) => notes.findMany({ orderBy }).map(({ id }) => id);

  test('rows come by id', () => {
    expect(ids({})).toEqual(['0', '1', '2', '3']);
  });

  test('ties are broken by id, in the direction of the last field', () => {
    expect(ids({ title: 'asc' })).toEqual(['1', '3', '2', '0']);
    expect(ids({ title: 'desc' })).toEqual(['0', '2', '3', '1']);
    expect(ids({ id: 'desc' })).toEqual(['3', '2', '1', '0']);
  });

  test('several fields sort in turn', () => {
    expect(ids([{ title: 'asc' }, { id: 'desc' }])).toEqual(['3', '1', '2', '0']);
    expect(ids({ title: 'asc', id: 'desc' })).toEqual(['3', '1', '2', '0']);
  });

  test('rows without a value come first, or last when descending', () => {
    expect(ids({ archivedAt: 'asc' }).at(-1)).toBe('1');
    expect(ids({ archivedAt: 'desc' })[0]).toBe('1');
  });

  test('limit and offset cut a piece out', () => {
    expect(notes.findMany({ limit: 2 }).map(({ id }) => id)).toEqual(['0', '1']);
    expect(notes.findMany({ limit: 2, offset: 3 }).map(({ id }) => id)).toEqual(['3']);
    expect(notes.findMany({ offset: 2 }).map(({ id }) => id)).toEqual(['2', '3']);
    expect(notes.findMany({ limit: 0 })).toEqual([]);
  });

  test('the trash is left out, included or all there is', () => {
    expect(notes.count()).toBe(4);
    expect(notes.count({ trash: 'with' })).toBe(5);
    expect(notes.findMany({ trash: 'only' }).map(({ id }) => id)).toEqual(['gone']);
    expect(notes.findPage({ trash: 'only' }).items.map(({ id }) => id)).toEqual(['gone']);
  });

  test.each<[string, object]>([
    ['an unknown direction', { orderBy: { title: 'up' } }],
    ['an unknown field', { orderBy: { colour: 'asc' } }],
    ['an unknown field in a list', { orderBy: [{ title: 'asc' }, { colour: 'asc' }] }],
    ['an order that is a text', { orderBy: 'title' }],
    ['a negative limit', { limit: -1 }],
    ['half a row', { limit: 0.5 }],
    ['a negative offset', { offset: -1 }],
    ['an unknown trash', { trash: 'maybe' }],
    ['an unknown clause', { having: {} }],
    ['a where that is a text', { where: '1 = 1' }],
  ])('is refused: %s', (_, query) => {
    expect(() => notes.findMany(query)).toThrow(REFUSED);
  });
});

describe('pages', () => {
  const titles = ['b', 'a', 'c', 'a', 'b', 'a', 'd'];

  function openWithNotes() {
    const workspace = openTestWorkspace();
    for (const [at, title] of titles.entries()) {
      workspace.clock.now++;
      workspace.notes.create({ id: `${at}`, title, archivedAt: at % 3 === 0 ? at : null });
    }
    return workspace;
  }

  function allPages({ notes }: ReturnType<typeof openWithNotes>, orderBy: NoteOrder, pageSize: number): string[] {
    const ids: string[] = [];
    for (let after: string | undefined; ids.length <= titles.length;) {
      const { items, next } = notes.findPage({ orderBy, pageSize, ...(after === undefined ? {} : { after }) });
      expect(items.length).toBe(next === undefined ? items.length : pageSize);
      ids.push(...items.map(({ id }) => id));
      if (next === undefined) return ids;
      after = next;
    }
    return ids;
  }

  const workspace = openWithNotes();

  test('together are what one query finds, whatever the order and size', () => {
    const direction = fc.constantFrom('asc' as const, 'desc' as const);
    const field = fc.constantFrom('title', 'archivedAt', 'createdAt', 'pinned', 'projectId', 'id');
    const ordering = fc.array(fc.tuple(field, direction), { maxLength: 3 });
    fc.assert(
      fc.property(ordering, fc.integer({ min: 1, max: 9 }), (terms, pageSize) => {
        const orderBy = terms.map(([name, way]) => ({ [name]: way })) as NoteOrder;
        const expected = workspace.notes.findMany({ orderBy }).map(({ id }) => id);
        expect(allPages(workspace, orderBy, pageSize)).toEqual(expected);
      }),
    );
  });

  test('end where fields without a value are named after the id', () => {
    expect(allPages(workspace, [{ id: 'asc' }, { archivedAt: 'desc' }], 1)).toHaveLength(titles.length);
  });

  test('neither skip nor repeat a row when others come and go', () => {
    const { notes } = openWithNotes();
    const first = notes.findPage({ orderBy: { title: 'asc' }, pageSize: 3 });
    expect(first.items.map(({ title }) => title)).toEqual(['a', 'a', 'a']);
    notes.create({ id: 'before', title: 'A' });
    notes.create({ id: 'after', title: 'bb' });
    notes.purge(first.items.at(-1)!.id);
    const second = notes.findPage({ orderBy: { title: 'asc' }, pageSize: 10, after: first.next! });
    expect(second.items.map(({ title }) => title)).toEqual(['b', 'b', 'bb', 'c', 'd']);
    expect(second.next).toBeUndefined();
  });

  test('hold to the filter', () => {
    const page = workspace.notes.findPage({ where: { title: 'a' }, pageSize: 2 });
    expect(page.items).toHaveLength(2);
    const rest = workspace.notes.findPage({ where: { title: 'a' }, pageSize: 2, after: page.next! });
    expect(rest.items).toHaveLength(1);
  });

  test('hold 50 rows unless told otherwise', () => {
    const { notes } = openTestWorkspace();
    notes.createMany(Array.from({ length: 60 }, () => ({})));
    expect(notes.findPage().items).toHaveLength(50);
  });

  test('of nothing are one empty page', () => {
    expect(openTestWorkspace().notes.findPage()).toEqual({ items: [] });
  });

  test('go on after any title', () => {
    const { notes } = openTestWorkspace();
    notes.createMany([{ title: 'it\'s 100% \\ "é🙂' }, { title: 'zz' }]);
    const { next } = notes.findPage({ orderBy: { title: 'asc' }, pageSize: 1 });
    expect(notes.findPage({ orderBy: { title: 'asc' }, pageSize: 1, after: next! }).items[0]?.title).toBe('zz');
  });

  test.each([
    '',
    'x',
    '%',
    '5',
    'null',
    '[]',
    '{}',
    encodeURIComponent('["id asc"]'),
    encodeURIComponent('["id asc",5]'),
  ])('refuse %j as a cursor', (after) => {
    expect(() => workspace.notes.findPage({ after })).toThrow(REFUSED);
  });

  test('refuse the cursor of another order', () => {
    const { next } = workspace.notes.findPage({ orderBy: { title: 'asc' }, pageSize: 1 });
    expect(() => workspace.notes.findPage({ orderBy: { title: 'desc' }, after: next! })).toThrow(REFUSED);
    expect(() => workspace.notes.findPage({ after: next! })).toThrow(REFUSED);
  });

  test.each([0, -1, 1.5, 1_001])('refuse the size %d', (pageSize) => {
    expect(() => workspace.notes.findPage({ pageSize })).toThrow(REFUSED);
  });
});
