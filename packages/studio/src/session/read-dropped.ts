/** A file that a person brings: a workflow, or a picture that was saved with one. */
import { readPictureMetadata } from '@snug/client';

export type Dropped =
  | { readonly kind: 'workflow'; readonly source: string; readonly name: string }
  /** A picture without a workflow in it. */
  | { readonly kind: 'picture'; readonly file: File }
  | { readonly kind: 'unknown'; readonly name: string };

export async function readDropped(file: File): Promise<Dropped> {
  const name = file.name.replace(/\.[^.]*$/, '');
  if (file.type.startsWith('image/')) {
    const { texts } = await readPictureMetadata(file);
    // as texts: nothing of large seeds is lost
    const source = texts.get('workflow') ?? texts.get('prompt');
    return source === undefined ? { kind: 'picture', file } : { kind: 'workflow', source, name };
  }
  if (/\.json$/i.test(file.name) || file.type === 'application/json')
    return { kind: 'workflow', source: await file.text(), name };
  return { kind: 'unknown', name: file.name };
}

/** Offers a text as a file to the person. */
export function download(text: string, fileName: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
