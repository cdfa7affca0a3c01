/** What jobs share. */
import type { JsonObject } from '@snug/protocol/json';
import type { Http } from './http.ts';
import type { JobHandle } from './job.ts';
import type { LookUp } from './look-up.ts';
import type { Settings } from './options.ts';
import type { NodeTimes } from './progress.ts';
import type { FileAccess } from './remote-file.ts';

export interface ClientParts {
  readonly settings: Settings;
  readonly http: Http;
  readonly lookUp: LookUp;
  readonly access: FileAccess;
  readonly times: NodeTimes;
  readonly clientId: () => string;
  readonly isOpen: () => boolean;
  /** Resolves when messages come, or none can be expected soon. */
  readonly ready: () => Promise<void>;
  /** Node descriptions by class. */
  readonly descriptions: () => Promise<ReadonlyMap<string, JsonObject>>;
  /** A sign of life of the socket is due. */
  readonly suspect: () => void;
  readonly handleOf: (id: string) => JobHandle;
  /** The server gave a job an id of its own. */
  readonly onRenamed: (id: string, before: string) => void;
  readonly onOver: (id: string) => void;
}
