/** Where compiled programs of this folder are: beside this file, or in dist when this file is the source that tests run. */
export function compiledFile(name: string): URL {
  const here = import.meta.url.endsWith('.ts') ? '../../../dist/cloud/pglite/' : './';
  return new URL(here + name, import.meta.url);
}
