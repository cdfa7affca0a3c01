/** A dialog to paint the mask of a picture. */
import type { FilePlace } from '@snug/client';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { invertMask, maskedPicture, maskFromPicture, paintStroke } from './mask-brush.ts';
import type { Spot } from './mask-brush.ts';
import { useWidgetServices } from './widget-services.ts';
import { useWidgetStrings } from './widget-strings.ts';

export interface MaskPainterProps {
  readonly place: FilePlace;
  readonly onClose: () => void;
  /** What the input is set to. */
  readonly onSaved: (value: string) => void;
}

/** Steps back that are kept: each is as large as the picture. */
const MOST_STEPS = 16;
/** Where masked copies lie. */
const SUBFOLDER = 'clipspace';
const KEY_MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function MaskPainter({ place, onClose, onSaved }: MaskPainterProps): React.JSX.Element {
  const { client } = useWidgetServices();
  const { mask: strings } = useWidgetStrings();
  const dialog = useRef<HTMLDialogElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const steps = useRef<ImageData[]>([]);
  const last = useRef<Spot | undefined>(undefined);
  const [cursor, setCursor] = useState<Spot | undefined>(undefined);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | undefined>(undefined);
  const [diameter, setDiameter] = useState(10);
  const [softness, setSoftness] = useState(0.3);
  const [isEraser, setEraser] = useState(false);
  const [status, setStatus] = useState<string | undefined>(undefined);

  useEffect(() => dialog.current?.showModal(), []);

  const context = (): CanvasRenderingContext2D | undefined =>
    canvas.current?.getContext('2d', { willReadFrequently: true }) ?? undefined;
  const brush = (): { diameter: number; softness: number; isEraser: boolean } => ({
    diameter: ((size?.width ?? 0) * diameter) / 100,
    softness,
    isEraser,
  });
  const keep = (): void => {
    const now = context()?.getImageData(0, 0, size?.width ?? 1, size?.height ?? 1);
    if (now) steps.current = [...steps.current.slice(1 - MOST_STEPS), now];
  };
  const change = (edit: (on: CanvasRenderingContext2D) => void): void => {
    const on = context();
    if (!on) return;
    keep();
    edit(on);
  };
  const undo = (): void => {
    const before = steps.current.pop();
    if (before) context()?.putImageData(before, 0, 0);
  };
  const spotOf = ({ clientX, clientY }: PointerEvent): Spot => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box || !size) return { x: 0, y: 0 };
    return {
      x: ((clientX - box.left) / box.width) * size.width,
      y: ((clientY - box.top) / box.height) * size.height,
    };
  };
  const paintTo = (spot: Spot): void => {
    const on = context();
    if (on) paintStroke(on, last.current ?? spot, spot, brush());
    last.current = spot;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = KEY_MOVES[event.key];
    if (move && size) {
      event.preventDefault();
      const from = cursor ?? { x: size.width / 2, y: size.height / 2 };
      const way = (size.width / 100) * (event.shiftKey ? 5 : 1);
      const spot = {
        x: Math.min(size.width, Math.max(0, from.x + move[0] * way)),
        y: Math.min(size.height, Math.max(0, from.y + move[1] * way)),
      };
      setCursor(spot);
      if (last.current) paintTo(spot);
    } else if (event.key === ' ' && size) {
      event.preventDefault();
      if (!event.repeat) keep();
      paintTo(cursor ?? { x: size.width / 2, y: size.height / 2 });
    } else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      undo();
    }
  };

  const save = async (): Promise<void> => {
    if (!canvas.current) return;
    setStatus(strings.saving);
    try {
      const masked = await client.upload(await maskedPicture(canvas.current), { maskOf: place, subfolder: SUBFOLDER });
      onSaved(masked.inputValue);
      dialog.current?.close();
    } catch (error) {
      setStatus(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <dialog
      ref={dialog}
      className="mask nodrag nopan nowheel"
      aria-label={strings.title}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onPointerDown={(event) => event.stopPropagation()}
    >
      <header className="dialog-header">
        <h2>{strings.title}</h2>
        <p>{strings.explain}</p>
      </header>
      <div className="mask-tools">
        <button type="button" aria-pressed={!isEraser} onClick={() => setEraser(false)}>
          {strings.brush}
        </button>
        <button type="button" aria-pressed={isEraser} onClick={() => setEraser(true)}>
          {strings.eraser}
        </button>
        <label>
          {strings.size}
          <input
            type="range"
            min={1}
            max={50}
            value={diameter}
            onChange={(event) => setDiameter(event.target.valueAsNumber)}
          />
        </label>
        <label>
          {strings.softness}
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={softness}
            onChange={(event) => setSoftness(event.target.valueAsNumber)}
          />
        </label>
        <button type="button" onClick={undo}>
          {strings.undo}
        </button>
        <button type="button" onClick={() => change(invertMask)}>
          {strings.invert}
        </button>
        <button type="button" onClick={() => change((on) => on.clearRect(0, 0, on.canvas.width, on.canvas.height))}>
          {strings.clear}
        </button>
      </div>
      <div className="mask-stage">
        <div className="mask-picture">
          {/* its colours also where it is transparent */}
          <img src={client.viewUrl(place, { channel: 'rgb' })} alt={place.filename} draggable={false} />
          <img
            className="mask-source"
            src={client.viewUrl(place)}
            alt=""
            crossOrigin="anonymous"
            onLoad={(event) => {
              const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
              const on = context();
              if (!on) return;
              on.canvas.width = width;
              on.canvas.height = height;
              maskFromPicture(on, event.currentTarget);
              setSize({ width, height });
            }}
          />
          <canvas
            ref={canvas}
            tabIndex={0}
            role="application"
            aria-label={strings.canvas}
            onKeyDown={onKeyDown}
            onKeyUp={(event) => event.key === ' ' && (last.current = undefined)}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              keep();
              paintTo(spotOf(event));
            }}
            onPointerMove={(event) => {
              const spot = spotOf(event);
              setCursor(spot);
              if (last.current) paintTo(spot);
            }}
            onPointerUp={() => (last.current = undefined)}
            onPointerCancel={() => (last.current = undefined)}
          />
          {cursor && size && (
            <span
              className="mask-cursor"
              style={{
                left: `${(cursor.x / size.width) * 100}%`,
                top: `${(cursor.y / size.height) * 100}%`,
                width: `${diameter}%`,
              }}
              aria-hidden
            />
          )}
        </div>
      </div>
      <footer className="dialog-footer">
        <span role="status">{status}</span>
        <button type="button" onClick={() => dialog.current?.close()}>
          {strings.cancel}
        </button>
        <button type="button" className="primary" disabled={!size} onClick={() => void save()}>
          {strings.save}
        </button>
      </footer>
    </dialog>
  );
}
