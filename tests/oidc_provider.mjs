// A certified OpenID provider (npm's oidc-provider) for the tests: one client, https by the
// certificate that is given, people by the name that is typed, new keys at each start.
// Usage: node oidc_provider.mjs SETTINGS.json; says "ready" when it listens.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { pathToFileURL } from 'node:url';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { default: Provider } = await import(pathToFileURL(`${settings.modules}/oidc-provider/lib/index.js`));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: `${process.pid}`, use: 'sig', alg: 'RS256' };

const provider = new Provider(settings.issuer, {
  clients: [settings.client],
  jwks: { keys: [key] },
  cookies: { keys: ['of the tests'] },
  claims: {
    openid: ['sub', 'amr'],
    profile: ['name', 'preferred_username', 'department', 'groups'],
    email: ['email'],
  },
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // Its own way to the city refuses addresses of this machine.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  pkce: { required: () => true },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => settings.people[id] && { sub: id, ...settings.people[id] } }),
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
const certificate = { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) };
createServer(certificate, provider.callback()).listen(settings.port, '127.0.0.1', () => console.log('ready'));
