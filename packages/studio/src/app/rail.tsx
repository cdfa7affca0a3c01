import type { SessionState } from '../session/session-state.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { Icon } from './icons.tsx';
import { PANELS, usePage, useScreen, useSessionState } from './page-context.tsx';
import type { PanelName, ScreenState } from './page-context.tsx';

/** Opens and closes the panels; says how much waits in them. */
export function Rail(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { screen } = usePage();
  const panel = useScreen(panelOf);
  const waiting = useSessionState(queueLength);
  const troubles = useSessionState(troubleCount);
  const counts: Partial<Record<PanelName, number>> = { queue: waiting, problems: troubles };
  const toggle = (name: PanelName): void =>
    screen.set((state) => ({ ...state, panel: state.panel === name ? undefined : name }));
  return (
    <nav className="rail" aria-label={t.panelsLabel}>
      {PANELS.map((name) => (
        <button
          key={name}
          type="button"
          className="rail-button"
          aria-expanded={panel === name}
          aria-controls={panel === name ? 'panel' : undefined}
          title={t.panels[name]}
          onClick={() => toggle(name)}
        >
          <Icon name={name} />
          <span className="rail-name">{t.panels[name]}</span>
          {counts[name] ? (
            <span className="rail-count" data-bad={name === 'problems' || undefined}>
              {counts[name]}
            </span>
          ) : null}
        </button>
      ))}
    </nav>
  );
}

const panelOf = ({ panel }: ScreenState): PanelName | undefined => panel;
const queueLength = ({ queue }: SessionState): number => queue.running.length + queue.pending.length;
const troubleCount = ({ troubles }: SessionState): number => troubles.length;
