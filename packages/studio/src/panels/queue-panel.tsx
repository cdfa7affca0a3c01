import type { QueueItem } from '@snug/client';
import { Button, Bar, IconButton } from '../app/controls.tsx';
import { showTime } from '../app/format.ts';
import { useSession, useSessionState } from '../app/page-context.tsx';
import { queueRemainingMs, runOf } from '../session/session-state.ts';
import type { SessionState } from '../session/session-state.ts';
import type { RunView } from '../session/run-view.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';

/** What runs, what waits and in which order, and how the last runs of this page ended. */
export function QueuePanel(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const session = useSession();
  const { queue, runs } = useSessionState(whole);
  const remainingMs = useSessionState(queueRemainingMs);
  const ended = runs.filter(({ end }) => end !== undefined).toReversed();
  const isEmpty = !queue.running.length && !queue.pending.length;
  return (
    <>
      {isEmpty && <p className="panel-empty">{t.queueEmpty}</p>}
      {!isEmpty && (
        <div className="panel-tools">
          {remainingMs !== undefined && <span className="soft">{t.queueAll(showTime(remainingMs))}</span>}
          <Button kind="quiet" onClick={() => void session.cancelAll()}>
            {t.cancelAll}
          </Button>
          {queue.pending.length > 0 && (
            <Button kind="quiet" onClick={() => void session.clearQueue()}>
              {t.clearWaiting}
            </Button>
          )}
        </div>
      )}
      {queue.running.length > 0 && (
        <section>
          <h3>{t.queueRunning}</h3>
          {queue.running.map((item) => (
            <RunningCard key={item.id} item={item} />
          ))}
        </section>
      )}
      {queue.pending.length > 0 && (
        <section>
          <h3>{t.queueWaiting(queue.pending.length)}</h3>
          <ol className="rows">
            {queue.pending.map((item, at) => (
              <li key={item.id} className="row">
                <span className="row-main">
                  {t.position(at + 1)} <Whose item={item} />
                </span>
                <IconButton icon="close" label={t.cancelRun} onClick={() => void session.cancel(item.id)} />
              </li>
            ))}
          </ol>
        </section>
      )}
      {ended.length > 0 && (
        <section>
          <h3>{t.recent}</h3>
          <ul className="rows">
            {ended.map((run) => (
              <EndedRow key={run.id} run={run} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Whose({ item }: { readonly item: QueueItem }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const isOurs = useSessionState((state) => runOf(state, item.id) !== undefined);
  const { prompt } = item;
  const count = typeof prompt === 'object' && prompt !== null ? Object.keys(prompt).length : 0;
  return <span className="soft">{isOurs ? t.nodesCount(count) : `${t.nodesCount(count)}, ${t.otherClient}`}</span>;
}

function RunningCard({ item }: { readonly item: QueueItem }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const session = useSession();
  const run = useSessionState((state) => runOf(state, item.id));
  const critical = run?.criticalNode;
  const steps = critical === undefined ? undefined : run?.nodes.get(critical)?.steps;
  return (
    <article className="card" data-state="running">
      <Bar share={run && run.share > 0 ? run.share : undefined} label={t.progressLabel} />
      <div className="row">
        <span className="row-main">
          {run && run.share > 0 ? t.percent(run.share) : t.runState.running}
          {run?.remainingMs !== undefined && <span className="soft">{t.remaining(showTime(run.remainingMs))}</span>}
          {!run && <Whose item={item} />}
        </span>
        <IconButton icon="close" label={t.cancelRun} onClick={() => void session.cancel(item.id)} />
      </div>
      {run && critical !== undefined && (
        <p className="critical">
          <span className="soft">{t.holdsUp}</span> {run.titles.get(critical) ?? critical}
          {steps && <span className="soft">{`${steps.value} / ${steps.max}`}</span>}
        </p>
      )}
    </article>
  );
}

function EndedRow({ run }: { readonly run: RunView }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const session = useSession();
  const { id, state, startedAt, endedAt, criticalNode, titles, nodes } = run;
  const isShown = useSessionState(({ shownRun }) => shownRun === id);
  const tookMs =
    run.result?.durationMs ?? (startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined);
  const slowest = criticalNode === undefined ? undefined : nodes.get(criticalNode)?.durationMs;
  return (
    <li className="row">
      <span className="row-main">
        <span className="state-mark" data-state={state}>
          {t.runState[state]}
        </span>
        {tookMs !== undefined && <span className="soft">{showTime(tookMs)}</span>}
        {criticalNode !== undefined && slowest !== undefined && (
          <span className="soft row-note">
            {t.slowest(titles.get(criticalNode) ?? criticalNode, showTime(slowest))}
          </span>
        )}
      </span>
      <IconButton icon="target" label={t.showRun} isPressed={isShown} onClick={() => session.show(id)} />
    </li>
  );
}

const whole = (state: SessionState): SessionState => state;
