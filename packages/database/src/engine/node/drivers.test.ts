import { runDriverTests } from '../../testing/driver-tests.ts';
import { describeEachEngine } from '../../testing/engines.ts';
import { temporaryPath } from '../../testing/temporary-path.ts';
import { openDriver } from './open-driver.ts';

describeEachEngine('driver acceptance', (engine) => {
  runDriverTests(engine, { open: (path) => openDriver({ path, engine }), createPath: temporaryPath });
});
