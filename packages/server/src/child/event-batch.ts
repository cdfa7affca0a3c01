/** Events on their way between processes: JSON text for all but pictures, which travel as bytes beside it. */
import type { EncodedPreview, ExecutionEvent } from '@snug/executor';
import type { Picture } from './protocol.ts';

type Progressed = Extract<ExecutionEvent, { type: 'node-progressed' }>;
type PackedPreview = Omit<EncodedPreview, 'bytes'> & { readonly picture: number };

/** Events wait at most so long for company. */
const MAX_WAIT_MS = 1;
const MAX_EVENTS = 256;

export class EventPacker {
  readonly #send: (text: string, pictures: Picture[]) => void;
  #texts: string[] = [];
  #pictures: Picture[] = [];
  #sentAt = -Infinity;
  #pictureCount = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(send: (text: string, pictures: Picture[]) => void) {
    this.#send = send;
  }

  push(event: ExecutionEvent): void {
    this.#texts.push(JSON.stringify(event.type === 'node-progressed' && event.preview ? this.#pack(event) : event));
    // a node may hold the thread: what happened up to its start is told before
    const isUrgent = event.type === 'node-started' || this.#texts.length >= MAX_EVENTS;
    if (isUrgent || performance.now() - this.#sentAt >= MAX_WAIT_MS) this.flush();
    else this.#scheduled ??= setImmediate(() => this.flush());
  }

  #pack(event: Progressed): object {
    const { bytes, mime, delivery } = event.preview!;
    const picture = ++this.#pictureCount;
    this.#pictures.push([picture, bytes]);
    return { ...event, preview: { mime, delivery, picture } satisfies PackedPreview };
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (!this.#texts.length) return;
    const text = this.#texts.join(',');
    const pictures = this.#pictures;
    this.#texts = [];
    this.#pictures = [];
    this.#sentAt = performance.now();
    this.#send(text, pictures);
  }
}

/** The events of a batch; a picture that is missing leaves its event without a preview. */
export function unpackEvents(text: string, pictures: readonly Picture[]): ExecutionEvent[] {
  const bytes = new Map(pictures);
  const events = JSON.parse(`[${text}]`) as ExecutionEvent[];
  if (!pictures.length) return events;
  return events.map((event) => {
    if (event.type !== 'node-progressed' || !event.preview) return event;
    const { mime, delivery, picture } = event.preview as unknown as PackedPreview;
    const found = bytes.get(picture);
    return { ...event, preview: found && { mime, delivery, bytes: found } };
  });
}
