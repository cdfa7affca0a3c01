/** One workflow with a text: run, watched, stopped, shown. Any other workflow can be opened from a file. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { WorkflowSource } from '@snug/client';
import { useConnection, useQueue, useRun } from '@snug/client/react';

const WALL: WorkflowSource = {
  3: { class_type: 'EmptyImage', inputs: { width: 640, height: 360, batch_size: 1, color: 12_014_626 } },
  6: {
    class_type: 'TextOverlay',
    inputs: {
      images: ['3', 0],
      text: '',
      font_size: 12,
      color: '#ffffff',
      position: 'bottom',
      align: 'center',
      outline: true,
    },
    _meta: { title: 'Write on it' },
  },
  9: { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'snug/wall' } },
};

export function App(): ReactNode {
  const [text, setText] = useState('a red fox');
  const [file, setFile] = useState<File>();
  const { run, cancel, status, isLive, position, progress, preview, outputs, error } = useRun(file ?? WALL, {
    persist: 'wall',
  });
  const start = (): void => void run(file ? {} : { '6.text': text });
  // a server that cannot stop one job alone says so, and the job goes on
  const stop = (): void => void cancel().catch((reason: Error) => alert(reason.message));
  return (
    <main>
      <form action={start}>
        <label>
          Text <input value={text} onChange={(event) => setText(event.target.value)} disabled={file !== undefined} />
        </label>{' '}
        <label>
          Workflow{' '}
          <input type="file" accept=".json,.png,.webp" onChange={(event) => setFile(event.target.files?.[0])} />
        </label>
        <p>
          <button disabled={isLive}>Run</button>{' '}
          <button type="button" disabled={!isLive} onClick={stop}>
            Stop
          </button>
        </p>
      </form>
      <progress value={progress.share} />
      <output>
        {status}
        {status === 'queued' && position !== undefined && `, after ${position} others`}
        {status === 'running' && progress.node && `: ${progress.node.title}`}
      </output>
      {error && <p role="alert">{error.message}</p>}
      {isLive && preview && <img src={preview.url} alt="Preview" />}
      {outputs?.images.map((image) => (
        <img key={image.url()} src={image.url()} alt={image.filename} />
      ))}
      {outputs?.texts.map((said, at) => (
        <p key={at}>{said}</p>
      ))}
      <Server />
    </main>
  );
}

function Server(): ReactNode {
  const { phase, reason } = useConnection();
  const { running, pending } = useQueue();
  return (
    <footer>
      Connection: {phase}
      {reason && ` (${reason})`}. {running.length} running, {pending.length} waiting.
    </footer>
  );
}
