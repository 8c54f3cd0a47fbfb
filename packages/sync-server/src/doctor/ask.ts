/** One GET, by hand: fetch tells nothing of certificates, and nothing that can be acted on when it fails. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** As the answer's Date says, to the second; undefined where it has none. */
  readonly dateMs: number | undefined;
  /** When the certificate ends; undefined without TLS. */
  readonly certificateEndsMs: number | undefined;
}

const TIMEOUT_MS = 10_000;
/** More is not what was asked for. */
const MAX_CHARACTERS = 1_000_000;

/** Rejects with what the system says, which has a `code`. */
export function ask(url: URL): Promise<Answer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, timeout: TIMEOUT_MS }, (answer) => {
      readAnswer(answer).then(resolve, reject);
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.once('error', reject);
    sent.end();
  });
}

async function readAnswer(answer: IncomingMessage): Promise<Answer> {
  const certificateEndsMs = certificateEnd(answer);
  answer.setEncoding('utf8');
  let text = '';
  for await (const part of answer as AsyncIterable<string>) if (text.length < MAX_CHARACTERS) text += part;
  const dateMs = Date.parse(answer.headers.date ?? '');
  return {
    status: answer.statusCode ?? 0,
    text,
    dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
    certificateEndsMs,
  };
}

function certificateEnd({ socket }: IncomingMessage): number | undefined {
  return socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : undefined;
}
