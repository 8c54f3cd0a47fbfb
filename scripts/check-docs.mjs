/**
 * Keeps the documents true where a program can tell: links lead somewhere, commands exist, what is generated is fresh,
 * and TypeScript in code blocks compiles against the packages as they are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { readMarkdown } from './markdown.mjs';
import { root } from './setup.mjs';

/** What the package managers bring themselves; every other word after their name is a script of ours. */
const BUILT_IN = new Set([
  'add',
  'ci',
  'dlx',
  'exec',
  'init',
  'install',
  'pack',
  'publish',
  'rebuild',
  'remove',
  'why',
]);

const COMPILER_OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  jsx: ts.JsxEmit.ReactJSX,
  allowImportingTsExtensions: true,
  typeRoots: [path.join(root, 'node_modules', '@types')],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

const pages = findMarkdown(root).map(readPage);
const faults = [
  ...pages.flatMap(linkFaults),
  ...pages.flatMap(commandFaults),
  ...codeFaults(pages),
  ...generatedPageFaults(),
];

for (const fault of faults) console.error(fault);
console.log(`${pages.length} pages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

function readPage(file) {
  return { file, ...readMarkdown(readFileSync(file, 'utf8')) };
}

function findMarkdown(directory) {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return isOurs(entry.name) ? findMarkdown(file) : [];
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

function isOurs(directoryName) {
  return !['node_modules', 'dist', 'coverage', 'data'].includes(directoryName) && !directoryName.startsWith('.');
}

function linkFaults({ file, links, anchors }) {
  return links.flatMap(({ target, line }) => {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return []; // another site, or mailto
    const [relative, anchor] = decodeURI(target).split('#');
    const linked = relative === '' ? file : path.resolve(path.dirname(file), relative);
    if (!existsSync(linked)) return [at(file, line, `links to ${relative}, which does not exist`)];
    if (anchor === undefined) return [];
    const known = linked === file ? anchors : anchorsOf(linked);
    return known.has(anchor) ? [] : [at(file, line, `links to #${anchor}, which ${nameOf(linked)} does not have`)];
  });
}

function anchorsOf(file) {
  return file.endsWith('.md') ? readMarkdown(readFileSync(file, 'utf8')).anchors : new Set();
}

function commandFaults({ file, code }) {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return code.flatMap(({ text, line }) => {
    const missing = scriptsNamedIn(text).filter((name) => !(name in scripts));
    const missingFiles = [...text.matchAll(/\bnode ([\w./-]+\.mjs)/g)]
      .map(([, script]) => script)
      .filter((script) => !existsSync(path.join(root, script)));
    return [
      ...missing.map((name) => at(file, line, `names the script ${name}, which package.json does not have`)),
      ...missingFiles.map((script) => at(file, line, `runs ${script}, which does not exist`)),
    ];
  });
}

function scriptsNamedIn(code) {
  const named = code.matchAll(/(?<![\w/.-])p?npm(?:@[\d.]+)? (?:(run) )?([a-z][\w:-]*)/g);
  return [...named].filter(([, run, name]) => run || !BUILT_IN.has(name)).map(([, , name]) => name);
}

/** Each block is a module below examples/, where the packages resolve as they do for an app. */
function codeFaults(allPages) {
  const modules = new Map();
  for (const [index, { file, code }] of allPages.entries()) {
    for (const { language, text, line } of code) {
      if (language !== 'ts' && language !== 'tsx') continue;
      // One that begins with its name can be imported by the others of its page.
      const name = /^\/\/ ([\w-]+\.tsx?)$/m.exec(text.slice(0, text.indexOf('\n')))?.[1] ?? `block-${modules.size}.ts`;
      modules.set(path.join(root, 'examples', `page-${index}`, name), { file, text, line });
    }
  }
  if (modules.size === 0) return [];
  const program = ts.createProgram([...modules.keys()], COMPILER_OPTIONS, hostWith(modules));
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    const block = modules.get(path.normalize(diagnostic.file?.fileName ?? ''));
    if (block === undefined) return `a code block does not compile: ${message}`;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    return at(block.file, block.line + 1 + line, message);
  });
}

/** The real file system, with the blocks as if they were files. */
function hostWith(modules) {
  const disk = ts.createCompilerHost(COMPILER_OPTIONS);
  const directories = new Set([...modules.keys()].map((file) => path.dirname(file)));
  return {
    ...disk,
    directoryExists: (directory) => directories.has(path.normalize(directory)) || disk.directoryExists(directory),
    fileExists: (file) => modules.has(path.normalize(file)) || disk.fileExists(file),
    readFile: (file) => modules.get(path.normalize(file))?.text ?? disk.readFile(file),
    getSourceFile(file, languageVersion) {
      const block = modules.get(path.normalize(file));
      if (block === undefined) return disk.getSourceFile(file, languageVersion);
      return ts.createSourceFile(file, block.text, languageVersion, true);
    },
  };
}

function generatedPageFaults() {
  return ['generate-error-docs.mjs', 'generate-protocol-docs.mjs', 'generate-env-example.mjs'].flatMap((script) => {
    const generator = path.join(root, 'scripts', script);
    const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
    return status === 0 ? [] : [stderr.trim()];
  });
}

function at(file, line, fault) {
  return `${nameOf(file)}:${line} ${fault}`;
}

function nameOf(file) {
  return path.relative(root, file);
}
