/** What a run shows on a node: the newest preview while it runs, then what it left. */
import type { Output } from '@snug/client';
import { memo } from 'react';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import type { NodeRun } from './canvas-props.ts';

/** More are in the gallery. */
const MOST_SHOWN = 4;
/** Of pictures as large as a node. */
const SMALL = 'webp;85';

export interface NodePicturesProps {
  readonly run: NodeRun;
  readonly name: string;
  /** A picture will come here. */
  readonly isExpected: boolean;
}

export const NodePictures = memo(function NodePictures({ run, name, isExpected }: NodePicturesProps) {
  const strings = useCanvasStrings();
  const { outputs, preview, state, text } = run;
  const texts = outputs.flatMap((output) => (output.kind === 'text' ? [output.text] : []));
  const shown = outputs.filter((output) => output.kind !== 'text' && output.kind !== 'custom');
  const isLive = preview !== undefined && (state === 'running' || shown.length === 0);
  return (
    <>
      {isLive && (
        <div className="node-picture" data-live>
          <img src={preview} alt={strings.previewOf(name)} draggable={false} />
        </div>
      )}
      {!isLive && shown.length > 0 && (
        <div className="node-picture" data-count={Math.min(shown.length, MOST_SHOWN)}>
          {shown.slice(0, MOST_SHOWN).map((output, at) => (
            <OutputView key={`${at} ${keyOf(output)}`} output={output} name={name} />
          ))}
          {shown.length > MOST_SHOWN && (
            <span className="node-picture-more">{strings.moreOutputs(shown.length - MOST_SHOWN)}</span>
          )}
        </div>
      )}
      {!isLive && shown.length === 0 && isExpected && (
        <div className="node-picture" data-empty aria-hidden>
          <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" strokeWidth="1.4">
            <rect x="3" y="4.5" width="18" height="15" rx="3" />
            <path d="m4 17 5-5 4 4 3-3 4 4" />
            <circle cx="15.5" cy="9" r="1.4" />
          </svg>
        </div>
      )}
      {(texts.length > 0 || (text !== undefined && state === 'running')) && (
        <pre className="node-text nowheel nodrag nopan" tabIndex={0} role="region" aria-label={strings.outputOf(name)}>
          {texts.length ? texts.join('\n') : text}
        </pre>
      )}
    </>
  );
});

const keyOf = (output: Output): string => ('filename' in output ? output.filename : output.key);

function OutputView({
  output,
  name,
}: {
  readonly output: Output;
  readonly name: string;
}): React.JSX.Element | undefined {
  const { props } = useCanvas();
  const strings = useCanvasStrings();
  if (output.kind === 'text' || output.kind === 'custom') return undefined;
  if (output.kind === 'audio')
    return <audio className="nodrag nopan" controls src={output.url()} aria-label={strings.outputOf(name)} />;
  const isImage = output.kind === 'image';
  const look = isImage ? (
    <img
      src={output.source === 'socket' ? output.url() : output.url({ preview: SMALL })}
      alt={strings.outputOf(name)}
      draggable={false}
      decoding="async"
    />
  ) : output.kind === 'video' ? (
    <video src={output.url()} muted loop autoPlay playsInline aria-label={strings.outputOf(name)} />
  ) : (
    <span className="node-file">{output.filename}</span>
  );
  return (
    <button
      type="button"
      className="node-output nodrag nopan"
      aria-label={strings.openOutput(output.filename)}
      onClick={() => props().onOpenOutput?.(output)}
    >
      {look}
    </button>
  );
}
