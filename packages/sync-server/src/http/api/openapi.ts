/** The API's own description, made from the schemas that requests are checked with. */
import type { Api } from './api.ts';

export const OPENAPI_PATH = '/v1/openapi.json';

const DESCRIPTION = [
  'What a Tributary server offers over HTTP: accounts, workspaces, devices, billing and search. Edits travel over the WebSocket',
  'at /sync, and are described in docs/protocol.md.',
  'Faults are problems (RFC 9457) with a stable `code`; docs/errors.md says of each what it means and what to do.',
].join(' ');

/** After all routes were added. */
export function describeApi(api: Api, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, from signing in or from `tributary token`.',
  });
  api.doc31(OPENAPI_PATH, {
    openapi: '3.1.0',
    info: {
      title: 'Tributary',
      version,
      description: DESCRIPTION,
      license: { name: 'FSL-1.1-ALv2', url: 'https://fsl.software' },
    },
  });
}
