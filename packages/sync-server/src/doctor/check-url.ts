/** The way to the server as devices have it: through names, certificates and proxies. */
import { durationText } from '../cli/output/quantities.ts';
import { ask, type Answer } from './ask.ts';
import { skewFinding } from './check-cloud.ts';
import { checkSocket, type IdleCheck } from './check-socket.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

const SOON_MS = 14 * 86_400_000;
/** The Date of an answer has no more than seconds. */
const DATE_ERROR_MS = 1_000;

export interface UrlOptions {
  /** Where the server answers, with whatever path the proxy has for it. */
  readonly url: string;
  readonly idle: IdleCheck;
}

export async function* checkUrl({ url, idle }: UrlOptions): AsyncGenerator<Finding> {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const answer = await askOrFault(new URL('healthz', base));
  if ('about' in answer) {
    yield answer;
    return;
  }
  yield* encryptionFindings(base, answer);
  yield healthFinding(base, answer);
  if (answer.dateMs !== undefined) {
    const aheadMs = answer.dateMs + DATE_ERROR_MS / 2 - Date.now();
    yield skewFinding('clock', base.host, { aheadMs: Math.round(aheadMs), errorMs: DATE_ERROR_MS });
  }
  if (answer.status !== 200) return;
  yield* checkSocket(base, idle);
  yield await checkMetrics(base);
}

async function askOrFault(url: URL): Promise<Answer | Finding> {
  try {
    return await ask(url);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const isAboutTls = code in TLS_REMEDIES;
    const remedy = TLS_REMEDIES[code] ?? NETWORK_REMEDIES[code] ?? 'see that the address is right and the proxy runs';
    return wrong(isAboutTls ? 'TLS' : 'address', `${url.origin} cannot be reached: ${message || code}`, remedy);
  }
}

const TRUST = 'use a certificate that devices trust, such as one of Let’s Encrypt';

const TLS_REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew the certificate, and see why that did not happen by itself',
  CERT_NOT_YET_VALID: 'see that the clocks of both machines are right',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use a certificate for this very name',
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'give the proxy the whole chain of certificates (fullchain.pem)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'give the proxy the whole chain of certificates (fullchain.pem)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'nothing speaks TLS there: set it up in the proxy, or begin the address with http://',
  EPROTO: 'nothing speaks TLS there: set it up in the proxy, or begin the address with http://',
};

const NETWORK_REMEDIES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known: see its DNS records',
  EAI_AGAIN: 'names cannot be looked up from here: see the DNS of this machine',
  ECONNREFUSED: 'nothing listens there: start the proxy, and see its port',
  ETIMEDOUT: 'a firewall may be in the way',
};

function* encryptionFindings(base: URL, { certificateEndsMs }: Answer): Generator<Finding> {
  if (base.protocol === 'http:') {
    const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);
    if (!isHere)
      yield wrong('TLS', 'everybody on the way can read and change what is sent', 'put a proxy with TLS in front');
    return;
  }
  if (certificateEndsMs === undefined) return;
  const leftMs = certificateEndsMs - Date.now();
  const says = `the certificate is good for ${durationText(leftMs)}`;
  yield leftMs < SOON_MS ? note('TLS', says, 'see that it is renewed by itself') : ok('TLS', says);
}

function healthFinding(base: URL, { status, text }: Answer): Finding {
  const asked = `${base.href}healthz`;
  if (status === 200 && text.trim() === 'ok') return ok('address', `${asked} answers`);
  if (status === 200) {
    return wrong('address', `${asked} is answered by something else`, 'have the proxy pass this path to the server');
  }
  const remedy =
    status >= 500
      ? 'the proxy does not reach the server: see that it runs, and the address that the proxy has for it'
      : 'have the proxy pass /healthz and /sync to the server, without the path that it adds itself';
  return wrong('address', `${asked} says ${status}`, remedy);
}

async function checkMetrics(base: URL): Promise<Finding> {
  const { status, text } = await ask(new URL('metrics', base));
  if (status !== 200 || !text.includes('tributary_')) return ok('metrics', 'are not for everybody');
  const here = /^(?:localhost|127\.)/.test(base.hostname);
  const says = '/metrics can be read by everybody who knows the address';
  return here
    ? ok('metrics', 'can be read from this machine')
    : note('metrics', says, 'have the proxy refuse /metrics');
}
