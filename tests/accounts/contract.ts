/** Holds every answer of a server to what its OpenAPI document promises, by a validator that knows only the document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly needsAccount: boolean;
  readonly parameters: readonly string[];
}

interface DocumentOperation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
}

const DOCUMENT_ID = 'https://tributary.test/openapi.json';

export class Contract {
  readonly operations: readonly Operation[];
  /** Operations that have succeeded. */
  readonly succeeded = new Set<string>();
  readonly #document: OpenApiDocument;
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<string, ValidateFunction>();

  static async of(address: string): Promise<Contract> {
    return new Contract((await (await fetch(`${address}/v1/openapi.json`)).json()) as OpenApiDocument);
  }

  private constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    // The package has its function as `default` twice where it is loaded as an ES module.
    (addFormats as unknown as { default: (ajv: Ajv2020) => void }).default(this.#ajv);
    this.#ajv.addSchema(document, DOCUMENT_ID);
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, security = [], parameters = [] }]) => ({
        operationId,
        method,
        path,
        needsAccount: security.length > 0,
        parameters: parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name),
      })),
    );
  }

  find(operationId: string): Operation {
    const operation = this.operations.find((candidate) => candidate.operationId === operationId);
    if (operation === undefined) throw new TypeError(`the document has no operation ${operationId}`);
    return operation;
  }

  /** Throws where the answer is not as the document has it. */
  check({ operationId, method, path }: Operation, response: Response, text: string): void {
    const documented = this.#document.paths[path]?.[method]?.responses[response.status];
    const what = `${operationId} answered ${response.status}`;
    if (documented === undefined) throw new Error(`${what}, which the document does not have: ${text}`);
    if (response.ok || response.status === 302) this.succeeded.add(operationId);
    const type = response.headers.get('Content-Type')?.split(';')[0];
    if (documented.content === undefined) {
      if (text !== '') throw new Error(`${what} with a body that the document does not have: ${text}`);
      return;
    }
    if (type === undefined || !(type in documented.content)) {
      throw new Error(`${what} as ${type}, and the document has ${Object.keys(documented.content).join()}`);
    }
    const validate = this.#validator([path, method, 'responses', String(response.status), 'content', type, 'schema']);
    if (validate(JSON.parse(text))) return;
    throw new Error(`${what} with ${text}: ${this.#ajv.errorsText(validate.errors)}`);
  }

  #validator(place: readonly string[]): ValidateFunction {
    const pointer = ['paths', ...place].map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const key = `${DOCUMENT_ID}#/${pointer.join('/')}`;
    const known = this.#validators.get(key) ?? this.#ajv.compile({ $ref: key });
    this.#validators.set(key, known);
    return known;
  }
}
