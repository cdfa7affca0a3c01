/** One picture, large: zoomed, moved, and told how it was made. */
import { useRef, useState } from 'react';
import { Button, Dialog, IconButton } from '../app/controls.tsx';
import { openSource } from '../app/files.ts';
import { showTime } from '../app/format.ts';
import { usePage, useSessionState } from '../app/page-context.tsx';
import type { Picture } from '../app/page-context.tsx';
import { shorten } from '../session/failure-report.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { allPictures, settingsOf } from './pictures.ts';

const STEP = 1.25;
const LARGEST = 16;

interface Place {
  /** 1 fits the window. */
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}
const FIT: Place = { zoom: 1, x: 0, y: 0 };

export interface PictureViewerProps {
  readonly pictures: readonly Picture[];
  readonly at: number;
  readonly onMove: (at: number) => void;
  readonly onClose: () => void;
}

export function PictureViewer({ pictures, at, onMove, onClose }: PictureViewerProps): React.JSX.Element | null {
  const t = useStrings(shellStrings);
  const { session } = usePage();
  const [size, setSize] = useState<{ width: number; height: number } | undefined>(undefined);
  const latest = useSessionState(allPictures);
  const opened = pictures[at];
  // its record may have come since it was opened
  const picture = latest.find(({ key }) => key === opened?.key) ?? opened;
  if (!picture) return null;
  const { file, nodeTitle, durationMs, prompt, workflow } = picture;
  const go = (to: number): void => {
    if (to < 0 || to >= pictures.length) return;
    setSize(undefined);
    onMove(to);
  };
  const source = workflow ?? prompt;
  return (
    <Dialog
      title={file.filename}
      isLarge
      onClose={onClose}
      tools={
        <>
          <IconButton icon="previous" label={t.previous} isDisabled={at === 0} onClick={() => go(at - 1)} />
          <IconButton icon="next" label={t.next} isDisabled={at === pictures.length - 1} onClick={() => go(at + 1)} />
        </>
      }
    >
      <div
        className="viewer"
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') go(at - 1);
          if (event.key === 'ArrowRight') go(at + 1);
        }}
      >
        <ZoomedPicture key={picture.key} address={file.url()} name={file.filename} onSize={setSize} />
        <section className="viewer-facts" aria-label={t.metadata} tabIndex={0}>
          <div className="panel-tools">
            {source !== undefined && (
              <Button
                kind="strong"
                icon="file"
                onClick={() => {
                  if (openSource(session, t, source, file.filename.replace(/\.[^.]*$/, ''))) onClose();
                }}
              >
                {t.openWorkflow}
              </Button>
            )}
            <a className="button button-plain" href={file.url()} download={file.filename}>
              <span>{t.downloadPicture}</span>
            </a>
            <Button
              kind="quiet"
              icon="trash"
              title={t.forgetExplain}
              onClick={() => {
                onClose();
                void session.forget([picture.runId]);
              }}
            >
              {t.forgetRun}
            </Button>
          </div>
          <dl className="facts">
            <dt>{t.metaFile}</dt>
            <dd>{[file.subfolder, file.filename].filter(Boolean).join('/')}</dd>
            {size && (
              <>
                <dt>{t.metaSize}</dt>
                <dd>{`${size.width} × ${size.height}`}</dd>
              </>
            )}
            <dt>{t.metaNode}</dt>
            <dd>{nodeTitle}</dd>
            {durationMs !== undefined && (
              <>
                <dt>{t.metaTime}</dt>
                <dd>{showTime(durationMs)}</dd>
              </>
            )}
            <dt>{t.metaRun}</dt>
            <dd className="mono">{picture.runId}</dd>
          </dl>
          <h3>{t.metadata}</h3>
          {settingsOf(prompt).map(({ title, values }, index) => (
            <dl key={index} className="facts">
              <dt className="facts-title">{title}</dt>
              {values.map(([name, value]) => (
                <div key={name} className="fact">
                  <dt>{name}</dt>
                  <dd>{shorten(value)}</dd>
                </div>
              ))}
            </dl>
          ))}
        </section>
      </div>
    </Dialog>
  );
}

interface ZoomedPictureProps {
  readonly address: string;
  readonly name: string;
  readonly onSize: (size: { width: number; height: number }) => void;
}

/** Wheel and keys zoom towards the pointer or the middle; a drag moves. */
function ZoomedPicture({ address, name, onSize }: ZoomedPictureProps): React.JSX.Element {
  const t = useStrings(shellStrings);
  const [place, setPlace] = useState<Place>(FIT);
  const frame = useRef<HTMLDivElement>(null);
  const zoomBy = (factor: number, x = 0, y = 0): void =>
    setPlace((before) => {
      const zoom = Math.min(LARGEST, Math.max(1, before.zoom * factor));
      const grown = zoom / before.zoom;
      return zoom === 1 ? FIT : { zoom, x: x - (x - before.x) * grown, y: y - (y - before.y) * grown };
    });
  return (
    <div className="viewer-stage">
      <div
        ref={frame}
        className="viewer-frame"
        data-zoomed={place.zoom > 1 || undefined}
        onWheel={({ deltaY, clientX, clientY }) => {
          const box = frame.current?.getBoundingClientRect();
          if (!box) return;
          zoomBy(STEP ** (-deltaY / 100), clientX - box.x - box.width / 2, clientY - box.y - box.height / 2);
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={({ buttons, movementX, movementY }) => {
          if (buttons & 1 && place.zoom > 1)
            setPlace((before) => ({ ...before, x: before.x + movementX, y: before.y + movementY }));
        }}
        onDoubleClick={() => setPlace((before) => (before.zoom > 1 ? FIT : { ...FIT, zoom: 2 }))}
      >
        <img
          src={address}
          alt={name}
          draggable={false}
          style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.zoom})` }}
          onLoad={({ currentTarget }) =>
            onSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
        />
      </div>
      <div className="viewer-zoom">
        <IconButton icon="minus" label={t.zoomOut} isDisabled={place.zoom <= 1} onClick={() => zoomBy(1 / STEP)} />
        <span role="status">{t.zoomIs(Math.round(place.zoom * 100))}</span>
        <IconButton icon="plus" label={t.zoomIn} isDisabled={place.zoom >= LARGEST} onClick={() => zoomBy(STEP)} />
        <IconButton icon="fit" label={t.zoomFit} onClick={() => setPlace(FIT)} />
      </div>
    </div>
  );
}
