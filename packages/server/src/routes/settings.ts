/** `/settings`: what a user has set in the front end, as JSON that is not looked into. */
import { asObject, stringifyJson } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.ts';
import { sendJsonText, sendNothing, sendText } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';
import { wildcardPath } from '../http/request-target.ts';
import type { Users } from './users.ts';

export interface SettingsOptions {
  readonly users: Users;
  readonly broker: Pick<Broker, 'settings' | 'saveSettings'>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_ID_LENGTH = 512;

export function registerSettings(app: FastifyInstance, { users, broker }: SettingsOptions): void {
  app.get('/settings', async (request, reply) => {
    const user = users.of(request);
    if (user === undefined) return sendText(reply, 401, '401: Unauthorized');
    const members = [...(await broker.settings(user))].map(([id, text]) => `${JSON.stringify(id)}: ${text}`);
    return sendJsonText(reply, `{${members.join(', ')}}`);
  });

  app.get('/settings/*', async (request, reply) => {
    const user = users.of(request);
    if (user === undefined) return sendText(reply, 401, '401: Unauthorized');
    const id = wildcardPath(request);
    return sendJsonText(reply, (id !== undefined && (await broker.settings(user)).get(id)) || 'null');
  });

  app.post('/settings', async (request, reply) => {
    const user = users.of(request);
    if (user === undefined) return sendText(reply, 401, '401: Unauthorized');
    const body = await readJsonBody(request, MAX_BODY_BYTES);
    const changes = body.kind === 'json' ? asObject(body.value) : undefined;
    if (!changes) return sendText(reply, 400, 'Send an object with the settings to change.');
    if ([...changes.keys()].some((id) => id.length > MAX_ID_LENGTH))
      return sendText(reply, 400, 'The id of a setting is too long.');
    await broker.saveSettings(user, new Map([...changes].map(([id, value]) => [id, stringifyJson(value)])));
    return sendNothing(reply);
  });

  app.post('/settings/*', async (request, reply) => {
    const user = users.of(request);
    if (user === undefined) return sendText(reply, 401, '401: Unauthorized');
    const id = wildcardPath(request);
    if (!id || id.length > MAX_ID_LENGTH) return sendText(reply, 400, 'The id of the setting is missing or too long.');
    const body = await readJsonBody(request, MAX_BODY_BYTES);
    if (body.kind === 'bad') return sendText(reply, 400, `The value of the setting is no JSON: ${body.problem}.`);
    await broker.saveSettings(user, new Map([[id, stringifyJson(body.value)]]));
    return sendNothing(reply);
  });
}
