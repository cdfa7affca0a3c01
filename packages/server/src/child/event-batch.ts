/** Events on their way between processes: JSON text for all but pictures, which travel as bytes beside it. */
import type { EncodedPreview, ExecutionEvent } from '@snug/executor';
import type { Picture } from './protocol.ts';

type Progressed = Extract<ExecutionEvent, { type: 'node-progressed' }>;
type PackedPreview = Omit<EncodedPreview, 'bytes'> & { readonly picture: number };

/** How packed events leave the thread. */
export interface EventWay {
  /** False when there is no room; the text then goes with {@link post}. */
  write(text: string): boolean;
  post(text: string, pictures: readonly Picture[]): void;
}

/** Packs each event; every text ends with a comma, so that they can be put together as they come. */
export class EventPacker {
  readonly #way: EventWay;
  #pictureCount = 0;

  constructor(way: EventWay) {
    this.#way = way;
  }

  push(event: ExecutionEvent): void {
    if (event.type === 'node-progressed' && event.preview) this.#postWithPicture(event, event.preview);
    else {
      const text = `${JSON.stringify(event)},`;
      if (!this.#way.write(text)) this.#way.post(text, []);
    }
  }

  #postWithPicture(event: Progressed, { bytes, mime, delivery }: EncodedPreview): void {
    const picture = ++this.#pictureCount;
    const preview: PackedPreview = { mime, delivery, picture };
    this.#way.post(`${JSON.stringify({ ...event, preview })},`, [[picture, bytes]]);
  }
}

/** The events of a batch; a picture that is missing leaves its event without a preview. */
export function unpackEvents(text: string, pictures: readonly Picture[]): ExecutionEvent[] {
  const bytes = new Map(pictures);
  const events = JSON.parse(`[${text.slice(0, -1)}]`) as ExecutionEvent[];
  if (!pictures.length) return events;
  return events.map((event) => (event.type === 'node-progressed' && event.preview ? withPicture(event, bytes) : event));
}

function withPicture(event: Progressed, pictures: ReadonlyMap<number, Uint8Array>): Progressed {
  const { mime, delivery, picture } = event.preview as EncodedPreview & PackedPreview;
  const bytes = pictures.get(picture);
  return { ...event, preview: bytes && { mime, delivery, bytes } };
}
