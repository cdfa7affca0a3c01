import { useEffect, useState } from 'react';
import { Bar, Button } from '../app/controls.tsx';
import { showBytes } from '../app/format.ts';
import { useSession, useSessionState } from '../app/page-context.tsx';
import { readServerStats } from '../session/server-stats.ts';
import type { ServerStats } from '../session/server-stats.ts';
import type { SessionState } from '../session/session-state.ts';
import { useStore } from '../session/store.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';

const EVERY_MS = 2000;

/** How the server is: connection, memory, queue, and what it cannot do. */
export function HealthPanel(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const session = useSession();
  const { connection, queue } = useSessionState(whole);
  const catalogue = useStore(session.catalogue, same);
  const messages = useStore(session.logCount, same);
  const [stats, setStats] = useState<ServerStats | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const read = await readServerStats(session.client).catch(() => undefined);
      if (isOver) return;
      setStats(read);
      timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [session]);
  return (
    <>
      <dl className="facts">
        <dt>{t.connection}</dt>
        <dd>
          <span className="state-mark" data-state={connection.phase}>
            {t.phases[connection.phase]}
          </span>
          {connection.reason !== undefined && <span className="soft">{connection.reason}</span>}
          {(connection.phase === 'stopped' || connection.phase === 'closed') && (
            <Button onClick={() => session.client.connect()}>{t.reconnect}</Button>
          )}
        </dd>
        <dt>{t.address}</dt>
        <dd className="mono">{session.client.url}</dd>
        {stats && (
          <>
            <dt>{t.version}</dt>
            <dd>{stats.version}</dd>
          </>
        )}
        <dt>{t.queueLength}</dt>
        <dd>{t.queueLengthIs(queue.running.length, queue.pending.length)}</dd>
        <dt>{t.nodesKnown}</dt>
        <dd>{catalogue?.definitions.size ?? t.notShown}</dd>
        <dt>{t.messagesSeen}</dt>
        <dd>{messages}</dd>
        <dt>{t.clientId}</dt>
        <dd className="mono">{session.client.connection.clientId}</dd>
      </dl>
      {stats?.memory.map(({ name, usedBytes, totalBytes }) => (
        <section key={name}>
          <h3>{name === '' ? t.memory : t.device(name)}</h3>
          <Bar share={totalBytes > 0 ? usedBytes / totalBytes : 0} label={name === '' ? t.memory : t.device(name)} />
          <p className="soft">{t.memoryUse(showBytes(usedBytes), showBytes(totalBytes))}</p>
        </section>
      ))}
      {stats && stats.missing.length > 0 && (
        <section>
          <h3>{t.missingHere}</h3>
          <ul className="plain-list">
            {stats.missing.map((what) => (
              <li key={what}>{t.missing[what]}</li>
            ))}
          </ul>
        </section>
      )}
      <div className="panel-tools">
        <Button icon="refresh" onClick={() => void session.refreshCatalogue()}>
          {t.refreshNodes}
        </Button>
        <Button icon="trash" onClick={() => void session.client.free({ cache: true })}>
          {t.freeMemory}
        </Button>
      </div>
    </>
  );
}

const whole = (state: SessionState): SessionState => state;
const same = <T,>(value: T): T => value;
