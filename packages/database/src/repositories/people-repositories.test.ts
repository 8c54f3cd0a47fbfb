import { describe, expect, test } from 'vitest';
import { cellsWrittenBy, columnsWrittenBy, exchange, openTestWorkspace } from '../testing/test-workspace.ts';

describe('devices', () => {
  const workspace = openTestWorkspace();
  const { devices, replica, clock } = workspace;

  test('are registered once per replica', () => {
    expect(devices.current()).toBeUndefined();
    const device = devices.register({ name: 'Laptop', platform: 'desktop', userId: 'ada', appVersion: '1.0.0' });
    expect(device).toMatchObject({ siteId: replica.siteId, name: 'Laptop', platform: 'desktop' });
    clock.now++;
    const again = { name: 'Laptop', platform: 'desktop', appVersion: '1.1.0' } as const;
    expect(columnsWrittenBy(workspace, () => devices.register(again))).toEqual([
      'devices.app_version',
      'devices.updated_at',
    ]);
    expect(devices.current()).toMatchObject({ id: device.id, userId: 'ada', appVersion: '1.1.0' });
    expect(cellsWrittenBy(workspace, () => devices.register(again))).toEqual([]);
  });

  test('come back out of the trash when they register', () => {
    const { id } = devices.register({ name: 'Laptop' });
    devices.delete(id);
    expect(devices.current()).toBeUndefined();
    expect(devices.register({ name: 'Laptop' })).toMatchObject({ id, deletedAt: null });
  });

  test('record their syncs, which are no edits, and can be renamed', () => {
    const { id } = devices.register({ name: 'Laptop' });
    clock.now++;
    expect(columnsWrittenBy(workspace, () => devices.touch(id))).toEqual(['devices.last_sync_at']);
    expect(devices.rename(id, ' Desk ').name).toBe('Desk');
    expect(() => devices.rename(id, '')).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('of other replicas are not this one', () => {
    const other = openTestWorkspace();
    other.devices.register({ name: 'Phone', platform: 'ios' });
    exchange(workspace, other);
    expect(other.devices.current()?.name).toBe('Phone');
    expect(devices.current()?.name).not.toBe('Phone');
    expect(devices.count()).toBe(2);
  });

  test.each(['', 'ABCDEF', 'g'.repeat(32), 'A'.repeat(32), 'a'.repeat(31)])('%j is no site id', (siteId) => {
    expect(() => devices.create({ siteId, name: 'a' })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('users', () => {
  const workspace = openTestWorkspace();
  const { users, clock } = workspace;

  test('have a profile and preferences', () => {
    const ada = users.create({ id: 'ada', name: 'Ada', email: 'ada@example.org', preferences: { theme: 'dark' } });
    expect(users.findById('ada')).toEqual(ada);
    expect(users.findMany({ where: { email: 'ada@example.org' } })).toEqual([ada]);
  });

  test('record when they are active, which is no edit', () => {
    const { id } = users.create({ name: 'Ben' });
    clock.now++;
    expect(columnsWrittenBy(workspace, () => users.touch(id))).toEqual(['users.last_active_at']);
  });
});
