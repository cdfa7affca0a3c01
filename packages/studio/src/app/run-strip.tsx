import { shownRunOf } from '../session/session-state.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { Bar } from './controls.tsx';
import { showTime } from './format.ts';
import { useSessionState } from './page-context.tsx';

/** The run that the nodes show, in one line: how far it is, where it is, how long it will take. */
export function RunStrip(): React.JSX.Element | null {
  const t = useStrings(shellStrings);
  const run = useSessionState(shownRunOf);
  if (!run) return null;
  const { state, share, remainingMs, criticalNode, titles, startedAt, endedAt, end } = run;
  const title = criticalNode === undefined ? undefined : (titles.get(criticalNode) ?? criticalNode);
  const tookMs = endedAt !== undefined && startedAt !== undefined ? endedAt - startedAt : undefined;
  const isLive = end === undefined;
  return (
    <section className="run-strip" data-state={state} aria-label={t.progressLabel}>
      {isLive && <Bar share={share > 0 ? share : undefined} label={t.progressLabel} />}
      <p role="status">
        <strong>{t.runState[state]}</strong>
        {isLive && share > 0 && <span>{t.percent(share)}</span>}
        {isLive && title !== undefined && <span className="run-where">{t.atNode(title)}</span>}
        {end === 'succeeded' && tookMs !== undefined && <span>{t.took(showTime(tookMs))}</span>}
      </p>
      {isLive && remainingMs !== undefined && <p className="run-left">{t.remaining(showTime(remainingMs))}</p>}
    </section>
  );
}
