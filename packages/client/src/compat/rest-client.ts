/** What a server can be asked besides running prompts, route by route. */
import type { UploadOptions, UploadSource } from '../upload.ts';
import type { UploadedFile } from '../uploaded-file.ts';
import type { FilePlace } from '../remote-file.ts';
import { RequestError } from '../errors.ts';
import { listAt } from '../wire.ts';
import type { WireObject } from '../wire.ts';
import { ClientRequestError } from './errors.ts';
import type { Loose } from './loose.ts';
import { readJsonText } from './plain-json.ts';
import type { ComfyUIClientResponseTypes, LogsRawResponse, ModelFile, ModelFolderInfo } from './responses.ts';
import type { FetchOptions } from './send-request.ts';
import { WsClient } from './ws-client.ts';

export interface StoreOptions extends RequestInit {
  /** Send the data as JSON. Default false: as it is. */
  stringify?: boolean | undefined;
  /** Replace a file of the name. Default true. */
  overwrite?: boolean | undefined;
  /** Accepted and not used: what fails is always thrown. */
  throwOnError?: boolean | undefined;
}

export interface ListUserDataOptions {
  /** Also in folders below. Default true. */
  recurse?: boolean | undefined;
  /** With sizes and times. Default false. */
  full_info?: boolean | undefined;
  /** Paths as lists of names. Default false. */
  split?: boolean | undefined;
}

export abstract class RestClient extends WsClient {
  /** Answers with what shows whether they changed, by route. */
  readonly #answers = new Map<string, { readonly etag: string; readonly text: string }>();

  /** Addresses of scripts that extend the front end. */
  getExtensions(): Promise<string[]> {
    return this.#unchanged('/extensions');
  }
  getEmbeddings(): Promise<string[]> {
    return this.#unchanged('/embeddings');
  }
  /** Descriptions of the nodes, by class. */
  getNodeDefs(): Promise<ComfyUIClientResponseTypes.ObjectInfo> {
    return this.#unchanged('/object_info');
  }
  /** The description of one class; undefined when the server has no such class. */
  async getNodeDef(name: string): Promise<ComfyUIClientResponseTypes.NodeConfig | undefined> {
    const found = await this.#unchanged<ComfyUIClientResponseTypes.ObjectInfo>(
      `/object_info/${encodeURIComponent(name)}`,
    );
    return found[name];
  }
  /** Forgets the answers that are held against the server's validators. */
  resetCache(): void {
    this.#answers.clear();
  }

  getSystemStats(): Promise<ComfyUIClientResponseTypes.SystemStatsRoot> {
    return this.readJson('/system_stats');
  }
  /** What the server says that it can; empty for servers that are too old to say. */
  features(): Promise<WireObject> {
    return this.comfy.features();
  }

  /** Frees memory after the prompt that runs. */
  async free(params: { unload_models?: boolean; free_memory?: boolean } = {}): Promise<void> {
    await this.postJson('/free', params);
  }

  getUserConfig(): Promise<{ storage: 'server' | 'browser'; users?: Record<string, Loose>; migrated?: boolean }> {
    return this.readJson('/users');
  }
  createUser(username: string): Promise<Response> {
    return this.postJson('/users', { username });
  }
  getSettings(): Promise<Record<string, unknown>> {
    return this.readJson('/settings');
  }
  getSetting(id: string): Promise<unknown> {
    return this.readJson(`/settings/${encodeURIComponent(id)}`);
  }
  storeSettings(settings: Record<string, unknown>): Promise<Response> {
    return this.postJson('/settings', settings);
  }
  storeSetting(id: string, value: unknown): Promise<Response> {
    return this.postJson(`/settings/${encodeURIComponent(id)}`, value);
  }

  getUserData(file: string, options?: RequestInit): Promise<Response> {
    return this.fetchApi(userFile(file), options);
  }
  /** @throws {HttpError} */
  async storeUserData(file: string, data: Loose, options: StoreOptions = {}): Promise<void> {
    const { stringify = false, overwrite = true, throwOnError: _, ...init } = options;
    const body = stringify ? JSON.stringify(data) : (data as BodyInit);
    await this.fetchApi(`${userFile(file)}?overwrite=${overwrite}`, { method: 'POST', body, ...init });
  }
  listUserData(
    dir: string,
    { recurse = true, full_info = false, split = false }: ListUserDataOptions = {},
  ): Promise<Loose[]> {
    const query = new URLSearchParams({ dir, recurse: `${recurse}`, full_info: `${full_info}`, split: `${split}` });
    return this.readJson(`/userdata?${query}`);
  }
  /** As `listUserData`, one folder with its folders. */
  listUserDataV2(path = ''): Promise<Loose[]> {
    return this.readJson(`/v2/userdata?${new URLSearchParams({ path })}`);
  }
  async deleteUserData(file: string): Promise<void> {
    await this.fetchApi(userFile(file), { method: 'DELETE' });
  }
  /** The new path. */
  moveUserData(file: string, dest: string, { overwrite = false } = {}): Promise<Loose> {
    const route = `${userFile(file)}/move/${encodeURIComponent(dest)}?overwrite=${overwrite}`;
    return this.readJson(route, { method: 'POST' });
  }

  async getModelFolders(): Promise<ModelFolderInfo[]> {
    const found = await this.#orUndefined(this.readJson<ModelFolderInfo[]>('/experiment/models'));
    return found ?? (await this.readJson<string[]>('/models')).map((name) => ({ name, folders: [] }));
  }
  async getModels(folder: string): Promise<ModelFile[]> {
    const name = encodeURIComponent(folder);
    const found = await this.#orUndefined(this.readJson<ModelFile[]>(`/experiment/models/${name}`));
    return found ?? (await this.readJson<string[]>(`/models/${name}`)).map((file) => ({ name: file, pathIndex: 0 }));
  }
  /** What is written in the head of a model's file; `null` when nothing is. */
  async viewMetadata(folder: string, model: string): Promise<Loose> {
    const route = `/view_metadata/${encodeURIComponent(folder)}?${new URLSearchParams({ filename: model })}`;
    return (await this.#orUndefined(this.readJson(route))) ?? null;
  }

  async getLogs(): Promise<string> {
    return this.readJson('/internal/logs');
  }
  getRawLogs(): Promise<LogsRawResponse> {
    return this.readJson('/internal/logs/raw');
  }
  /** Lets the server send what it logs as `logs` events, or no longer. */
  async subscribeLogs(enabled = true): Promise<void> {
    await this.postJson('/internal/logs/subscribe', { clientId: this.clientId, enabled }, { method: 'PATCH' });
  }

  /** What an input of a node can be set to; nothing when the server has no such node, or the input is free. */
  async getOptions(node: string, input: string): Promise<string[]> {
    const { input: inputs } = (await this.getNodeDefs())[node] ?? {};
    const slot: unknown = inputs?.required?.[input] ?? inputs?.optional?.[input];
    const [type, options] = Array.isArray(slot) ? (slot as unknown[]) : [];
    return (Array.isArray(type) ? type : [...listAt(options, 'options')]) as string[];
  }
  getSamplers(): Promise<string[]> {
    return this.getOptions('KSampler', 'sampler_name');
  }
  getSchedulers(): Promise<string[]> {
    return this.getOptions('KSampler', 'scheduler');
  }
  getSDModels(): Promise<string[]> {
    return this.getOptions('CheckpointLoaderSimple', 'ckpt_name');
  }
  getCNetModels(): Promise<string[]> {
    return this.getOptions('ControlNetLoader', 'control_net_name');
  }
  getUpscaleModels(): Promise<string[]> {
    return this.getOptions('UpscaleModelLoader', 'model_name');
  }
  getHyperNetworks(): Promise<string[]> {
    return this.getOptions('HypernetworkLoader', 'hypernetwork_name');
  }
  getLoRAs(): Promise<string[]> {
    return this.getOptions('LoraLoader', 'lora_name');
  }
  getVAEs(): Promise<string[]> {
    return this.getOptions('VAELoader', 'vae_name');
  }

  /** Sends a file; `inputs` of a node take what comes back, or its `inputValue`. @throws {ClientError} `too_large` */
  upload(source: UploadSource, options: UploadOptions = {}): Promise<UploadedFile> {
    return this.comfy.upload(source, options);
  }
  uploadImage(source: UploadSource, options: UploadOptions = {}): Promise<UploadedFile> {
    return this.upload(source, options);
  }
  /** Sends a picture whose transparency is put on a copy of another. */
  uploadMask(
    source: UploadSource,
    maskOf: FilePlace,
    options: Omit<UploadOptions, 'maskOf'> = {},
  ): Promise<UploadedFile> {
    return this.upload(source, { ...options, maskOf });
  }

  /** Files that a server with a library keeps by content. Others answer 404 or 503. */
  readonly assets = {
    list: (query: Record<string, string> = {}): Promise<Loose> =>
      this.readJson(`/api/assets?${new URLSearchParams(query)}`),
    get: (id: string): Promise<Loose> => this.readJson(`/api/assets/${encodeURIComponent(id)}`),
    content: (id: string): Promise<Response> => this.fetchApi(`/api/assets/${encodeURIComponent(id)}/content`),
    delete: async (id: string): Promise<void> => {
      await this.fetchApi(`/api/assets/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };

  protected postJson(route: string, body: unknown, options: FetchOptions = {}): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' };
    return this.fetchApi(route, { method: 'POST', headers, body: JSON.stringify(body), ...options });
  }

  /** Asks whether the last answer still holds, where the server can tell. */
  async #unchanged<T>(route: string): Promise<T> {
    const known = this.#answers.get(route);
    const headers = known ? { 'If-None-Match': known.etag } : {};
    const response = await this.fetchApi(route, { cache: 'no-store', headers });
    const text = response.status === 304 && known ? known.text : await response.text();
    const etag = response.headers.get('etag');
    if (etag !== null) this.#answers.set(route, { etag, text });
    try {
      return readJsonText(text, this.bigints) as T;
    } catch (cause) {
      throw new ClientRequestError(`${route}: the answer is no JSON`, 'bad_answer', { cause });
    }
  }

  /** For routes that not every server has. */
  async #orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof RequestError && (error.status === 404 || error.status === 405)) return undefined;
      throw error;
    }
  }
}

function userFile(file: string): string {
  return `/userdata/${encodeURIComponent(file)}`;
}
