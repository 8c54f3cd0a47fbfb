/**
 * Generates the protocol's code from packages/sync/src/protocol/tributary.proto. The compiler comes from npm, when this
 * runs and only then; what it wrote is committed.
 *
 *   pnpm protocol:generate
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const COMPILER = ['--package=@bufbuild/buf@1.75.0', '--package=@bufbuild/protoc-gen-es@2.12.0'];

const protocol = path.join(root, 'packages', 'sync', 'src', 'protocol');
const template = JSON.stringify({
  version: 'v2',
  plugins: [{ local: 'protoc-gen-es', out: path.join(protocol, 'gen'), opt: ['target=ts', 'import_extension=ts'] }],
});

rmSync(path.join(protocol, 'gen'), { recursive: true, force: true });
const buf = ['buf', 'generate', protocol, '--template', template];
const { status } = spawnSync('npm', ['exec', '--yes', ...COMPILER, '--', ...buf], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
