/** What a new page shows: the photo workflow, and its photograph on the server. */
import type { Client } from '@snug/client';
import workflow from './example/photo-ui.json?raw';
import photograph from './example/raccoon.jpg';

export const EXAMPLE_WORKFLOW: string = workflow;
const PHOTOGRAPH = 'raccoon.jpg';

/** Sends the photograph unless a node can choose it already. Resolves with whether it was sent. @throws {ClientError} */
export async function bringPhotograph(client: Client, choices: readonly unknown[]): Promise<boolean> {
  if (choices.includes(PHOTOGRAPH)) return false;
  const answer = await fetch(photograph);
  await client.upload(await answer.blob(), { name: PHOTOGRAPH });
  return true;
}
