import { useState } from 'react';
import { liveRuns } from '../session/session-state.ts';
import type { SessionState } from '../session/session-state.ts';
import type { WorkspaceState } from '../session/workspace.ts';
import { isChanged } from '../session/workspace.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { Button, IconButton } from './controls.tsx';
import { Icon } from './icons.tsx';
import { Menu } from './menu.tsx';
import { useSession, useSessionState, useWorkspace } from './page-context.tsx';

const MAX_TIMES = 999;

/** Name of the workflow, undo and redo, and everything that runs it. */
export function TopBar(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const session = useSession();
  const name = useWorkspace(nameOf);
  const isUnsaved = useWorkspace(isChanged);
  const [times, setTimes] = useState(1);
  const isLive = useSessionState(isLiveOf);
  const isBusy = useSessionState(isBusyOf);
  const isSubmitting = useSessionState(isSubmittingOf);
  const canUndo = useWorkspace(canUndoOf);
  const canRedo = useWorkspace(canRedoOf);

  return (
    <header className="top-bar">
      <span className="mark" aria-hidden="true">
        <svg viewBox="0 0 32 32">
          <rect width="32" height="32" rx="9" />
          <path d="M9 11h6a3 3 0 0 1 3 3v4a3 3 0 0 0 3 3h2" />
          <circle cx="9" cy="11" r="3" />
          <circle cx="23" cy="21" r="3" />
        </svg>
      </span>
      <h1 className="visually-hidden">{t.appName}</h1>
      <div className="document-name">
        <input
          aria-label={t.workflowName}
          value={name}
          placeholder={t.untitled}
          spellCheck={false}
          onChange={({ target }) => session.workspace.rename(target.value)}
        />
        {isUnsaved && <span className="unsaved" role="img" aria-label={t.unsaved} title={t.unsaved} />}
      </div>
      <div className="edit-tools">
        <IconButton icon="undo" label={t.undo} isDisabled={!canUndo} onClick={() => session.workspace.undo()} />
        <IconButton icon="redo" label={t.redo} isDisabled={!canRedo} onClick={() => session.workspace.redo()} />
      </div>
      <ConnectionMark />
      <div className="run-tools">
        <Button icon="live" isPressed={isLive} title={t.liveTitle} onClick={() => session.setLive(!isLive)}>
          {t.live}
        </Button>
        {isBusy && (
          <Button icon="stop" title={t.stopTitle} onClick={() => void stop(session)}>
            {t.stop}
          </Button>
        )}
        <div className="run-group">
          <button
            type="button"
            className="run-button"
            title={t.runTitle}
            aria-busy={isSubmitting}
            onClick={() => void session.run({}, times)}
          >
            <Icon name="play" />
            <span>{t.run}</span>
          </button>
          <input
            className="run-count"
            type="number"
            min={1}
            max={MAX_TIMES}
            value={times}
            aria-label={t.runCount}
            title={t.runCount}
            onChange={({ target }) => setTimes(Math.min(MAX_TIMES, Math.max(1, Math.round(target.valueAsNumber) || 1)))}
          />
        </div>
      </div>
      <Menu />
    </header>
  );
}

/** Stops what this page runs; of several runs the one that is at work. */
async function stop(session: ReturnType<typeof useSession>): Promise<void> {
  const [first] = liveRuns(session.state.get());
  if (first) await session.cancel(first.id);
}

/** Says when the connection is not as it should be; nothing else. */
function ConnectionMark(): React.JSX.Element | null {
  const t = useStrings(shellStrings);
  const { phase, reason } = useSessionState(connectionOf);
  const isCalm = phase === 'open' || phase === 'idle' || phase === 'connecting';
  return (
    <p className="connection-mark" role="status" data-phase={phase} title={reason}>
      {isCalm ? '' : t.phases[phase]}
    </p>
  );
}

const nameOf = ({ name }: WorkspaceState): string => name;
const canUndoOf = ({ history }: WorkspaceState): boolean => history.past.length > 0;
const canRedoOf = ({ history }: WorkspaceState): boolean => history.future.length > 0;
const isLiveOf = ({ isLive }: SessionState): boolean => isLive;
const isSubmittingOf = ({ isSubmitting }: SessionState): boolean => isSubmitting;
const isBusyOf = (state: SessionState): boolean => liveRuns(state).length > 0;
const connectionOf = ({ connection }: SessionState): SessionState['connection'] => connection;
