/** Simple pictures in one chain of calls. */
import type { ListenOptions } from '../emitter.ts';
import type { UploadedFile } from '../uploaded-file.ts';
import type { Client } from './client.ts';
import type { ComfyUIClientEvents } from './client-events.ts';
import { Disposable } from './disposable.ts';
import { ClientEnqueueError } from './errors.ts';
import type { EventListener } from './event-emitter.ts';
import type { InvokedWorkflow } from './invoked-workflow.ts';
import type { PipeContext, PipeImage } from './pipe-context.ts';
import type { NodeOutput, WorkflowOutput } from './workflow-types.ts';
import { Workflow } from './workflow.ts';

export interface PipeResult {
  result: WorkflowOutput;
  images: { data: ArrayBuffer; mime: string }[];
}

/** What is sampled, and from what. */
export interface SamplerInputs {
  readonly model: NodeOutput;
  readonly positive: NodeOutput;
  readonly negative: NodeOutput;
  readonly vae: NodeOutput;
}

/** Uploaded pictures by what the program gave. */
type Uploads = ReadonlyMap<PipeImage, UploadedFile>;

export class BasePipe<CTX extends PipeContext = PipeContext> extends Disposable {
  /** A seed that no number rounds. */
  static nextSeed(): number {
    return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  }
  static defaultContext: PipeContext = {
    seed: BasePipe.nextSeed(),
    steps: 35,
    cfg: 4,
    sampler_name: 'dpmpp_2m_sde_gpu',
    scheduler: 'karras',
    denoise: 1,
    width: 512,
    height: 512,
    batch_size: 1,
    ckpt_name: '',
    input_image: null,
    input_mask: null,
    grow_mask_by: 6,
    positive: '',
    negative: '',
    client: null,
  };

  protected context: CTX;
  protected readonly _workflow = new Workflow();
  /** Resolves before it is sent, so that nothing it tells is missed. */
  #instance: Promise<InvokedWorkflow> | undefined;
  protected _invoked?: Promise<InvokedWorkflow>;

  constructor(context?: Partial<CTX>) {
    super();
    this.context = { ...BasePipe.defaultContext, ...context } as CTX;
  }

  protected update(change: Partial<PipeContext>): this {
    Object.assign(this.context, change);
    return this;
  }

  model(ckpt_name: string): this {
    return this.update({ ckpt_name });
  }
  /** The picture to begin with; it is uploaded. */
  image(image: PipeImage): this {
    return this.update({ input_image: image });
  }
  /** Where the picture is painted anew: white. */
  mask(image: PipeImage): this {
    return this.update({ input_mask: image });
  }
  size(width: number, height: number): this {
    return this.update({ width, height });
  }
  prompt(text: string): this {
    return this.update({ positive: text });
  }
  negative(text: string): this {
    return this.update({ negative: text });
  }
  steps(steps: number): this {
    return this.update({ steps });
  }
  cfg(cfg: number): this {
    return this.update({ cfg });
  }
  /** Default: a new one. */
  seed(seed: number = BasePipe.nextSeed()): this {
    return this.update({ seed });
  }
  /** Between 0 and 1: how much of a given picture is made anew. */
  denoise(denoise: number): this {
    return this.update({ denoise });
  }
  scheduler(scheduler: PipeContext['scheduler']): this {
    return this.update({ scheduler });
  }
  sampler(sampler_name: PipeContext['sampler_name']): this {
    return this.update({ sampler_name });
  }
  batch_size(batch_size: number): this {
    return this.update({ batch_size });
  }
  with(client: Client): this {
    return this.update({ client });
  }

  /** Hears events of this run, after `save()`. @throws {ClientEnqueueError} before it */
  on<E extends keyof ComfyUIClientEvents>(
    type: E,
    callback: (...args: ComfyUIClientEvents[E]) => void,
    options?: ListenOptions,
  ): this;
  on(type: string, callback: EventListener, options?: ListenOptions): this;
  on(type: string, callback: EventListener, options?: ListenOptions): this {
    // that it cannot be begun is told by `wait`
    this.#saved().then(
      (instance) => void instance.on(type, callback, options),
      () => undefined,
    );
    return this;
  }
  once<E extends keyof ComfyUIClientEvents>(
    type: E,
    callback: (...args: ComfyUIClientEvents[E]) => void,
    options?: ListenOptions,
  ): this;
  once(type: string, callback: EventListener, options?: ListenOptions): this;
  once(type: string, callback: EventListener, options?: ListenOptions): this {
    return this.on(type, callback, { ...options, once: true });
  }

  /**
   * Sends it. With a prefix, the server saves the pictures under it; without one, they come through the socket.
   * @throws {ClientEnqueueError} without a client
   */
  save(filename_prefix?: string): this {
    const { client } = this.context;
    if (!client) throw new ClientEnqueueError('client is not defined: call with(client)');
    const instance = this.#build(client, filename_prefix);
    this.#instance = instance;
    this._invoked = instance.then(async (invoked) => {
      await invoked.enqueue();
      return invoked;
    });
    // nobody may wait for it
    this._invoked.catch(() => undefined);
    return this;
  }

  async wait(): Promise<PipeResult> {
    return this.#finish((invoked) => invoked.wait());
  }
  /** As `wait`, without a socket. Give `save` a prefix: pictures that come through a socket are missed. */
  async wait_polling(): Promise<PipeResult> {
    return this.#finish((invoked) => invoked.wait_polling());
  }

  #saved(): Promise<InvokedWorkflow> {
    if (!this.#instance) throw new ClientEnqueueError('workflow not invoked: call save()');
    return this.#instance;
  }

  async #finish(wait: (invoked: InvokedWorkflow) => Promise<WorkflowOutput>): Promise<PipeResult> {
    await this.#saved();
    const result = await wait((await this._invoked)!);
    return { result, images: await this.read_response(result) };
  }

  async #build(client: Client, filename_prefix: string | undefined): Promise<InvokedWorkflow> {
    const uploads = new Map<PipeImage, UploadedFile>();
    for (const image of this.pictures()) {
      const source = image instanceof Blob || image instanceof ArrayBuffer ? image : new Uint8Array(image);
      if (!uploads.has(image)) uploads.set(image, await client.upload(source));
    }
    const { classes } = this._workflow;
    const { vae, ...inputs } = this.build_inputs(uploads);
    const { seed, steps, cfg, sampler_name, scheduler, denoise } = this.context;
    const latent_image = this.build_latent(vae, uploads);
    const settings = { seed, steps, cfg, sampler_name, scheduler, denoise };
    const samples = classes.KSampler({ ...settings, ...inputs, latent_image })[0];
    const images = classes.VAEDecode({ samples, vae })[0];
    if (filename_prefix) classes.SaveImage({ filename_prefix, images });
    else classes.SaveImageWebsocket({ images });
    const instance = this._workflow.instance(client);
    instance._connect(() => this.dispose());
    return instance;
  }

  /** Pictures that are uploaded first. */
  protected pictures(): PipeImage[] {
    const { input_image, input_mask } = this.context;
    return [input_image, input_mask].filter((image) => image !== null);
  }

  protected build_latent(vae: NodeOutput, uploads: Uploads): NodeOutput {
    const { classes } = this._workflow;
    const { width, height, batch_size, input_image, input_mask, grow_mask_by } = this.context;
    if (!input_image) return classes.EmptyLatentImage({ width, height, batch_size })[0]!;
    const pixels = classes.LoadImage({ image: uploads.get(input_image)?.inputValue })[0];
    if (!input_mask) return classes.VAEEncode({ pixels, vae })[0]!;
    const mask = classes.LoadImageMask({ image: uploads.get(input_mask)?.inputValue, channel: 'red' })[0];
    return classes.VAEEncodeForInpaint({ pixels, vae, mask, grow_mask_by })[0]!;
  }

  protected build_inputs(_uploads: Uploads): SamplerInputs {
    const { classes } = this._workflow;
    const { ckpt_name, positive, negative } = this.context;
    const [model, clip, vae] = classes.CheckpointLoaderSimple({ ckpt_name });
    const encode = (text: string): NodeOutput => classes.CLIPTextEncode({ text, clip })[0]!;
    return { model: model!, vae: vae!, positive: encode(positive), negative: encode(negative) };
  }

  /** The bytes of the pictures. @throws what requests throw */
  protected async read_response(result: WorkflowOutput): Promise<PipeResult['images']> {
    const { client } = this.context;
    const images: PipeResult['images'] = [];
    for (const image of result.images) {
      if (image.type === 'buff') {
        images.push({ data: image.data, mime: image.mime });
      } else if (client) {
        const response = await client.fetchApi(image.data);
        const mime = response.headers.get('content-type') ?? 'image/png';
        images.push({ data: await response.arrayBuffer(), mime });
      }
    }
    return images;
  }
}
