/** Components that a test shows in a page, or renders on a server. */
import type { ReactNode } from 'react';
import type { Client } from '../../src/client.ts';
import { ComfyProvider, useConnection, useJob, usePreview, useQueue, useRun } from '../../src/react/index.ts';
import type { JobView, UseRunOptions } from '../../src/react/index.ts';
import type { Job, JobHandle } from '../../src/job.ts';

export type Scene =
  | { readonly kind: 'run'; readonly classes: readonly string[]; readonly options?: UseRunOptions }
  | {
      readonly kind: 'job';
      readonly job: Job | JobHandle | string;
      readonly previewOf?: string;
      readonly copies?: number;
    }
  | { readonly kind: 'server' };

const promptOf = (classes: readonly string[]) =>
  Object.fromEntries(classes.map((class_type, at) => [String(at + 1), { class_type, inputs: {} }]));

function View({ view }: { view: JobView }): ReactNode {
  return (
    <>
      <output>{view.status}</output>
      <span id="live">{String(view.isLive)}</span>
      <span id="share">{view.progress.share}</span>
      <ul>
        {view.outputs?.texts.map((text, at) => (
          <li key={at}>{text}</li>
        ))}
      </ul>
      <span id="images">{view.outputs?.images.length}</span>
      {view.error && <p role="alert">{view.error.message}</p>}
    </>
  );
}

function Runner({ classes, options }: { classes: readonly string[]; options: UseRunOptions | undefined }): ReactNode {
  const { run, cancel, reset, preview, ...view } = useRun(promptOf(classes), options);
  return (
    <>
      <button id="run" onClick={() => run()} />
      <button id="cancel" onClick={() => void cancel()} />
      <button id="reset" onClick={reset} />
      <View view={view} />
      {preview && <img src={preview.url} alt={preview.nodeId} />}
    </>
  );
}

function Watcher({ job, previewOf }: { job: Job | JobHandle | string; previewOf: string | undefined }): ReactNode {
  const view = useJob(job);
  const preview = usePreview(view.job, { nodeId: previewOf });
  return (
    <>
      <View view={view} />
      {preview && <img src={preview.url} alt={preview.nodeId} />}
    </>
  );
}

function Server(): ReactNode {
  const { phase } = useConnection();
  const { running, pending, isKnown, error } = useQueue();
  return (
    <>
      <span id="phase">{phase}</span>
      <span id="queue">{isKnown ? `${running.length} ${pending.length}` : 'unknown'}</span>
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}

function SceneView({ scene }: { scene: Scene }): ReactNode {
  if (scene.kind === 'run') return <Runner classes={scene.classes} options={scene.options} />;
  if (scene.kind === 'server') return <Server />;
  return Array.from({ length: scene.copies ?? 1 }, (_, at) => (
    <Watcher key={at} job={scene.job} previewOf={scene.previewOf} />
  ));
}

export function App({ client, scene }: { client: Client; scene: Scene | undefined }): ReactNode {
  return <ComfyProvider client={client}>{scene && <SceneView scene={scene} />}</ComfyProvider>;
}
