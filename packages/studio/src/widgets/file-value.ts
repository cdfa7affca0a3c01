/** Files as inputs name them: `folder/name.png [output]`. */
import type { FilePlace } from '@snug/client';

const ANNOTATED = /^(.*?)(?: \[(input|output|temp)\])?$/s;

/** @param folder where files without a remark lie */
export function readFileValue(value: unknown, folder: string): FilePlace | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const [, path = value, remark] = ANNOTATED.exec(value) ?? [];
  const at = path.lastIndexOf('/');
  return { filename: path.slice(at + 1), subfolder: at < 0 ? '' : path.slice(0, at), folder: remark ?? folder };
}

/** What a file chooser offers. */
export const ACCEPTED: Readonly<Record<'image' | 'video' | 'audio' | 'file', string>> = {
  image: 'image/*',
  video: 'video/*',
  audio: 'audio/*',
  file: '*/*',
};

/** The first file of what was dropped or pasted that a widget takes. */
export function fileOf(data: DataTransfer | null, media: keyof typeof ACCEPTED): File | undefined {
  return [...(data?.files ?? [])].find(({ type }) => media === 'file' || type.startsWith(`${media}/`));
}
