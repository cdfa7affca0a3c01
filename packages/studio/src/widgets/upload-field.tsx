/** A file on the server: chosen from those that are there, or sent by drop, paste or choice. Pictures are shown and masked. */
import { lazy, Suspense, useRef, useState } from 'react';
import type { ChangeEvent, ClipboardEvent, DragEvent } from 'react';
import type { UploadWidget } from '../catalogue/types.ts';
import { ChoiceField } from './choice-field.tsx';
import { ACCEPTED, fileOf, readFileValue } from './file-value.ts';
import type { WidgetProps } from './widget-props.ts';
import { useWidgetServices } from './widget-services.ts';
import { useWidgetStrings } from './widget-strings.ts';

/** Few paint masks. */
const MaskPainter = lazy(async () => ({ default: (await import('./mask-painter.tsx')).MaskPainter }));

/** Of the small picture on the node. */
const THUMBNAIL = 'webp;80';

export function UploadField(props: WidgetProps<UploadWidget>): React.JSX.Element {
  const { definition, label, value, onChange } = props;
  const { client } = useWidgetServices();
  const strings = useWidgetStrings();
  const chooser = useRef<HTMLInputElement>(null);
  const [sent, setSent] = useState<readonly string[]>([]);
  const [status, setStatus] = useState<string | undefined>(undefined);
  const [isOver, setOver] = useState(false);
  const [isPainting, setPainting] = useState(false);
  const place = readFileValue(value ?? definition.default, definition.folder);
  const canSend = definition.folder !== 'output';
  const isPicture = definition.media === 'image';
  const source = place && client.viewUrl(place, { preview: THUMBNAIL, version: props.revision });
  /** An address where nothing was. */
  const [missing, setMissing] = useState<string | undefined>(undefined);

  const send = async (file: File, isNamed: boolean): Promise<void> => {
    setStatus(strings.uploading(0));
    try {
      const uploaded = await client.upload(file, {
        // what is pasted has no name of its own
        name: isNamed ? file.name : undefined,
        onProgress: ({ sentBytes, totalBytes }) => setStatus(strings.uploading(sentBytes / (totalBytes || 1))),
      });
      setSent((before) => [uploaded.inputValue, ...before]);
      setStatus(undefined);
      onChange(uploaded.inputValue);
    } catch (error) {
      setStatus(strings.uploadFailed(error instanceof Error ? error.message : String(error)));
    }
  };
  const take = (data: DataTransfer | null, isNamed: boolean, event: DragEvent | ClipboardEvent): void => {
    const file = canSend ? fileOf(data, definition.media) : undefined;
    if (!file) return;
    // the page takes dropped workflows; this file is for this input
    event.preventDefault();
    event.stopPropagation();
    void send(file, isNamed);
  };
  const onChosen = (event: ChangeEvent<HTMLInputElement>): void => {
    const [file] = event.target.files ?? [];
    if (file) void send(file, true);
    event.target.value = '';
  };

  return (
    <div
      className="widget-upload nodrag nopan"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!canSend || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        take(event.dataTransfer, true, event);
      }}
      onPaste={(event) => take(event.clipboardData, false, event)}
    >
      <span className="widget-upload-line">
        <ChoiceField
          {...props}
          definition={{
            choices: definition.choices && [...sent, ...definition.choices.filter((one) => !sent.includes(one))],
            remote: definition.remote,
            isMultiple: false,
            default: definition.default,
          }}
        />
        {canSend && (
          <button
            type="button"
            className="widget-button"
            aria-label={`${strings.chooseFile}: ${label}`}
            title={strings.chooseFile}
            onClick={() => chooser.current?.click()}
          >
            <svg
              viewBox="0 0 16 16"
              width="14"
              height="14"
              aria-hidden
              fill="none"
              stroke="currentColor"
              strokeWidth="1.6"
            >
              <path d="M8 10.5V2.5M4.8 5.5 8 2.3l3.2 3.2M2.5 10v2.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V10" />
            </svg>
          </button>
        )}
      </span>
      <input
        ref={chooser}
        className="visually-hidden"
        type="file"
        tabIndex={-1}
        aria-label={`${strings.chooseFile}: ${label}`}
        accept={ACCEPTED[definition.media]}
        onChange={onChosen}
      />
      {isPicture && (
        <span className="widget-thumbnail">
          {source !== undefined && place && missing !== source ? (
            <img
              src={source}
              alt={place.filename}
              decoding="async"
              draggable={false}
              onError={() => setMissing(source)}
            />
          ) : (
            <span className="widget-thumbnail-empty">{strings.dropHere}</span>
          )}
          {place && canSend && missing !== source && (
            <button
              type="button"
              className="widget-mask-button"
              aria-label={`${strings.paintMask}: ${label}`}
              onClick={() => setPainting(true)}
            >
              {strings.paintMask}
            </button>
          )}
        </span>
      )}
      {status !== undefined && (
        <span className="widget-status" role="status">
          {status}
        </span>
      )}
      {isPainting && place && (
        <Suspense>
          <MaskPainter
            place={place}
            onClose={() => setPainting(false)}
            onSaved={(masked) => {
              setSent((before) => [masked, ...before]);
              onChange(masked);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
