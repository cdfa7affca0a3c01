import { useEffect, useRef, useState } from 'react';
import { Button } from '../app/controls.tsx';
import { showBytes, showGap } from '../app/format.ts';
import { Icon } from '../app/icons.tsx';
import type { IconName } from '../app/icons.tsx';
import { useSession } from '../app/page-context.tsx';
import { download } from '../session/read-dropped.ts';
import { useStore } from '../session/store.ts';
import { exportMessages } from '../session/wire-log.ts';
import type { WireMessage } from '../session/wire-log.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';

const ROW = 28;
/** Rows that are drawn above and below what is seen. */
const AROUND = 8;
const MARKS = { in: 'down', out: 'up', note: 'link' } as const satisfies Record<WireMessage['direction'], IconName>;

/** Every message of the wire as it comes, with the time between them. */
export function InspectorPanel(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { log, logCount } = useSession();
  useStore(logCount, same);
  const [query, setQuery] = useState('');
  const [hasPreviews, setPreviews] = useState(true);
  const [frozen, setFrozen] = useState<readonly WireMessage[] | undefined>(undefined);
  const [chosen, setChosen] = useState<WireMessage | undefined>(undefined);
  const all = frozen ?? log.messages;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter((message) => isWanted(message, words, hasPreviews));
  return (
    <div className="inspector">
      <div className="panel-tools">
        <input
          type="search"
          className="field"
          placeholder={t.inspectorFilter}
          aria-label={t.inspectorFilter}
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
      </div>
      <div className="panel-tools">
        <Button
          icon={frozen ? 'play' : 'pause'}
          isPressed={frozen !== undefined}
          onClick={() => setFrozen(frozen ? undefined : [...log.messages])}
        >
          {frozen ? t.inspectorResume : t.inspectorPause}
        </Button>
        <Button isPressed={hasPreviews} onClick={() => setPreviews(!hasPreviews)}>
          {t.inspectorHidePreviews}
        </Button>
        <Button
          icon="trash"
          onClick={() => {
            log.clear();
            setFrozen(undefined);
            setChosen(undefined);
          }}
        >
          {t.inspectorClear}
        </Button>
        <Button
          icon="download"
          isDisabled={!shown.length}
          onClick={() => download(exportMessages(shown), 'snug-messages.jsonl', 'application/x-ndjson')}
        >
          {t.inspectorExport}
        </Button>
      </div>
      <p className="soft">{all.length ? t.inspectorCount(shown.length, all.length) : t.inspectorEmpty}</p>
      <MessageList messages={shown} chosen={chosen} onChoose={setChosen} isFollowing={!frozen} />
      {chosen && (
        <pre className="stack message-text" tabIndex={0} aria-label={t.inspectorDetail}>
          {indented(chosen.text)}
        </pre>
      )}
    </div>
  );
}

interface MessageListProps {
  readonly messages: readonly WireMessage[];
  readonly chosen: WireMessage | undefined;
  readonly onChoose: (message: WireMessage) => void;
  /** Stays at the newest one, unless the person has scrolled away. */
  readonly isFollowing: boolean;
}

function MessageList({ messages, chosen, onChoose, isFollowing }: MessageListProps): React.JSX.Element {
  const t = useStrings(shellStrings);
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const place = frame.current;
    if (!place) return;
    const watch = new ResizeObserver(() => setHeight(place.clientHeight));
    watch.observe(place);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    // what the person reads stays where it is
    if (isFollowing && !chosen && isAtEnd.current && frame.current)
      frame.current.scrollTop = frame.current.scrollHeight;
  }, [messages.length, isFollowing, chosen]);
  const from = Math.max(0, Math.floor(top / ROW) - AROUND);
  const to = Math.min(messages.length, Math.ceil((top + height) / ROW) + AROUND);
  const isDrawn = messages.slice(from, to).some(({ number }) => number === chosen?.number);
  const choose = (step: number): void => {
    const at = messages.findIndex(({ number }) => number === chosen?.number);
    const next = messages[Math.min(messages.length - 1, Math.max(0, at < 0 ? messages.length - 1 : at + step))];
    if (next) onChoose(next);
  };
  return (
    <div
      ref={frame}
      className="messages"
      role="listbox"
      aria-label={t.inspectorList}
      aria-activedescendant={isDrawn ? `message-${chosen?.number}` : undefined}
      tabIndex={0}
      onScroll={({ currentTarget }) => {
        const { scrollTop, scrollHeight, clientHeight } = currentTarget;
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - ROW;
        setTop(scrollTop);
      }}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (!step) return;
        event.preventDefault();
        choose(step);
      }}
    >
      <div className="messages-space" role="presentation" style={{ height: messages.length * ROW }}>
        {messages.slice(from, to).map((message, at) => (
          <div
            key={message.number}
            id={`message-${message.number}`}
            role="option"
            aria-selected={message.number === chosen?.number}
            className="message"
            data-direction={message.direction}
            style={{ top: (from + at) * ROW }}
            onClick={() => onChoose(message)}
          >
            <span className="message-mark" role="img" aria-label={t.directions[message.direction]}>
              <Icon name={MARKS[message.direction]} />
            </span>
            <span className="message-type">{message.type}</span>
            <span className="message-brief">{briefOf(message)}</span>
            <span className="message-size">{showBytes(message.bytes)}</span>
            <span className="message-gap" title={t.columnGap}>
              {gapBefore(messages, from + at)}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function gapBefore(messages: readonly WireMessage[], at: number): string {
  const [before, message] = [messages[at - 1], messages[at]];
  return before && message ? `+${showGap(message.at - before.at)}` : '';
}

/** What stands after the type, as far as a line has room for it. */
function briefOf({ text }: WireMessage): string {
  const at = text.indexOf('"data"');
  return (at < 0 ? '' : text.slice(at + 7, at + 200)).replace(/["{}]/g, ' ').replace(/\s+/g, ' ').trim();
}

function isWanted({ type, text }: WireMessage, words: readonly string[], hasPreviews: boolean): boolean {
  if (!hasPreviews && type.startsWith('binary')) return false;
  if (!words.length) return true;
  const haystack = `${type} ${text}`.toLowerCase();
  return words.every((word) => haystack.includes(word));
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

const same = (count: number): number => count;
