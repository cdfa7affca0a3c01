/** The pictures of all runs, newest first, with what is known of how each was made. */
import type { FileOutput, HistoryItem } from '@snug/client';
import type { Picture } from '../app/page-context.tsx';
import type { SessionState } from '../session/session-state.ts';

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** The prompt of a record in API form, and the workflow that was saved with it. */
export function promptIn(record: unknown): { readonly prompt: unknown; readonly workflow: unknown } {
  const { prompt } = membersOf(record);
  const [, , nodes, extraData] = Array.isArray(prompt) ? (prompt as unknown[]) : [];
  return { prompt: nodes, workflow: membersOf(membersOf(extraData)['extra_pnginfo'])['workflow'] };
}

/** What the author called a node, else its class. */
export function titleIn(prompt: unknown, nodeId: string): string {
  const node = membersOf(membersOf(prompt)[nodeId]);
  const { title } = membersOf(node['_meta']);
  const { class_type: classType } = node;
  return typeof title === 'string' && title ? title : typeof classType === 'string' ? classType : nodeId;
}

const keyOf = (runId: string, { nodeId, folder, subfolder, filename }: FileOutput): string =>
  `${runId} ${nodeId} ${folder}/${subfolder}/${filename}`;

function picturesOf({ id, outputs, durationMs, record }: HistoryItem): Picture[] {
  const { images } = outputs;
  if (!images.length) return [];
  const { prompt, workflow } = promptIn(record);
  return images.map((file) => ({
    key: keyOf(id, file),
    file,
    runId: id,
    nodeTitle: titleIn(prompt, file.nodeId),
    durationMs,
    prompt,
    workflow,
  }));
}

const known = new WeakMap<HistoryItem, readonly Picture[]>();
let last:
  | { readonly of: Pick<SessionState, 'history' | 'runs' | 'forgotten'>; readonly pictures: readonly Picture[] }
  | undefined;

/** The same list as long as nothing of it changed. */
export function allPictures(state: SessionState): readonly Picture[] {
  const { history, runs, forgotten } = state;
  if (last?.of.history === history && last.of.runs === runs && last.of.forgotten === forgotten) return last.pictures;
  const recorded = new Set(history.map(({ id }) => id));
  // a run is here before its record is
  const live = runs
    .filter(({ id }) => !recorded.has(id) && !forgotten.has(id))
    .flatMap(({ id, nodes, titles }) =>
      [...nodes].flatMap(([nodeId, { outputs, outputsFrom }]) =>
        outputs.flatMap((file) =>
          outputsFrom === id && file.kind === 'image'
            ? [
                {
                  key: keyOf(id, file),
                  file,
                  runId: id,
                  nodeTitle: titles.get(nodeId) ?? nodeId,
                  durationMs: undefined,
                  prompt: undefined,
                  workflow: undefined,
                },
              ]
            : [],
        ),
      ),
    );
  const before = history.flatMap((item) => {
    const pictures = known.get(item) ?? picturesOf(item);
    known.set(item, pictures);
    return pictures;
  });
  const pictures = [...live.toReversed(), ...before];
  const isSame =
    last?.pictures.length === pictures.length &&
    last.pictures.every((one, at) => one.key === pictures[at]?.key && one.prompt === pictures[at].prompt);
  last = { of: { history, runs, forgotten }, pictures: isSame && last ? last.pictures : pictures };
  return last.pictures;
}

/** Whether every word of a query is in the name, the node, or a text of the prompt. */
export function matches(picture: Picture, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const text = `${picture.file.filename} ${picture.nodeTitle} ${textsIn(picture.prompt)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function textsIn(prompt: unknown): string {
  return Object.values(membersOf(prompt))
    .flatMap((node) => [membersOf(node)['class_type'], ...Object.values(membersOf(membersOf(node)['inputs']))])
    .filter((value) => typeof value === 'string')
    .join(' ');
}

/** What a picture was made with: inputs that are values, by node. */
export function settingsOf(
  prompt: unknown,
): { readonly title: string; readonly values: readonly [string, unknown][] }[] {
  return Object.entries(membersOf(prompt)).flatMap(([id, node]) => {
    const values = Object.entries(membersOf(membersOf(node)['inputs'])).filter(([, value]) => !Array.isArray(value));
    return values.length ? [{ title: titleIn(prompt, id), values }] : [];
  });
}
